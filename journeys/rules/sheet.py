"""A map as what its files say: all names told, everything in its order, nothing placed yet.

Columns are steps, numbered from 0 through all stages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from journeys.rules.kinds import HIGHEST_EMOTION, LOWEST_EMOTION, LaneKind

if TYPE_CHECKING:
    from collections.abc import Collection


class Display(StrEnum):
    """How the values of a lane are drawn."""

    LINE = "line"
    BARS = "bars"
    DOTS = "dots"


@dataclass(frozen=True, slots=True)
class SheetStage:
    """A stage over the columns from *first* to *last*."""

    id: str
    title: str
    first: int
    last: int
    colour: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class SheetStep:
    """A column; *signs* are words such as "Moment of truth"."""

    id: str
    title: str
    signs: tuple[str, ...] = ()
    description: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SheetItem:
    """Something in a lane over the columns from *first* to *last*.

    *label* says what it is, *picture* is the name of a file, *colour* is "c1" to "c8" or "".
    """

    first: int
    last: int
    text: str
    label: str = ""
    colour: str = ""
    picture: str = ""
    alt: str = ""
    is_pain: bool = False
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class SheetCurve:
    """The values of one persona, or of all, a column each; *colour* 1 to 8 and *dash* 1 to 4."""

    name: str
    values: tuple[float | None, ...]
    colour: int = 1
    dash: int = 1


@dataclass(frozen=True, slots=True)
class SheetLane:
    """A row. *notes* say whose or which it is; *said* stands in it where it holds nothing."""

    id: str
    title: str
    kind: LaneKind
    notes: tuple[str, ...] = ()
    items: tuple[SheetItem, ...] = ()
    curves: tuple[SheetCurve, ...] = ()
    lowest: float = LOWEST_EMOTION
    highest: float = HIGHEST_EMOTION
    display: Display = Display.LINE
    form: str = "monotone"
    said: str = ""


@dataclass(frozen=True, slots=True)
class SheetPersona:
    """A persona of the map, with the look of its curve."""

    name: str
    colour: int
    dash: int
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class SheetTarget:
    """What is promised at a column, or by the whole map where *step* is None."""

    step: int | None
    words: str


@dataclass(frozen=True, slots=True)
class MapSheet:
    """A map as its files show it; *day* is when the file is made."""

    title: str
    journey: str
    goal: str
    state: str
    status: str
    owner: str
    day: str
    is_draft: bool
    stages: tuple[SheetStage, ...]
    steps: tuple[SheetStep, ...]
    lanes: tuple[SheetLane, ...]
    personas: tuple[SheetPersona, ...] = ()
    targets: tuple[SheetTarget, ...] = ()

    @property
    def heading(self) -> str:
        """Say which map it is, and of which journey."""
        return f"{self.journey}: {self.title}"

    @property
    def standing(self) -> str:
        """Say of what state the map is, how far as a document, whose, and of when."""
        told = (f"{self.state} state", self.status, f"Owner: {self.owner}", self.day)
        return "  ·  ".join(told)

    @property
    def pieces(self) -> int:
        """Count what is to be drawn: steps, items and values."""
        of_lanes = sum(
            len(lane.items) + sum(len(curve.values) for curve in lane.curves) for lane in self.lanes
        )
        return len(self.steps) + of_lanes


def selection(
    sheet: MapSheet, *, stages: Collection[str] = (), lanes: Collection[str] = ()
) -> MapSheet:
    """Give the part of *sheet* that the ids of *stages* and *lanes* name; none of either is all.

    Items that reach out of the part are cut to it; columns are numbered anew.
    """
    kept = [stage for stage in sheet.stages if not stages or stage.id in stages]
    columns = [step for stage in kept for step in range(stage.first, stage.last + 1)]
    place = {column: number for number, column in enumerate(columns)}
    rows = [_narrowed(lane, place) for lane in sheet.lanes if not lanes or lane.id in lanes]
    return replace(
        sheet,
        stages=tuple(
            replace(stage, first=place[stage.first], last=place[stage.last]) for stage in kept
        ),
        steps=tuple(sheet.steps[column] for column in columns),
        lanes=tuple(rows),
        targets=tuple(
            replace(one, step=None if one.step is None else place[one.step])
            for one in sheet.targets
            if one.step is None or one.step in place
        ),
    )


def _narrowed(lane: SheetLane, place: dict[int, int]) -> SheetLane:
    items = []
    for item in lane.items:
        held = [place[column] for column in range(item.first, item.last + 1) if column in place]
        if held:
            items.append(replace(item, first=held[0], last=held[-1]))
    curves = [
        replace(curve, values=tuple(curve.values[column] for column in place))
        for curve in lane.curves
    ]
    return replace(lane, items=tuple(items), curves=tuple(curves))
