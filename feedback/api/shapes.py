"""What responses, ratings and surveys look like in the JSON API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cxm.customers.selectors.persons import Person
from cxm.kernel.api import StrictSerializer
from cxm.kernel.charts import Tone
from feedback.forms.responses import LONGEST_REASON
from feedback.forms.surveys import LONGEST_TITLE
from feedback.models import Rating, Response, Survey
from feedback.rules.text.language import LANGUAGES
from feedback.selectors.registry_names import Kind
from feedback.selectors.response_filter import LONGEST_SEARCH, Standing
from feedback.selectors.responses import Row
from feedback.selectors.text_filter import SENTIMENTS

_SCALE_WORDS = [(tone.value, tone.value) for tone in Tone if tone is not Tone.PLAIN]


class RespondentSerializer(serializers.Serializer[Person]):
    """A customer; without the right to see persons only the label is told."""

    label = serializers.CharField(  # type: ignore[assignment]  # a declared field, not the base's
        help_text="A name, or the likes of “Customer 7f3a”."
    )
    id = serializers.SerializerMethodField(help_text="Null when persons are hidden.")
    name = serializers.CharField()
    email = serializers.CharField()

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_id(self, person: Person) -> str | None:
        """Give the customer's id to those who may see persons."""
        return None if person.is_masked else str(person.root_id)


class CommentSerializer(serializers.Serializer[Any]):
    """A text that the customer wrote."""

    question = serializers.CharField(source="question_key")
    text = serializers.CharField()


class ScoreSerializer(serializers.Serializer[Any]):
    """One scored answer of a response."""

    rating = serializers.UUIDField(source="rating_id")
    question = serializers.CharField(source="question_key")
    metric = serializers.CharField(source="metric_key")
    value = serializers.IntegerField()
    meaning = serializers.ChoiceField(_SCALE_WORDS, source="tone")
    touchpoint = serializers.CharField(source="touchpoint_key", help_text="Empty for none.")
    channel = serializers.CharField(source="channel_key", help_text="Empty for none.")
    weight = serializers.CharField(help_text="A decimal number; empty for none.")
    state = serializers.ChoiceField(Rating.State.choices, source="standing")
    reason = serializers.CharField(help_text="Why it is held back; empty when it is not.")


class _RowSerializer(serializers.Serializer[Row]):
    """What a rating and a response share."""

    id = serializers.UUIDField(source="pk")
    answered_at = serializers.DateTimeField()
    survey = serializers.CharField(source="survey_key")
    touchpoint = serializers.CharField(source="touchpoint_key", help_text="Empty for none.")
    channel = serializers.CharField(source="channel_key", help_text="Empty for none.")
    customer = serializers.SerializerMethodField(help_text="Null when nobody is known.")
    comments = CommentSerializer(many=True)

    @extend_schema_field(RespondentSerializer(allow_null=True))
    def get_customer(self, row: Row) -> Any:
        """Show who answered, as far as the reader may know."""
        return RespondentSerializer(row.person).data if row.person.root_id else None


class ResponseSerializer(_RowSerializer):
    """One person's pass through a survey."""

    state = serializers.ChoiceField(Response.State.choices)
    scores = ScoreSerializer(many=True)


class RatingSerializer(_RowSerializer):
    """One scored answer."""

    response = serializers.UUIDField(source="response_id")
    metric = serializers.CharField(source="score.metric_key")
    question = serializers.CharField(source="score.question_key")
    value = serializers.IntegerField(source="score.value")
    meaning = serializers.ChoiceField(_SCALE_WORDS, source="score.tone")
    weight = serializers.CharField(source="score.weight", help_text="Empty for none.")
    state = serializers.ChoiceField(Rating.State.choices, source="score.standing")
    reason = serializers.CharField(source="score.reason")


class AnswerFileSerializer(serializers.Serializer[Any]):
    """A file that somebody sent as an answer; `answer-files/{id}/` gives its bytes."""

    id = serializers.UUIDField()
    question = serializers.CharField(source="question_key")
    name = serializers.CharField()
    mime = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")


class ResponseDetailSerializer(ResponseSerializer):
    """A response with all that its source said."""

    language = serializers.CharField()
    received_at = serializers.DateTimeField()
    source = serializers.CharField()  # type: ignore[assignment]  # a declared field, not the base's
    file_name = serializers.CharField(help_text="The file it was imported from; empty for none.")
    fields_kept = serializers.DictField(
        child=serializers.CharField(),
        help_text="Fields of the file that belong to no question; hidden from those who may not "
        "see persons.",
    )
    files = AnswerFileSerializer(many=True, help_text="Empty for those who may not see persons.")


class SurveySerializer(serializers.ModelSerializer[Survey]):
    """A set of questions with a purpose."""

    class Meta:
        model = Survey
        fields = ["id", "key", "title", "purpose", "source", "archived_at", "created_at"]
        read_only_fields = fields


class QuestionSerializer(serializers.Serializer[Any]):
    """A question of a survey."""

    key = serializers.CharField(source="question.key")
    text = serializers.CharField(source="question.text")
    kind = serializers.CharField(source="question.kind")
    metric = serializers.CharField(source="question.metric.key", default=None, allow_null=True)
    touchpoint = serializers.CharField(
        source="question.touchpoint.key", default=None, allow_null=True
    )
    answers = serializers.IntegerField(
        help_text="Scores in numbers, texts, or responses that answer it."
    )


class SurveyDetailSerializer(SurveySerializer):
    """A survey with its use and its questions."""

    responses = serializers.IntegerField()
    last_at = serializers.DateTimeField(allow_null=True)
    questions = QuestionSerializer(many=True)

    class Meta(SurveySerializer.Meta):
        fields = [*SurveySerializer.Meta.fields, "responses", "last_at", "questions"]
        read_only_fields = fields


class SurveyChange(StrictSerializer[Any]):
    """What may be changed of a survey."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    purpose = serializers.ChoiceField(Survey.Purpose.choices)


class SurveyQuery(StrictSerializer[Any]):
    """Which surveys to list."""

    q = serializers.CharField(required=False, help_text="Part of a title or key.")
    archived = serializers.BooleanField(
        required=False, source="is_archived", help_text="True lists the archived ones instead."
    )


class HoldBody(StrictSerializer[Any]):
    """Which scores to hold back, and why."""

    reason = serializers.CharField(max_length=LONGEST_REASON)
    ratings = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        allow_empty=False,
        help_text="Ids of scores of this response; left out, all of them.",
    )


class ReleaseBody(StrictSerializer[Any]):
    """Which scores to let count again."""

    ratings = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        allow_empty=False,
        help_text="Ids of scores of this response; left out, all of them.",
    )


def _many(words: str) -> Any:
    return serializers.ListField(
        child=serializers.CharField(), required=False, help_text=f"{words}; may be repeated."
    )


class ResponseQuery(serializers.Serializer[Any]):
    """Which responses to list; each means the same as on the page."""

    touchpoint = _many("Key of a touchpoint")
    channel = _many("Key of a channel")
    survey = _many("Key of a survey")
    segment = _many("Key of a segment, whose members now are meant")
    score = _many("A value")
    answer = _many(
        "Key of a question that was answered, or question:answer by the key of a choice; all must "
        "have been said"
    )
    version = _many("Number of a version of the survey")
    topic = _many("Key of a topic that a text is about; none for texts without any")
    sentiment = serializers.ChoiceField(
        list(SENTIMENTS.items()), required=False, help_text="How a text sounds."
    )
    language = serializers.ChoiceField(
        [(code, code) for code in LANGUAGES], required=False, help_text="What a text is written in."
    )
    at_odds = serializers.ChoiceField(
        [("1", "1"), ("0", "0")], required=False, help_text="1: text and score disagree."
    )
    to = serializers.DateField(required=False, help_text="Last day, inclusive.")
    without = serializers.MultipleChoiceField(
        choices=[(kind.value, kind.value) for kind in Kind],
        required=False,
        help_text="Only answers that name none.",
    )
    comment = serializers.ChoiceField([("yes", "yes"), ("no", "no")], required=False)
    state = serializers.ChoiceField(
        [(one.value, one.value) for one in Standing], required=False, default=Standing.COUNTED.value
    )
    q = serializers.CharField(
        required=False, max_length=LONGEST_SEARCH, help_text="Words to find in comments."
    )
    weighted = serializers.ChoiceField(
        [("1", "1"), ("0", "0")], required=False, help_text="1: only answers with a weight."
    )

    def get_fields(self) -> dict[str, Any]:
        """Add `from`, which Python keeps for itself."""
        first = serializers.DateField(required=False, help_text="First day, inclusive.")
        return {**super().get_fields(), "from": first}


class RatingQuery(ResponseQuery):
    """Which ratings to list: exactly those behind the figure of a metric."""

    metric = serializers.CharField(help_text="Key of a metric.")
