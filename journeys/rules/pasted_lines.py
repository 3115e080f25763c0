"""Which steps and lanes the columns and rows of a pasted table are, and which are made for it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journeys.rules.kinds import LaneKind
from journeys.rules.lane_kinds import RULES
from journeys.rules.laws import MOST_STEPS, steps_in_order
from journeys.rules.pasted_tables import title_key
from journeys.rules.shapes import MAP, UNTITLED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cxm.kernel.operations.state import Element, State

MOST_LANES = MAP.elements["lane"].most
VALUES = frozenset({LaneKind.EMOTION, LaneKind.SCALE})
# The lanes that a table can be written into; what the others hold is chosen, or stands elsewhere.
WRITTEN = VALUES | {LaneKind.TEXT, LaneKind.ICON, LaneKind.LINK}
_LONGEST_STEP, _LONGEST_LANE = 200, 120


@dataclass(frozen=True, slots=True)
class PasteLine:
    """A step or a lane that a column or a row goes to: with its *id*, or one that *is_new*.

    Nothing goes to one with a *fault*. *kind* is that of a lane.
    """

    title: str
    id: UUID | None = None
    kind: LaneKind = LaneKind.TEXT
    fault: str = ""

    @property
    def is_new(self) -> bool:
        """Whether it is made for what is pasted."""
        return self.id is None and not self.fault


@dataclass(frozen=True, slots=True)
class Span:
    """The lines that a table asks for: found by *titles*, else *count* of them from *start* on."""

    count: int
    start: UUID | None = None
    titles: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class _Sort:
    """What is true of all steps, or of all lanes."""

    most: int
    longest: int
    usual: str
    words: str


_STEPS = _Sort(MOST_STEPS, _LONGEST_STEP, UNTITLED, "steps")
_LANES = _Sort(MOST_LANES, _LONGEST_LANE, RULES[LaneKind.TEXT].words, "lanes")


def step_lines(state: State, span: Span) -> list[PasteLine]:
    """Give the steps that the columns of a table go to, one for each; what is missing is new."""
    there = places_for_steps(state)
    return _lines(_STEPS, there, there, span)


def lane_lines(state: State, span: Span) -> list[PasteLine]:
    """Give the lanes that the rows of a table go to, one for each; what is missing is new.

    Found by their names, lanes that nothing is pasted into say why.
    """
    there = [_lane(lane) for lane in _lanes(state)]
    return _lines(_LANES, there, places_for_lanes(state), span)


def places_for_steps(state: State) -> list[PasteLine]:
    """List the steps that a table can begin at, in order."""
    return [PasteLine(str(step.values["title"]), step.id) for step in steps_in_order(state)]


def places_for_lanes(state: State) -> list[PasteLine]:
    """List the lanes that a table can begin at: none that is locked, hidden or not written in."""
    told = (_lane(lane) for lane in _lanes(state) if not lane.values["is_hidden"])
    return [line for line in told if not line.fault]


def _lanes(state: State) -> Sequence[Element]:
    [root] = state.of_kind("map")
    return state.children(root.id, "lane")


def _lane(lane: Element) -> PasteLine:
    kind = LaneKind(str(lane.values["kind"]))
    title = str(lane.values["title"]) or RULES[kind].words
    fault = ""
    if lane.values["is_locked"]:
        fault = "This lane is locked."
    elif kind not in WRITTEN:
        fault = f"This lane takes no words: it holds {RULES[kind].about}."
    return PasteLine(title, lane.id, kind, fault)


def _lines(
    sort: _Sort, there: Sequence[PasteLine], places: Sequence[PasteLine], span: Span
) -> list[PasteLine]:
    room = sort.most - len(there)
    if span.titles is None:
        first = next((n for n, line in enumerate(places) if line.id == span.start), 0)
        found = list(places[first : first + span.count])
        return found + [_new(sort, "", n < room) for n in range(span.count - len(found))]
    known: dict[str, list[PasteLine]] = defaultdict(list)
    for line in there:
        known[title_key(line.title)].append(line)
    found = []
    for title in span.titles:
        same = known.get(title_key(title)) if title else None
        line = same.pop(0) if same else _new(sort, title, room > 0)
        room -= line.is_new
        found.append(line)
    return found


def _new(sort: _Sort, title: str, has_room: bool) -> PasteLine:  # noqa: FBT001 - read by its name
    named = " ".join(title.split()) or sort.usual
    fault = ""
    if not has_room:
        fault = f"A map holds up to {sort.most} {sort.words}."
    elif len(named) > sort.longest:
        fault = f"A title has up to {sort.longest} characters; this one has {len(named)}."
    return PasteLine(named, fault=fault)
