"""What a lane with numbers says, cell by cell, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from analytics.rules.beliefs import Mapped
    from analytics.selectors.lane_figures import Reading
    from analytics.selectors.map_outline import Column, NumberLane
    from analytics.selectors.verdicts import Standing
    from cxm.kernel.charts import Axis
    from cxm.metrics.rules.windows import Window

NO_TOUCHPOINT = "No touchpoint at this step"


@dataclass(frozen=True, slots=True)
class Item:
    """One figure of a cell: *label* tells it from others, *why* says why there is none.

    *target* is what the map promises of it, *picture* how its lane draws it besides.
    """

    label: str
    reading: Reading | None
    why: str = ""
    target: str = ""
    picture: SafeString | None = None


@dataclass(frozen=True, slots=True)
class Belief:
    """What was drawn at a step beside what was measured there, both from -2 to +2.

    *gap* is how far the drawn value lies beyond the interval, None where nothing can be said.
    """

    drawn: float
    measured: Mapped
    gap: float | None

    @property
    def is_apart(self) -> bool:
        """Whether the drawn value lies outside the interval."""
        return bool(self.gap)


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands at one step."""

    column: Column
    items: tuple[Item, ...]
    picture: SafeString | None = None
    drawn: float | None = None
    belief: Belief | None = None
    promises: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True)
class LaneNumbers:
    """The numbers of one lane.

    *window* is the days that figures count and *closed* those that changes are about: None where
    they differ from figure to figure, and where nothing is compared. *tests* is how many changes
    of the map were judged together. *scale* is the right axis of a curve, of *unit*; *mapping*
    says how its points stand on the axis of the drawn one, empty where they do not. *whole* is
    what the map as a whole promises. *broken* says what has to be mended before there can be
    numbers.
    """

    lane: NumberLane
    cells: tuple[Cell, ...]
    title: str = ""
    window: Window | None = None
    closed: Window | None = None
    tests: int = 0
    scale: Axis | None = None
    unit: str = ""
    mapping: str = ""
    whole: tuple[Standing, ...] = ()
    broken: str = ""

    @property
    def gaps(self) -> list[Cell]:
        """The steps where the map believes something else than was measured, the widest first."""
        return sorted((cell for cell in self.cells if _width(cell)), key=_width, reverse=True)


def _width(cell: Cell) -> float:
    return abs(cell.belief.gap or 0.0) if cell.belief else 0.0
