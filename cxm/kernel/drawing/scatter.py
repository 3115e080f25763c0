"""Points between two axes, as pages of matrices draw them and list them in a table.

`components/matrix.html` draws a `Scatter`, `components/matrix_table.html` lists it, and
`static/js/matrix.js` moves its points by pointer and by keys.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cxm.kernel.drawing.fanning import fanned, is_crowded
from cxm.kernel.numbers import MINUS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.kernel.drawing.fanning import Place

# What a name takes up: of the width for each of its first signs, and of the height below its point.
_SIGN_WIDE, _NAME_HIGH, _NAME_BELOW, _MOST_SIGNS = 0.0115, 0.05, 0.05, 24
# Beyond these shares of the width a name would leave the drawing.
_NEAR_LEFT, _NEAR_RIGHT = 0.15, 0.85
# The radius of a point in pixels: of one without a size, and of the smallest and the largest.
_USUAL, _LEAST, _MOST = 11.0, 7.0, 22.0
_TICKS = 4
# Beyond the ends of an axis with ticks there is so much room, for what stands at its ends.
_MARGIN = 0.09
# What binary fractions of a step may be off.
_NOTHING = 1e-6

type Interval = tuple[float, float]
type Zones = tuple[str, str, str, str]
NO_ZONES: Zones = ("", "", "", "")


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis, from *low* to *high*, which are told apart.

    Values that people set are whole *step*s; Shift with an arrow goes *far*. *fixed* says why
    nobody can move a point along it ("It is measured."); "" lets them. *low_end* and *high_end*
    are the words at its ends, *says* how a value is told, with {} for the number.
    """

    key: str
    label: str
    low: float
    high: float
    step: float = 1.0
    far: float = 5.0
    fixed: str = ""
    low_end: str = ""
    high_end: str = ""
    says: str = ""
    is_signed: bool = False
    has_ticks: bool = True

    def share(self, value: float) -> float:
        """Give where *value* lies in the drawing, from 0 to 1; beyond an end, that end."""
        within = min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)
        return self.margin + (1 - 2 * self.margin) * within

    @property
    def margin(self) -> float:
        """Give the share of the drawing that is kept free beyond each end."""
        return _MARGIN if self.has_ticks else 0.0

    def takes(self, value: float) -> bool:
        """Whether people may set *value*: within the ends, and a whole step."""
        steps = (value - self.low) / self.step
        return self.low <= value <= self.high and abs(steps - round(steps)) < _NOTHING

    @property
    def limits(self) -> str:
        """Say what people may set."""
        low, high = self.written(self.low), self.written(self.high)
        return f"{self.label}: give a number from {low} to {high}, in steps of {self.step:g}."

    def number(self, value: float) -> str:
        """Write a value without needless digits, as forms and scripts have it."""
        return f"{round(value, 2):g}"

    def written(self, value: float) -> str:
        """Write a value for people, with a true minus and, where the axis has one, its sign."""
        told = f"{round(value, 2):+g}" if self.is_signed and round(value, 2) else self.number(value)
        return told.replace("-", MINUS)

    def told(self, value: float) -> str:
        """Say a value with the axis that it is of."""
        return (self.says or f"{self.label} {{}}").replace("{}", self.written(value))

    @property
    def ends(self) -> tuple[str, str]:
        """Give the words at the low and at the high end."""
        low = self.low_end or f"{self.label}: {self.written(self.low)}"
        return low, self.high_end or f"{self.label}: {self.written(self.high)}"

    @property
    def script(self) -> dict[str, str]:
        """Give what the script knows of the axis, by the names of its attributes."""
        names = ("low", "high", "step", "far")
        numbers = {name: self.number(getattr(self, name)) for name in names}
        says, signed = self.says or f"{self.label} {{}}", "1" if self.is_signed else ""
        told = {"label": self.label, "fixed": self.fixed, "says": says, "signed": signed}
        return numbers | told | {"margin": f"{self.margin:g}"}

    @property
    def heading(self) -> str:
        """Give the head of the column that lists its values."""
        low, high = self.written(self.low), self.written(self.high)
        if self.low_end:
            return f"{self.low_end} ({low}) to {self.high_end} ({high})"
        return f"{self.label} ({low} to {high})"

    @property
    def moves(self) -> str:
        """Say how far one arrow and one with Shift go."""
        return f"by {self.number(self.step)}, with Shift by {self.number(self.far)}"

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Give places along the axis, in percent from its low end, with what is written there."""
        if not self.has_ticks:
            return []
        values = [self.low + (self.high - self.low) * n / _TICKS for n in range(_TICKS + 1)]
        return [(round(100 * self.share(value), 2), self.written(value)) for value in values]

    @property
    def rungs(self) -> list[tuple[float, str]]:
        """Give the ticks of an axis that leads up, in percent from above."""
        return [(round(100 - place, 2), told) for place, told in self.ticks]


@dataclass(frozen=True, slots=True)
class Spot:
    """One point: *x* and *y* are values of the axes, None where it has none.

    *x_words* and *y_words* tell a value where the number alone says too little (its interval and
    its n, or why there is none). *mark* is written in the point: a number or a letter. *size* is 0
    to 1; *radius*, in pixels, is for points that are pictures. *fixed* says why this one cannot be
    moved though others can. *subject* is what the page's own templates draw and list.
    """

    key: str
    label: str
    x: float | None
    y: float | None
    href: str = ""
    x_interval: Interval | None = None
    y_interval: Interval | None = None
    x_words: str = ""
    y_words: str = ""
    mark: str = ""
    size: float | None = None
    size_words: str = ""
    radius: float | None = None
    tone: str = ""
    is_hollow: bool = False
    fixed: str = ""
    subject: Any = None


@dataclass(frozen=True, slots=True)
class SpotDrawn:
    """A point in the drawing: at *place*, or *aside* of there, in pixels.

    *is_among* others whose names it would cover.
    """

    spot: Spot
    axes: tuple[Axis, Axis]
    place: Place
    aside: Place
    is_among: bool = False

    @property
    def x(self) -> str:
        """Give the value across, as forms have it; "" for none."""
        return _number(self.axes[0], self.spot.x)

    @property
    def y(self) -> str:
        """Give the value up, as forms have it; "" for none."""
        return _number(self.axes[1], self.spot.y)

    @property
    def x_words(self) -> str:
        """Tell the value across for people."""
        return self.spot.x_words or _written(self.axes[0], self.spot.x)

    @property
    def y_words(self) -> str:
        """Tell the value up for people."""
        return self.spot.y_words or _written(self.axes[1], self.spot.y)

    @property
    def left(self) -> str:
        """Give the place from the left as a drawing has it."""
        return f"{100 * self.place[0]:.2f}%"

    @property
    def top(self) -> str:
        """Give the place from the top as a drawing has it."""
        return f"{100 * (1 - self.place[1]):.2f}%"

    @property
    def transform(self) -> str:
        """Give how the drawing moves the figure aside; empty where it does not."""
        across, down = self.aside
        return f"translate({across:g} {down:g})" if any(self.aside) else ""

    @property
    def anchor(self) -> str:
        """Say which end of the name stands at the place, so that it stays in the drawing."""
        if self.place[0] < _NEAR_LEFT:
            return "start"
        return "end" if self.place[0] > _NEAR_RIGHT else "middle"

    @property
    def radius(self) -> str:
        """Give the radius in pixels; the area grows with the size."""
        size = self.spot.size
        if size is None:
            return f"{self.spot.radius or _USUAL:g}"
        area = _LEAST**2 + min(max(size, 0.0), 1.0) * (_MOST**2 - _LEAST**2)
        return f"{area**0.5:.1f}"

    @property
    def name_below(self) -> str:
        """Give how far below its place the name stands, in pixels."""
        return f"{float(self.radius) + 14:g}"

    @property
    def bar_across(self) -> Interval | None:
        """Give the ends of the interval across, in percent of the width from the point."""
        return _bar(self.axes[0], self.spot.x_interval, self.spot.x, 1)

    @property
    def bar_up(self) -> Interval | None:
        """Give the ends of the interval up, in percent of the height down from the point."""
        return _bar(self.axes[1], self.spot.y_interval, self.spot.y, -1)

    @property
    def words(self) -> str:
        """Tell all of the point, for those who listen."""
        told = [
            self.axes[place].told(value) if not words else f"{self.axes[place].label}: {words}"
            for place, (value, words) in enumerate(
                ((self.spot.x, self.spot.x_words), (self.spot.y, self.spot.y_words))
            )
            if value is not None
        ]
        more = [self.spot.size_words] if self.spot.size_words else []
        return f"{self.spot.label}: {', '.join(told + more)}"


@dataclass(frozen=True, slots=True)
class Scatter:
    """A matrix as it is shown: *placed* points from the left, and *absent* ones without a place.

    *zones* names the quarters: upper left, upper right, lower left, lower right; "" leaves one
    without a name. *noun* is what a point stands for, *size_label* what its size tells, if any.
    """

    x: Axis
    y: Axis
    placed: Sequence[SpotDrawn]
    absent: Sequence[SpotDrawn]
    zones: Zones = NO_ZONES
    noun: str = "point"
    size_label: str = ""

    @property
    def is_crowded(self) -> bool:
        """Whether the figures are drawn small."""
        return is_crowded(len(self.placed))

    @property
    def may_move(self) -> bool:
        """Whether points can be moved along one axis at least."""
        return not (self.x.fixed and self.y.fixed)

    @property
    def hint(self) -> str:
        """Say how points are moved, and along which axis they are not."""
        free = [axis for axis in (self.x, self.y) if not axis.fixed]
        moves = [axis.moves for axis in free]
        if len(set(moves)) > 1 or len(free) == 1:
            ways = {self.x: "left and right", self.y: "up and down"}
            moves = [f"{ways[axis]} {axis.moves}" for axis in free]
        how = " and ".join(dict.fromkeys(moves))
        told = [f"{one.label}: {one.fixed}" for one in (self.x, self.y) if one.fixed]
        begin = f"Drag a {self.noun}, or focus it and move it with the arrow keys: {how}."
        return " ".join([begin, "Enter opens it.", *told])

    @property
    def rows(self) -> list[SpotDrawn]:
        """List all points as the table does: those with a place, then the others."""
        return [*self.placed, *self.absent]

    @property
    def corners(self) -> list[tuple[str, str, str, str]]:
        """Give the named quarters: left, top, which end of the name is there, and the name."""
        places = (("1%", "3%"), ("99%", "3%"), ("1%", "98.5%"), ("99%", "98.5%"))
        sides = ("start", "end", "start", "end")
        told = zip(places, sides, self.zones, strict=True)
        return [(left, top, side, name) for (left, top), side, name in told if name]


def scatter(
    x: Axis,
    y: Axis,
    spots: Sequence[Spot],
    *,
    zones: Zones = NO_ZONES,
    noun: str = "point",
    size_label: str = "",
) -> Scatter:
    """Lay out *spots* between two axes; those at nearly one place are fanned out around it.

    Points of one distance from the left keep their order. Ends of an axis must be apart.
    """
    there = [spot for spot in spots if spot.x is not None and spot.y is not None]
    there.sort(key=lambda spot: x.share(spot.x or 0.0))
    places = [(x.share(spot.x or 0.0), y.share(spot.y or 0.0)) for spot in there]
    drawn = fanned(places)
    crowds = Counter(place for place, _ in drawn)
    placed = [
        SpotDrawn(spot, (x, y), place, aside, is_among=crowds[place] > 1)
        for spot, (place, aside) in zip(there, drawn, strict=True)
    ]
    placed = placed if is_crowded(len(placed)) else _with_free_names(placed)
    absent = [
        SpotDrawn(spot, (x, y), (0.0, 0.0), (0.0, 0.0))
        for spot in spots
        if spot.x is None or spot.y is None
    ]
    return Scatter(x, y, placed, absent, zones, noun, size_label)


def _with_free_names(placed: Sequence[SpotDrawn]) -> list[SpotDrawn]:
    """Let names that would cover another point, or a name to their left, wait to be pointed at."""
    shown: list[tuple[float, float, float]] = []
    found = []
    for one in placed:
        left, right = _ends_of_name(one)
        height = one.place[1] - _NAME_BELOW
        is_covering = any(
            left < other_right and other_left < right and abs(height - other) < _NAME_HIGH
            for other_left, other_right, other in shown
        ) or any(
            left < x < right and abs(height - y) < _NAME_HIGH
            for x, y in (other.place for other in placed if other is not one)
        )
        if not one.is_among and not is_covering:
            shown.append((left, right, height))
        found.append(replace(one, is_among=one.is_among or is_covering))
    return found


def _ends_of_name(one: SpotDrawn) -> Interval:
    wide = _SIGN_WIDE * min(len(one.spot.label), _MOST_SIGNS)
    begin = {"start": 0.0, "middle": wide / 2, "end": wide}[one.anchor]
    return one.place[0] - begin, one.place[0] - begin + wide


def _number(axis: Axis, value: float | None) -> str:
    return "" if value is None else axis.number(value)


def _written(axis: Axis, value: float | None) -> str:
    return "" if value is None else axis.written(value)


def _bar(axis: Axis, interval: Interval | None, value: float | None, sign: int) -> Interval | None:
    if interval is None or value is None:
        return None
    at = axis.share(value)
    low, high = (round(100 * sign * (axis.share(end) - at), 2) for end in interval)
    return low, high
