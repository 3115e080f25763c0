"""What a tile of a dashboard asks, read and checked; and who may see and change dashboards."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from analytics.rules.drivers import LONGEST_KEY, WITHIN_DAYS
from analytics.rules.tile_kinds import BREAKDOWNS, STEPS, TileKind
from analytics.rules.titles import one_line
from cxm.kernel.errors import DomainError

LONGEST_TITLE = 120
LONGEST_FILTER = 1_000
LONGEST_NOTE = 4_000
MOST_TILES = 40
MOST_DASHBOARDS = 5_000
WIDEST = 3


class TileError(DomainError):
    """A tile or dashboard that cannot be kept as asked; `field` names the part that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)


class Sharing(StrEnum):
    """Who sees a dashboard besides its owner."""

    PRIVATE = "private"
    ROLES = "roles"
    EVERYBODY = "everybody"

    @property
    def label(self) -> str:
        """Name it for people."""
        return {
            "private": "Only me",
            "roles": "People of some roles",
            "everybody": "Everybody in the workspace who reads figures",
        }[self.value]

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Give value and label of each, for models and forms."""
        return [(one.value, one.label) for one in cls]


_CHOICES = {
    "by": BREAKDOWNS,
    "step": STEPS,
    "within": tuple(str(days) for days in WITHIN_DAYS),
}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONGEST = {
    "metric": 60,
    "by": 20,
    "step": 10,
    "survey": 60,
    "question": 80,
    "definition": 60,
    "group": 80,
    "outcome": LONGEST_KEY,
    "at": LONGEST_KEY,
    "within": 3,
    "map": 36,
    "text": LONGEST_NOTE,
}
_NEEDED = {
    "metric": "Choose a metric.",
    "survey": "Choose a survey.",
    "question": "Choose a question.",
    "definition": "Choose a definition of churn.",
    "map": "Choose a map.",
    "text": "Write the note.",
}


@dataclass(frozen=True, slots=True)
class TileQuery:
    """What a tile asks, in keys: nothing here is a number.

    *filter* is the query of a page, such as "channel=web&period=28d"; None follows the board.
    *group* is what parts customers on the churn page; *outcome*, *at* and *within* are those of
    the drivers' page; *map* is the id of a journey map. Parts that the kind does not have are
    empty.
    """

    metric: str = ""
    by: str = ""
    step: str = ""
    survey: str = ""
    question: str = ""
    definition: str = ""
    group: str = ""
    outcome: str = ""
    at: str = ""
    within: str = ""
    map: str = ""
    text: str = ""
    filter: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Give what is stored: only what is said."""
        parts = {name: getattr(self, name) for name in _LONGEST}
        kept: dict[str, Any] = {name: value for name, value in parts.items() if value}
        return kept if self.filter is None else {**kept, "filter": self.filter}


def read_tile(kind: str, asked: Mapping[str, Any]) -> TileQuery:
    """Read what a tile of *kind* asks from JSON; raises TileError, which names the field.

    Whether the metric, the definition and the filter's keys are there is not looked up.
    """
    if kind not in set(TileKind):
        raise TileError("kind", f"Use one of: {', '.join(TileKind)}.")
    fields = TileKind(kind).fields
    for name in asked:
        if name not in fields:
            told = ", ".join(fields) or "nothing"
            raise TileError(str(name), f"A tile of this kind takes {told}, not this.")
    parts = {name: _text(name, asked.get(name, "")) for name in fields if name != "filter"}
    if "by" in parts:
        parts["by"] = parts["by"] or BREAKDOWNS[0]
    for name, known in _CHOICES.items():
        if parts.get(name) and parts[name] not in known:
            raise TileError(name, f"Use one of: {', '.join(known)}.")
    if "map" in parts and not _UUID.fullmatch(parts["map"]):
        raise TileError("map", _NEEDED["map"])
    return TileQuery(**parts, filter=_filter(asked.get("filter")))


def read_width(asked: object) -> int:
    """Read how many of the three columns a tile takes; raises TileError."""
    if isinstance(asked, bool) or not isinstance(asked, int) or not 1 <= asked <= WIDEST:
        raise TileError("width", f"Use a whole number from 1 to {WIDEST}.")
    return asked


def read_title(asked: str, *, may_be_empty: bool = False) -> str:
    """Clean a title: spaces in one, no control characters; raises TileError."""
    told = one_line(asked)
    if len(told) > LONGEST_TITLE or not (told or may_be_empty):
        raise TileError("title", f"Write 1 to {LONGEST_TITLE} characters.")
    return told


def is_seen_by(
    sharing: str, roles: Collection[str], *, is_own: bool, role: str, may_build: bool
) -> bool:
    """Decide who sees a dashboard: its owner; of shared ones those it is for, and who builds."""
    if sharing == Sharing.PRIVATE:
        return is_own
    return is_own or sharing == Sharing.EVERYBODY or may_build or role in roles


def is_changed_by(sharing: str, *, is_own: bool, may_build: bool) -> bool:
    """Decide who changes a dashboard: its owner a private one, a shared one whoever may build."""
    return is_own if sharing == Sharing.PRIVATE else may_build


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise TileError(name, "Write this as text.")
    told = value.replace("\0", "").replace("\r\n", "\n").strip()
    if not told and name in _NEEDED:
        raise TileError(name, _NEEDED[name])
    if len(told) > _LONGEST[name]:
        raise TileError(name, f"Use at most {_LONGEST[name]:,} characters.")
    return told


def _filter(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > LONGEST_FILTER:
        message = f"Write the query of a page, at most {LONGEST_FILTER:,} characters, or null."
        raise TileError("filter", message)
    return value.removeprefix("?").replace("\0", "")
