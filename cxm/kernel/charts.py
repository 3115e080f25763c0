"""Geometry of the small server-drawn charts: numbers in, SVG elements out, nothing of the page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise

from cxm.kernel.figures import TOO_FEW_TO_TELL
from cxm.kernel.svg import Element, coordinate, element

_HEIGHT = 100.0
_STEP = 10.0
_SPARK_HEIGHT = 30.0
_MARGIN = 3.0
_MOST_KNOTS = 31
_ROUND_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_STEEPEST = 3.0


class Tone(StrEnum):
    """What a coloured part means; the words beside it say the same."""

    FAVOURABLE = "favourable"
    NEUTRAL = "neutral"
    UNFAVOURABLE = "unfavourable"
    PLAIN = "plain"


@dataclass(frozen=True)
class TrendPoint:
    """One period of a trend: value and interval are None where nobody answered.

    *event* says in words what happened in it, "" for nothing.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    url: str = ""
    event: str = ""


@dataclass(frozen=True)
class Segment:
    """One part of a whole, counted; weighted parts count in sums of weights."""

    label: str
    count: int
    tone: Tone = Tone.PLAIN
    url: str = ""


@dataclass(frozen=True)
class Axis:
    """A scale with round ends and equal steps; *ticks* run from low to high, both included."""

    low: float
    high: float
    ticks: tuple[float, ...]

    @property
    def steps(self) -> int:
        """How many equal steps lie between the ends."""
        return len(self.ticks) - 1

    def position(self, value: float) -> float:
        """Place *value* between 0 (low) and 1 (high); values off the axis land outside."""
        return (value - self.low) / (self.high - self.low)


def axis(
    values: Iterable[float | None], *, steps: int = 4, bounds: tuple[float, float] | None = None
) -> Axis:
    """Make an axis with about *steps* round steps that holds all *values*; None is skipped.

    *bounds* are the ends of the scale itself, such as -100 and 100: the axis never leaves them.
    Without values it spans the bounds, or 0 to 1.
    """
    known = [value for value in values if value is not None] or list(bounds or (0.0, 1.0))
    low, high = min(known), max(known)
    if low == high:
        low, high = low - 1, high + 1
    step = _round_step((high - low) / steps)
    first, last = math.floor(low / step), math.ceil(high / step)
    if bounds:
        first, last = (
            max(first, math.ceil(bounds[0] / step)),
            min(last, math.floor(bounds[1] / step)),
        )
    ticks = tuple(round(step * tick, 10) for tick in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks)


def sparkline(values: Sequence[float | None], *, label: str) -> Element:
    """Draw *values* from left to right as a smooth thread ending in a knot; None leaves a gap.

    The curve is a monotone cubic: it never rises above or falls below the values themselves.
    """
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    spread = (high - low) or 1.0
    usable = _SPARK_HEIGHT - 2 * _MARGIN
    spots = [
        None if v is None else (i * _STEP, _MARGIN + usable * (1 - (v - low) / spread))
        for i, v in enumerate(values)
    ]
    runs = _runs(spots)
    lines = [element("path", d=curve(run), class_="thread-line") for run in runs if len(run) > 1]
    knots = [_knot(*runs[-1][-1])] if runs else []
    width = max(len(values) - 1, 1) * _STEP
    return _picture("spark", width, _SPARK_HEIGHT, label, lines + knots)


def stacked_bar(shares: Sequence[tuple[float, Tone]], *, label: str) -> Element:
    """Draw parts of 100 beside each other in order, with hairline gaps; empty ones are left out."""
    parts = []
    left = 0.0
    for share, tone in shares:
        if share > 0:
            gap = 0.4 if left else 0.0
            width = max(share - gap, 0.1)
            parts.append(
                element(
                    "rect", x=left + gap, y=0.0, width=width, height=10.0, class_=f"tone-{tone}"
                )
            )
        left += share
    return _picture("stacked", 100.0, 10.0, label, parts)


def whisker(value: float | None, low: float | None, high: float | None, *, scale: Axis) -> Element:
    """Draw a bar from zero (or the near end of *scale*) to *value*, and its interval as a line.

    Hidden from screen readers: the same numbers stand in words beside it.
    """
    start = min(max(0.0, scale.low), scale.high)
    parts = [
        element(
            "line", x1=_x(scale, start), x2=_x(scale, start), y1=0.0, y2=20.0, class_="zero-line"
        )
    ]
    if value is not None:
        left, right = sorted((_x(scale, start), _x(scale, value)))
        parts.append(
            element("rect", x=left, y=5.0, width=right - left, height=10.0, class_="whisker-bar")
        )
    if low is not None and high is not None:
        ends = f"M{coordinate(_x(scale, low))} 10H{coordinate(_x(scale, high))}"
        parts.append(element("path", d=ends, class_="whisker-line"))
    if value is not None:
        parts.append(_knot(_x(scale, value), 10.0, "whisker-knot"))
    return _picture("whisker", 100.0, 20.0, None, parts)


def column(count: float, *, most: float, tone: Tone) -> Element:
    """Draw one column of a histogram, *most* being the full height; hidden from screen readers."""
    height = _HEIGHT * count / most if most else 0.0
    bar = element(
        "rect", x=0.0, y=_HEIGHT - height, width=10.0, height=height, class_=f"tone-{tone}"
    )
    return _picture("histogram-column", 10.0, _HEIGHT, None, [bar])


def trend(
    points: Sequence[TrendPoint], *, scale: Axis, label: str, goal: float | None = None
) -> Element:
    """Draw a line with its interval band over equally wide periods; None leaves a gap.

    Each point stands in the middle of its period. Up to 31 points are marked by knots, grey where
    fewer than ten people answered; periods in which something happened by an upright line.
    """
    places = list(enumerate(points))
    spots = [_spot(i, p.value, scale) for i, p in places]
    bands = [(_spot(i, p.low, scale), _spot(i, p.high, scale)) for i, p in places]
    width = max(len(points), 1) * _STEP
    parts = [_level(scale, tick, width, "grid-line") for tick in scale.ticks]
    parts += [_upright(place) for place, point in places if point.event]
    parts += [element("path", d=_band(run), class_="thread-band") for run in _band_runs(bands)]
    if goal is not None:
        parts.append(_level(scale, goal, width, "goal-line"))
    parts += [element("path", d=_line(run), class_="thread-line") for run in _runs(spots)]
    if len(points) <= _MOST_KNOTS:
        parts += [
            _knot(*spot, "thread-knot is-early" if point.n < TOO_FEW_TO_TELL else "thread-knot")
            for spot, point in zip(spots, points, strict=True)
            if spot
        ]
    return _picture("trend-picture", width, _HEIGHT, label, parts)


def trend_hits(points: Sequence[TrendPoint], titles: Sequence[str]) -> Element:
    """Draw one invisible link a period over the trend; its title appears while pointing at it.

    For pointers only: screen readers and keys have the table with the same links.
    """
    links = [
        element(
            "a",
            element("title", title),
            element("rect", x=i * _STEP, y=0.0, width=_STEP, height=_HEIGHT),
            href=point.url,
            tabindex="-1",
        )
        for i, (point, title) in enumerate(zip(points, titles, strict=True))
        if point.url
    ]
    return _picture("trend-hits", max(len(points), 1) * _STEP, _HEIGHT, None, links)


def curve(spots: Sequence[tuple[float, float]]) -> str:
    """Give the path of a monotone cubic through *spots*, which go from left to right.

    It stays between neighbouring values. Source: F. N. Fritsch, R. E. Carlson, Monotone Piecewise
    Cubic Interpolation, SIAM J. Numer. Anal. 17(2), 1980, its tangents limited to three times the
    smaller neighbouring slope.
    """
    slopes = [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in pairwise(spots)]
    tangents = [_tangent(before, after) for before, after in pairwise(slopes)]
    tangents = [*slopes[:1], *tangents, *slopes[-1:]]
    path = "M{} {}".format(*map(coordinate, spots[0]))
    ends = zip(pairwise(spots), pairwise(tangents), strict=True)
    for ((x1, y1), (x2, y2)), (before, after) in ends:
        third = (x2 - x1) / 3
        pieces = (x1 + third, y1 + before * third, x2 - third, y2 - after * third, x2, y2)
        path += "C" + " ".join(map(coordinate, pieces))
    return path


def _tangent(before: float, after: float) -> float:
    if before * after <= 0:
        return 0.0
    limit = _STEEPEST * min(abs(before), abs(after))
    return math.copysign(min(abs(before + after) / 2, limit), before)


def _round_step(rough: float) -> float:
    """Round a step up to 1, 2, 2.5, 5 or 10 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(s * power for s in _ROUND_STEPS if s * power >= rough * (1 - 1e-9))


def _x(scale: Axis, value: float) -> float:
    return 100 * min(max(scale.position(value), 0.0), 1.0)


def _y(scale: Axis, value: float) -> float:
    return _HEIGHT * (1 - min(max(scale.position(value), 0.0), 1.0))


def _spot(place: int, value: float | None, scale: Axis) -> tuple[float, float] | None:
    return None if value is None else ((place + 0.5) * _STEP, _y(scale, value))


def _runs[T](items: Iterable[T | None]) -> list[list[T]]:
    """Part a sequence at its Nones."""
    parts = groupby(items, key=lambda item: item is not None)
    return [[item for item in part if item is not None] for is_known, part in parts if is_known]


def _band_runs(
    bands: Iterable[tuple[tuple[float, float] | None, tuple[float, float] | None]],
) -> list[list[tuple[tuple[float, float], tuple[float, float]]]]:
    return _runs((low, high) if low and high else None for low, high in bands)


def _band(run: Sequence[tuple[tuple[float, float], tuple[float, float]]]) -> str:
    """Give the outline of a band; a lone period gets a narrow one, so that it can be seen."""
    if len(run) == 1:
        (x, bottom), (_, top) = run[0]
        run = [((x + shift, bottom), (x + shift, top)) for shift in (-_STEP / 4, _STEP / 4)]
    upper = [high for _, high in run]
    lower = [low for low, _ in reversed(run)]
    return _line([*upper, *lower]) + "Z"


def _line(spots: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{coordinate(x)} {coordinate(y)}" for x, y in spots)


def _level(scale: Axis, value: float, width: float, kind: str) -> Element:
    y = _y(scale, value)
    return element("line", x1=0.0, x2=width, y1=y, y2=y, class_=kind)


def _upright(place: int) -> Element:
    x = (place + 0.5) * _STEP
    return element("line", x1=x, x2=x, y1=0.0, y2=_HEIGHT, class_="event-line")


def _knot(x: float, y: float, kind: str = "thread-knot") -> Element:
    """Draw a dot that stays round however the picture is stretched: a tiny line with round ends."""
    return element("path", d=f"M{coordinate(x)} {coordinate(y)}h.01", class_=kind)


def _picture(
    kind: str, width: float, height: float, label: str | None, parts: Sequence[Element]
) -> Element:
    return element(
        "svg",
        *parts,
        class_=kind,
        viewBox=f"0 0 {coordinate(width)} {coordinate(height)}",
        preserveAspectRatio="none",
        role="img" if label else None,
        aria_label=label,
        aria_hidden=None if label else "true",
        focusable="false",
    )
