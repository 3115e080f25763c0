"""The results of a survey in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response as Answer

from cxm.kernel.clock import now
from feedback.api.responses import FeedbackView
from feedback.api.shapes import ResponseQuery
from feedback.models import Survey
from feedback.rules.question_results import Look
from feedback.selectors.survey_results import QuestionResult, results_asked, survey_results

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

_KINDS = [(one.value, one.value) for one in Look]


class EstimateShape(serializers.Serializer[Any]):
    """A number with n and its interval; null where there is none."""

    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    low = serializers.FloatField(source="ci_low", allow_null=True)
    high = serializers.FloatField(source="ci_high", allow_null=True)
    method = serializers.CharField()


class ShareShape(serializers.Serializer[Any]):
    """One answer: how many responses gave it, in percent of those that answered the question."""

    answer = serializers.CharField(source="value", help_text="Empty for several told together.")
    title = serializers.CharField()
    n = serializers.IntegerField()
    share = EstimateShape()
    query = serializers.CharField(help_text="What selects these responses; empty for several.")


class RankShape(serializers.Serializer[Any]):
    """One of what was put in order."""

    answer = serializers.CharField(source="value")
    title = serializers.CharField()
    n = serializers.IntegerField()
    place = EstimateShape(help_text="Its mean place, 1 being the first.")
    first = EstimateShape(help_text="Percent of those who put it first.")
    query = serializers.CharField()


class NumbersShape(serializers.Serializer[Any]):
    """Answers that are numbers, in the unit of the question."""

    mean = EstimateShape(source="estimate")
    median = serializers.FloatField()
    least = serializers.FloatField()
    most = serializers.FloatField()


class QuestionResultShape(serializers.Serializer[Any]):
    """What was answered to one question."""

    key = serializers.CharField()
    text = serializers.CharField()
    kind = serializers.ChoiceField(_KINDS, source="look")
    n = serializers.IntegerField(help_text="Responses that answered it.")
    na = serializers.IntegerField(help_text="Responses that said that it does not apply.")
    query = serializers.CharField(help_text="What selects these responses in /responses/.")
    unit = serializers.CharField()
    metric = serializers.CharField(source="measure.metric.key", default=None, allow_null=True)
    figure = EstimateShape(allow_null=True)
    shares = serializers.SerializerMethodField()
    ranks = serializers.SerializerMethodField()
    numbers = NumbersShape(allow_null=True)

    @extend_schema_field(ShareShape(many=True))
    def get_shares(self, result: QuestionResult) -> Any:
        """List the answers with their shares."""
        return [
            {**ShareShape(_Row(row, result.query_of(row.value) if row.value else "")).data}
            for row in result.shares
        ]

    @extend_schema_field(RankShape(many=True))
    def get_ranks(self, result: QuestionResult) -> Any:
        """List what was put in order, the best first."""
        return [RankShape(_Row(row, result.query_of(row.value))).data for row in result.ranks]


class _Row:
    """A row beside what selects its responses."""

    def __init__(self, row: Any, query: str) -> None:
        self._row, self.query = row, query

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)


class SurveyResultsShape(serializers.Serializer[Any]):
    """All questions of a survey within one filter."""

    survey = serializers.CharField(source="survey.key")
    responses = serializers.IntegerField(source="total")
    is_cut = serializers.BooleanField(help_text="True: only the newest 100,000 were read.")
    filter = serializers.CharField(source="asked.filter.query")
    questions = QuestionResultShape(source="results", many=True)


class SurveyResultsView(FeedbackView):
    """The results of a survey."""

    @extend_schema(
        operation_id="survey_results", parameters=[ResponseQuery], responses=SurveyResultsShape
    )
    def get(self, request: Request, survey_id: UUID) -> Answer:
        """Count what was answered to each question of a survey, within the filter of responses."""
        rows = Survey.objects.for_tenant(self.tenant).select_related("tenant")
        survey = get_object_or_404(rows, pk=survey_id)
        asked = self.asked(request)
        if asked.measure is not None:
            message = "Results are of all questions: ask for /ratings/ instead."
            raise serializers.ValidationError({"metric": [message]})
        asked = results_asked(survey, asked)
        found = survey_results(self.reader(), survey, asked, now=now())
        return Answer(SurveyResultsShape(found).data)


api_urls = [path("surveys/<uuid:survey_id>/results/", SurveyResultsView.as_view())]
