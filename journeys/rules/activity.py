"""What was done on a journey and its maps, by day and person, in words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from cxm.kernel.operations.records import Deed
from journeys.rules.shapes import JOURNEY, MAP

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from cxm.kernel.operations.records import Actor

_VERBS = {
    Deed.CREATE: "added",
    Deed.DELETE: "deleted",
    Deed.RESTORE: "brought back",
    Deed.MOVE: "moved",
    Deed.SET: "changed",
}
# Behind all that is done to elements.
LAST = 99
_COUNTED = {
    "stage": ("a stage", "stages"),
    "step": ("a step", "steps"),
    "lane": ("a lane", "lanes"),
    "card": ("a card", "cards"),
    "flow": ("a way between steps", "ways between steps"),
    "contact": ("a touchpoint of a step", "touchpoints of steps"),
    "nested": ("a journey inside a step", "journeys inside steps"),
    "role": ("a part of a stakeholder", "parts of stakeholders"),
    "cast": ("a persona", "personas"),
}
# Of what is written down when somebody does it: what the list of a journey tells.
DEEDS = {
    "map-published": "published it",
    "map-retired": "retired it",
    "map-locked": "locked it",
    "map-unlocked": "unlocked it",
    "map-promoted": "promoted steps of it into the current map",
    "map-copied": "made it as a copy of a map of another journey",
    "targets-carried": "took promises along from the map before",
    "map-restored": "brought back how it was",
    "key-renamed": "changed the key of an element in files",
    "map-text-taken-out": "took a text out of its history",
    "journey-access-given": "let somebody in",
    "journey-access-promised": "invited a guest",
    "journey-access-changed": "changed what somebody was let in for",
    "journey-access-taken": "took somebody's access away",
}


@dataclass(frozen=True, slots=True)
class Done:
    """Deeds of one sort on one day: by whom, on which map (None: the journey), *at* last.

    In a line that tells of several sorts, those of the lowest *rank* come first.
    """

    day: date
    actor: Actor | None
    map_id: UUID | None
    words: str
    at: datetime
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody did on a map, or (None) on the journey itself, that day."""

    map_id: UUID | None
    words: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one person, or program, did on a day; None is nobody in particular."""

    actor: Actor | None
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Day:
    """A day, and who did what on it; whoever did something last comes first."""

    day: date
    parts: list[Part]


def days_in_words(done: Iterable[Done]) -> list[Day]:
    """Lay *done* out by day and person, the newest first; deeds on one map are one line."""
    newest = sorted(done, key=lambda one: (one.day, one.at), reverse=True)
    return [Day(day, _parts(list(some))) for day, some in groupby(newest, lambda one: one.day)]


def on_map(deed: str, kind: str, times: int) -> str:
    """Say how often something was done to a kind of element of a map: “added 3 cards”."""
    verb = _VERBS[Deed(deed)]
    if kind == MAP.root:
        return "made it" if deed == Deed.CREATE else f"{verb} its settings"
    one, many = _COUNTED[kind]
    return f"{verb} {one}" if times == 1 else f"{verb} {times:,} {many}"


def rank_of(kind: str) -> int:
    """Say where a kind of element stands among those that a line tells of."""
    return list(MAP.elements).index(kind)


def on_journey(deed: str, field: str) -> str:
    """Say what was done to a journey itself: “changed Owner”."""
    if deed != Deed.SET:
        return {Deed.CREATE: "made it"}.get(Deed(deed), f"{_VERBS[Deed(deed)]} it")
    return f"changed {JOURNEY.element('journey').field(field).label}"


def promised(times: int, *, is_removal: bool) -> str:
    """Say how many promises were made or taken back."""
    what = "a target" if times == 1 else f"{times:,} targets"
    return f"took {what} back" if is_removal else f"promised {what}"


def _parts(done: list[Done]) -> list[Part]:
    by_actor: dict[Actor | None, dict[UUID | None, list[Done]]] = {}
    for one in done:
        by_actor.setdefault(one.actor, {}).setdefault(one.map_id, []).append(one)
    return [
        Part(actor, [Line(map_id, _told(some)) for map_id, some in lines.items()])
        for actor, lines in by_actor.items()
    ]


def _told(done: list[Done]) -> str:
    """Say what was done in one line, nothing twice."""
    ranked = sorted(done, key=lambda one: one.rank)
    return ", ".join(dict.fromkeys(one.words for one in ranked))
