"""What models of scores, scores and the progress of goals look like in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from cxm.kernel.api import StrictSerializer
from journeys.models import ScoreModel
from journeys.rules.library import ScoreSubject
from journeys.rules.scoring import (
    LONGEST_KEY,
    LONGEST_LABEL,
    MOST_FORMULAS,
    MOST_INPUTS,
    Source,
)
from journeys.services.score_models import LONGEST_TITLE
from journeys.services.scores import LONGEST_REASON

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxm.kernel.goal_progress import Progress
    from cxm.kernel.metric_values import MetricValue
    from journeys.models import Score
    from journeys.rules.formulas import Value
    from journeys.selectors.scores import ItemScores
    from journeys.services.scores import Said

_SUBJECTS = ScoreSubject.choices()
_LONGEST_FORMULA = 500


class ScoreInputShape(StrictSerializer[Any]):
    """One input; `auto` is what computes it, empty for people. Of a cost less is better."""

    key = serializers.CharField(max_length=LONGEST_KEY)
    label = serializers.CharField(  # type: ignore[assignment]  # a declared field
        max_length=LONGEST_LABEL
    )
    min = serializers.FloatField(allow_null=True, default=None)
    max = serializers.FloatField(allow_null=True, default=None)
    auto = serializers.ChoiceField(choices=Source.choices(), allow_blank=True, default="")
    is_cost = serializers.BooleanField(default=False)


class ScoreFormulaShape(StrictSerializer[Any]):
    """One score: a formula over the keys of inputs."""

    key = serializers.CharField(max_length=LONGEST_KEY)
    label = serializers.CharField(  # type: ignore[assignment]  # a declared field
        max_length=LONGEST_LABEL
    )
    expr = serializers.CharField(max_length=_LONGEST_FORMULA)


class ScoreModelSerializer(serializers.ModelSerializer[ScoreModel]):
    """A model of scores; `x`, `y` and `size` are what its matrix draws."""

    inputs = ScoreInputShape(many=True)
    formulas = ScoreFormulaShape(many=True)

    class Meta:
        model = ScoreModel
        drawn = ["x", "y", "size"]
        fields = ["id", "key", "title", "subject", "inputs", "formulas", *drawn]
        fields += ["is_default", "created_at", "archived_at"]
        read_only_fields = fields


class ScoreModelCopyBody(StrictSerializer[Any]):
    """A new model: its title, and the model that it begins as."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    of = serializers.UUIDField()


class ScoreModelBody(StrictSerializer[Any]):
    """All that a model is."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    inputs = serializers.ListField(child=ScoreInputShape(), max_length=MOST_INPUTS)
    formulas = serializers.ListField(child=ScoreFormulaShape(), max_length=MOST_FORMULAS)
    x = serializers.CharField(max_length=LONGEST_KEY)
    y = serializers.CharField(max_length=LONGEST_KEY)
    size = serializers.CharField(max_length=LONGEST_KEY, allow_blank=True, default="")


class ScoreModelQuery(StrictSerializer[Any]):
    """Which models to list."""

    subject = serializers.ChoiceField(choices=_SUBJECTS, required=False)
    archived = serializers.BooleanField(required=False)


class ChosenModelQuery(StrictSerializer[Any]):
    """Which model to score by."""

    model = serializers.CharField(required=False, max_length=63, help_text="The key of a model.")


class SaidValueShape(StrictSerializer[Any]):
    """A value that is said, and the ends of its interval."""

    value = serializers.FloatField()
    lo = serializers.FloatField(allow_null=True, default=None)
    hi = serializers.FloatField(allow_null=True, default=None)


class ScoresBody(StrictSerializer[Any]):
    """Values by the keys of inputs; null takes back what was said. *reason*: see the docs."""

    model = serializers.CharField(required=False, max_length=63)
    values = serializers.DictField(child=SaidValueShape(allow_null=True))
    reason = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_REASON)


class SpanSerializer(serializers.Serializer[Any]):
    """A value with its interval."""

    value = serializers.FloatField()
    lo = serializers.FloatField()
    hi = serializers.FloatField()


class KeptValueSerializer(serializers.Serializer[Any]):
    """A value that was computed or said, and why."""

    input = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    lo = serializers.FloatField(allow_null=True)
    hi = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(allow_null=True)
    origin = serializers.CharField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.UUIDField(source="by_id", allow_null=True)


class HeldInputSerializer(serializers.Serializer[Any]):
    """One input: the value in force, what was computed and what was said instead."""

    key = serializers.CharField()
    span = SpanSerializer(allow_null=True)
    computed = KeptValueSerializer(allow_null=True)
    said = KeptValueSerializer(allow_null=True)


class MadeScoreSerializer(serializers.Serializer[Any]):
    """One score; without one *why* says what is missing."""

    key = serializers.CharField()
    span = SpanSerializer(allow_null=True)
    why = serializers.CharField()


class ScoredSerializer(serializers.Serializer[Any]):
    """One item with its inputs and scores."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    inputs = HeldInputSerializer(many=True)
    scores = MadeScoreSerializer(many=True)


class ItemScoresSerializer(serializers.Serializer[Any]):
    """What an item is scored by the model of that key, and its earlier values."""

    model = serializers.CharField()
    inputs = HeldInputSerializer(many=True)
    scores = MadeScoreSerializer(many=True)
    past = KeptValueSerializer(many=True)


class ProgressFigureSerializer(serializers.Serializer[Any]):
    """A figure with its interval and its days, half-open; *words* says it, also when hidden."""

    title = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    unit = serializers.CharField(allow_blank=True)
    decimals = serializers.IntegerField()
    start_on = serializers.CharField(allow_null=True)
    end_on = serializers.CharField(allow_null=True)
    words = serializers.CharField(allow_blank=True)


class GoalProgressSerializer(serializers.Serializer[Any]):
    """How far a goal is; all is null or empty where no figure of it may be told."""

    before = ProgressFigureSerializer(allow_null=True)
    now = ProgressFigureSerializer(allow_null=True)
    share = serializers.FloatField(allow_null=True)
    verdict = serializers.CharField(allow_blank=True)
    evidence = serializers.CharField(allow_blank=True)
    is_interim = serializers.BooleanField()
    is_overdue = serializers.BooleanField()


def said_values(values: Mapping[str, Any]) -> dict[str, Said | None]:
    """Give values as the service takes them."""
    return {
        key: None if one is None else (one["value"], one["lo"], one["hi"])
        for key, one in values.items()
    }


def scores_record(scored: ItemScores, past: Sequence[Score]) -> dict[str, Any]:
    """Give what an item is scored as `ItemScoresSerializer` takes it."""
    return {"model": scored.model.key, "past": past, **_parts(scored)}


def scored_record(item: Any, scored: ItemScores) -> dict[str, Any]:
    """Give an item of a list as `ScoredSerializer` takes it."""
    return {"id": item.pk, "title": item.title, **_parts(scored)}


def progress_record(told: Progress | None) -> dict[str, Any]:
    """Give how far a goal is as `GoalProgressSerializer` takes it."""
    return {
        "before": _figure(told.before) if told else None,
        "now": _figure(told.now) if told else None,
        "share": told.share if told else None,
        "verdict": told.words if told else "",
        "evidence": told.evidence if told else "",
        "is_interim": told is not None and told.is_interim,
        "is_overdue": told is not None and told.is_overdue,
    }


def _parts(scored: ItemScores) -> dict[str, Any]:
    inputs = [
        {
            "key": line.input.key,
            "span": _span(line.held.span),
            "computed": line.held.computed,
            "said": line.held.said,
        }
        for line in scored.inputs
    ]
    scores = [
        {"key": one.key, "span": _span(one.worth.span), "why": one.worth.why}
        for one in scored.scores
    ]
    return {"inputs": inputs, "scores": scores}


def _span(span: Value) -> dict[str, float] | None:
    return {"value": span.value, "lo": span.lo, "hi": span.hi} if span else None


def _figure(figure: MetricValue | None) -> dict[str, Any] | None:
    return {**figure.record(), "words": figure.words} if figure else None
