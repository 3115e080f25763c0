"""Opportunities or solutions between two scores or inputs of a model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.kernel.drawing.scatter import Axis, Scatter, Spot, Zones, scatter
from journeys.selectors.scores import scores_of, span_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from journeys.models import ScoreModel
    from journeys.rules.formulas import Value
    from journeys.rules.scoring import Scoring
    from journeys.selectors.scores import ItemScores

MOST_POINTS = 500
MADE = "It is made by a formula."
_STEPS, _FAR = 100, 10


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a matrix draws of a model: keys of scores or inputs, *size* may be empty."""

    x: str
    y: str
    size: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Give the keys of both axes."""
        return self.x, self.y


def drawn_of(model: ScoreModel, scoring: Scoring, x: str, y: str, size: str | None) -> Drawn:
    """Give what to draw: what was asked for where the model has it, else what the model says.

    *size* None was not asked for; "" leaves all points alike.
    """
    known = scoring.labels
    asked = model.size if size is None else size
    return Drawn(
        x if x in known else model.x,
        y if y in known else model.y,
        asked if asked in known else "",
    )


def matrix_of(
    model: ScoreModel,
    scoring: Scoring,
    items: Sequence[Any],
    drawn: Drawn,
    *,
    url_of: Callable[[Any], str],
    noun: str,
) -> Scatter:
    """Lay *items* out by two scores or inputs; those without one stand in the table. One query."""
    scored = scores_of(model, [item.pk for item in items])
    across = [_span(scored[item.pk], drawn.x) for item in items]
    up = [_span(scored[item.pk], drawn.y) for item in items]
    sizes = [_span(scored[item.pk], drawn.size) for item in items]
    largest = max((one.value for one in sizes if one), default=0.0)
    spots = [
        Spot(
            key=str(item.pk),
            label=item.title,
            href=url_of(item),
            x=x.value if x else None,
            y=y.value if y else None,
            x_interval=_interval(x),
            y_interval=_interval(y),
            x_words=_words(scored[item.pk], drawn.x),
            y_words=_words(scored[item.pk], drawn.y),
            size=max(size.value, 0.0) / largest if size and largest > 0 else None,
            size_words=span_words(size),
        )
        for item, x, y, size in zip(items, across, up, sizes, strict=True)
    ]
    return scatter(
        _axis(scoring, drawn.x, across),
        _axis(scoring, drawn.y, up),
        spots,
        zones=zones_of(scoring, drawn),
        noun=noun,
        size_label=scoring.labels.get(drawn.size, ""),
    )


def zones_of(scoring: Scoring, drawn: Drawn) -> Zones:
    """Name the quarters by what is better: less of a cost, more of all else."""
    is_left_better, is_low_better = (_is_cost(scoring, key) for key in drawn.keys)
    names = {
        (True, True): "Do first",
        (True, False): "Plan well",
        (False, True): "Fill in",
        (False, False): "Leave for now",
    }
    corners = [(True, False), (True, True), (False, False), (False, True)]
    upper_left, upper_right, lower_left, lower_right = (
        names[is_up != is_low_better, is_right != is_left_better] for is_up, is_right in corners
    )
    return upper_left, upper_right, lower_left, lower_right


def _is_cost(scoring: Scoring, key: str) -> bool:
    one = scoring.input(key)
    return one is not None and one.is_cost


def _span(scores: ItemScores, key: str) -> Value:
    return scores.worth(key).span if key else None


def _words(scores: ItemScores, key: str) -> str:
    """Say what the number alone does not: an interval, an n, or why there is none."""
    line = next((one for one in scores.inputs if one.input.key == key), None)
    worth = scores.worth(key)
    if line is None:
        return span_words(worth.span) or f"No score: {worth.why}"
    is_plain = _interval(worth.span) is None and (
        line.held.score is None or line.held.score.n is None
    )
    return "" if worth.span and is_plain else line.words or "Not known"


def _interval(span: Value) -> tuple[float, float] | None:
    return (span.lo, span.hi) if span and span.lo < span.hi else None


def _axis(scoring: Scoring, key: str, spans: Sequence[Value]) -> Axis:
    """Give an axis over the range of an input, or over what there is."""
    one = scoring.input(key)
    values = [end for span in spans if span for end in (span.lo, span.value, span.hi)]
    lowest = min([0.0, *values])
    low = one.least if one and one.least is not None else lowest and -_rounded_up(-lowest)
    high = one.most if one and one.most is not None else _rounded_up(max([1.0, *values]))
    step = _step(high - low)
    return Axis(
        key=key,
        label=scoring.labels[key],
        low=low,
        high=high,
        step=step,
        far=_FAR * step,
        fixed="" if one else MADE,
    )


def _rounded_up(value: float) -> float:
    """Give the next number that reads well: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= value)


def _step(width: float) -> float:
    """Give about a hundredth of *width*, as a power of ten."""
    return float(10.0 ** math.floor(math.log10(width / _STEPS) + 0.5))
