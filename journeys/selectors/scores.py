"""Models of scores, and what items are scored: values in force, scores and their history."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxm.kernel.numbers import written
from cxm.metrics.rules.rounding import round_half_away
from journeys.models import Score, ScoreModel
from journeys.rules.library import ScoreOrigin, ScoreSubject
from journeys.rules.scoring import Input, Scoring, Worth, read_scoring, span_of, worth_of
from journeys.selectors.given_order import in_given_order

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from cxm.tenants.models import Tenant
    from journeys.rules.formulas import Value

MOST_PAST, MOST_SORTED = 50, 5_000
SUBJECTS = frozenset(subject.value for subject in ScoreSubject)


@dataclass(frozen=True, slots=True)
class Held:
    """What one input of an item is: what was *computed*, and what a person said instead."""

    computed: Score | None = None
    said: Score | None = None

    @property
    def score(self) -> Score | None:
        """Give the row that counts; None where nothing is known."""
        row = self.said or self.computed
        return row if row and row.value is not None else None

    @property
    def span(self) -> Value:
        """Give the value that counts."""
        row = self.score
        return span_of(row.value, row.lo, row.hi) if row else None


@dataclass(frozen=True, slots=True)
class InputLine:
    """One input of a model with what an item has for it."""

    input: Input
    held: Held

    @property
    def words(self) -> str:
        """Say the value that counts, with its interval and what it was counted from."""
        return score_words(self.held.score)

    @property
    def computed_words(self) -> str:
        """Say what was computed."""
        return score_words(self.held.computed)


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One score of a model and what it comes to."""

    key: str
    label: str
    text: str
    worth: Worth

    @property
    def words(self) -> str:
        """Say the score with its interval, or why there is none."""
        return span_words(self.worth.span) or f"No score: {self.worth.why}"


@dataclass(frozen=True, slots=True)
class ItemScores:
    """What one item is scored by one model."""

    model: ScoreModel
    scoring: Scoring
    held: Mapping[str, Held] = field(default_factory=dict)

    def worth(self, key: str) -> Worth:
        """Give what a score or an input of the model comes to."""
        given = {name: one.span for name, one in self.held.items()}
        return worth_of(self.scoring, key, given)

    @property
    def inputs(self) -> list[InputLine]:
        """Give all inputs in their order."""
        return [InputLine(one, self.held.get(one.key, Held())) for one in self.scoring.inputs]

    @property
    def scores(self) -> list[ScoreLine]:
        """Give all scores in their order."""
        return [
            ScoreLine(one.key, one.label, one.text, self.worth(one.key))
            for one in self.scoring.formulas
        ]

    @property
    def main(self) -> ScoreLine:
        """Give the first score, which lists and boards show."""
        return self.scores[0]


def models_of(tenant: Tenant, subject: str = "", *, is_archived: bool = False) -> list[ScoreModel]:
    """List the models in use (or the archived ones), the default of *subject* first. One query."""
    rows = ScoreModel.objects.for_tenant(tenant).filter(archived_at__isnull=not is_archived)
    rows = rows.filter(subject=subject) if subject else rows
    return list(rows.select_related("tenant").order_by("subject", "-is_default", "title", "pk"))


def chosen_model(models: Sequence[ScoreModel], key: str) -> ScoreModel | None:
    """Give the model that is called *key*, else the first; None where there is none at all."""
    return next((one for one in models if one.key == key), models[0] if models else None)


def usual_model(tenant: Tenant, subject: str) -> ScoreModel | None:
    """Give the model that lists show; None for sorts that have none. At most one query."""
    return chosen_model(models_of(tenant, subject), "") if subject in SUBJECTS else None


def scoring_of(model: ScoreModel) -> Scoring:
    """Read the inputs and formulas of a model."""
    return read_scoring(model.inputs, model.formulas)


def scores_of(model: ScoreModel, ids: Collection[UUID]) -> dict[UUID, ItemScores]:
    """Give what *model* makes of each of the items of its subject. One query."""
    scoring, held = scoring_of(model), held_values(model, ids)
    return {pk: ItemScores(model, scoring, held.get(pk, {})) for pk in ids}


def held_values(model: ScoreModel, ids: Collection[UUID]) -> dict[UUID, dict[str, Held]]:
    """Give the values in force by item and input; what was never given is absent. One query."""
    name = f"{model.subject}_id"
    rows = Score.objects.for_tenant(model.tenant_id).filter(model=model, **{f"{name}__in": ids})
    newest = rows.order_by(name, "input", "origin", "-at", "-pk").distinct(name, "input", "origin")
    found: dict[UUID, dict[str, Held]] = defaultdict(dict)
    for row in newest:
        values = found[getattr(row, name)]
        before = values.get(row.input, Held())
        values[row.input] = (
            Held(row, before.said)
            if row.origin == ScoreOrigin.AUTO
            else Held(before.computed, row if row.value is not None else None)
        )
    return found


def past_scores(model: ScoreModel, item: Any) -> list[Score]:
    """List the values that an item was given, the newest first, up to 50. One query."""
    rows = Score.objects.for_tenant(model.tenant_id).filter(model=model, **{model.subject: item})
    return list(rows.select_related("by__user").order_by("-at", "-pk")[:MOST_PAST])


def by_score(
    items: Iterable[Any], scores: Mapping[UUID, ItemScores], key: str, *, is_rising: bool
) -> list[Any]:
    """Put items in order of a score or an input; those without one come last, by title."""
    spans = {item.pk: scores[item.pk].worth(key).span for item in items}

    def place(item: Any) -> tuple[bool, float, str, str]:
        span = spans[item.pk]
        value = span.value if span else 0.0
        return (span is None, value if is_rising else -value, item.title, str(item.pk))

    return sorted(items, key=place)


def in_score_order(listed: Any, model: ScoreModel) -> Any:
    """Order listed items by the first score of *model*, the highest first. Two queries.

    Of more than 5,000 the rest comes last.
    """
    rows = listed.select_related(None).order_by("pk").only("title", "tenant")
    items = list(rows[:MOST_SORTED])
    scores = scores_of(model, [item.pk for item in items])
    key = scoring_of(model).formulas[0].key
    ordered = by_score(items, scores, key, is_rising=False)
    return in_given_order(listed, [item.pk for item in ordered])


def score_words(row: Score | None) -> str:
    """Say a stored value with its interval and n; empty where there is none."""
    if row is None or row.value is None:
        return ""
    words = span_words(span_of(row.value, row.lo, row.hi))
    return f"{words}, n {row.n:,}" if row.n is not None else words


def span_words(span: Value) -> str:
    """Say a value with its interval: "12.5 (8 to 17)"; empty where there is none."""
    if span is None:
        return ""
    if span.lo == span.hi:
        return number_words(span.value)
    return f"{number_words(span.value)} ({number_words(span.lo)} to {number_words(span.hi)})"


def number_words(value: float) -> str:
    """Write a number with as many decimals as tell it: two below 10, one below 100, else none."""
    size = abs(value)
    decimals = 2 if size < 10 else 1 if size < 100 else 0  # noqa: PLR2004 - said above
    words = written(round_half_away(value, decimals))
    return words.rstrip("0").rstrip(".") if "." in words else words
