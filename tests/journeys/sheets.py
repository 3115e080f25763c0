"""Maps as sheets in tests, without a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from journeys.rules.kinds import LaneKind
from journeys.rules.sheet import (
    MapSheet,
    SheetCurve,
    SheetItem,
    SheetLane,
    SheetPersona,
    SheetStage,
    SheetStep,
    SheetTarget,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


def stages_of(counts: Sequence[int], titles: Sequence[str] = ()) -> tuple[SheetStage, ...]:
    """Make a stage for each of *counts*, which are numbers of steps."""
    found, first = [], 0
    for number, count in enumerate(counts):
        title = titles[number] if number < len(titles) else f"Stage {number + 1}"
        found.append(SheetStage(f"s{number}", title, first, first + count - 1))
        first += count
    return tuple(found)


def sheet(counts: Sequence[int] = (3, 2), **more: Any) -> MapSheet:
    """Make a map with *counts* steps in its stages; *more* is as of a sheet."""
    steps = tuple(SheetStep(f"t{n}", f"I do thing {n + 1}") for n in range(sum(counts)))
    told: dict[str, Any] = {
        "title": "As it is",
        "journey": "I send back shoes",
        "goal": "My money is back",
        "state": "Current",
        "status": "Published",
        "owner": "Ana Berg",
        "day": "22 Nov 2026",
        "is_draft": False,
        "stages": stages_of(counts),
        "steps": steps,
        "lanes": (),
    }
    return MapSheet(**{**told, **more})


def text_lane(*items: SheetItem, title: str = "Does", kind: LaneKind = LaneKind.TEXT) -> SheetLane:
    """Make a lane that holds *items*."""
    return SheetLane(f"lane-{title}", title, kind, items=items)


def emotion_lane(*values: float | None, name: str = "Busy parent") -> SheetLane:
    """Make a lane with one curve."""
    return SheetLane("mood", "Feels", LaneKind.EMOTION, curves=(SheetCurve(name, values),))


def at(step: int, text: str, last: int | None = None, **more: Any) -> SheetItem:
    """Make an item at *step*, or over the steps up to *last*."""
    return SheetItem(step, step if last is None else last, text, **more)


def rich_sheet() -> MapSheet:
    """Make a map with something of everything that files draw differently."""
    moods = (0.5, 1.2, None, -1.4, -0.3, 1.0, 1.8, 0.2, -2.0)
    others = (-1.0, -0.5, 0.0, 0.8, None, None, 2.0, 1.1, 0.4)
    curves = (SheetCurve("Busy parent", moods, 5, 1), SheetCurve("Student", others, 2, 2))
    pains = (
        at(1, "Nobody says on which day the money comes", label="Pain", is_pain=True, weight=1.5),
        at(3, "The label does not print", 4, label="Pain", is_pain=True, weight=2.0),
        at(3, "Queue at the counter", label="Pain", is_pain=True, weight=0.5),
    )
    does = [
        at(n, f"What I do at step {n + 1}: a few words that take some lines.") for n in range(9)
    ]
    steps = tuple(
        SheetStep(
            f"t{n}",
            f"I take step {n + 1} of my way",
            ("Moment of truth",) if n == 3 else (),
            note="Pause here." if n == 0 else "",
        )
        for n in range(9)
    )
    return sheet(
        (3, 2, 4),
        stages=stages_of((3, 2, 4), ("Find out", "Send it back", "Get the money")),
        steps=steps,
        lanes=(
            text_lane(*does),
            SheetLane("mood", "Feels", LaneKind.EMOTION, ("Busy parent, Student",), curves=curves),
            text_lane(at(0, "Parcel shop"), at(3, "Phone", 8), title="Touchpoints",
                      kind=LaneKind.TOUCHPOINT),
            SheetLane("v", "Line of visibility", LaneKind.LINE),
            text_lane(*pains, title="Pains", kind=LaneKind.INSIGHT),
            SheetLane("k", "Satisfaction", LaneKind.METRIC, said="No metric source"),
        ),
        personas=(
            SheetPersona("Busy parent", 5, 1, is_main=True), SheetPersona("Student", 2, 2),
        ),
        targets=(SheetTarget(4, "Satisfaction: up to 82 by 30 Sep 2027"),),
    )  # fmt: skip
