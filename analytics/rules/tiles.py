"""What a tile of a dashboard asks, read and checked; and who may see and change dashboards."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from analytics.rules.titles import one_line
from cxm.kernel.errors import DomainError

LONGEST_TITLE = 120
LONGEST_FILTER = 1_000
LONGEST_NOTE = 4_000
MOST_TILES = 40
MOST_DASHBOARDS = 5_000
WIDEST = 3
BREAKDOWNS = ("touchpoint", "channel", "survey", "segment")
STEPS = ("day", "week", "month")


class TileError(DomainError):
    """A tile or dashboard that cannot be kept as asked; `field` names the part that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)


class TileKind(StrEnum):
    """What a tile shows."""

    FIGURE = "figure"
    TREND = "trend"
    BARS = "bars"
    TABLE = "table"
    WHY = "why"
    DISTRIBUTION = "distribution"
    TEXTS = "texts"
    TOPICS = "topics"
    CHURN = "churn"
    COHORTS = "cohorts"
    SURVIVAL = "survival"
    ONWARD = "onward"
    REASONS = "reasons"
    REVENUE = "revenue"
    RISK = "risk"
    REPEAT = "repeat"
    DRIVERS = "drivers"
    GOALS = "goals"
    RESPONSE_RATE = "response_rate"
    ALERTS = "alerts"
    NOTE = "note"

    @property
    def label(self) -> str:
        """Name it for people."""
        return _LABELS[self]

    @property
    def words(self) -> str:
        """Say what it is for."""
        return _WORDS[self]

    @property
    def fields(self) -> tuple[str, ...]:
        """Name the parts of its query, in the order of forms."""
        return _FIELDS[self]

    @property
    def is_figure(self) -> bool:
        """Whether it shows figures of a metric, whose changes are judged with those of others."""
        return "metric" in self.fields and self is not TileKind.WHY

    @property
    def usual_width(self) -> int:
        """Say how many of the three columns it takes unless somebody says otherwise."""
        return _WIDTHS.get(self, 1)

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Give value and label of each, for models and forms."""
        return [(one.value, one.label) for one in cls]


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


_LABELS = {
    TileKind.FIGURE: "One figure",
    TileKind.TREND: "Over time",
    TileKind.BARS: "Bars",
    TileKind.TABLE: "Table",
    TileKind.WHY: "Why it changed",
    TileKind.DISTRIBUTION: "Who answered what",
    TileKind.TEXTS: "Newest comments",
    TileKind.TOPICS: "Topics",
    TileKind.CHURN: "Churn",
    TileKind.COHORTS: "Cohorts",
    TileKind.SURVIVAL: "How long they stay",
    TileKind.ONWARD: "After each touchpoint",
    TileKind.REASONS: "Reasons for leaving",
    TileKind.REVENUE: "Recurring revenue",
    TileKind.RISK: "Risk of leaving",
    TileKind.REPEAT: "Repeat customers",
    TileKind.DRIVERS: "Drivers",
    TileKind.GOALS: "Goals",
    TileKind.RESPONSE_RATE: "Response rates",
    TileKind.ALERTS: "Alerts",
    TileKind.NOTE: "Note",
}
_WORDS = {
    TileKind.FIGURE: "A metric as one number, with its interval and its change.",
    TileKind.TREND: "A metric by day, week or month.",
    TileKind.BARS: "A metric by touchpoint, channel, survey or segment, the worst first.",
    TileKind.TABLE: "The same as bars, as a table with answers and changes.",
    TileKind.WHY: "A change in words, split into who answered and what they answered.",
    TileKind.DISTRIBUTION: "How often each score was given.",
    TileKind.TEXTS: "The comments that came last, without names.",
    TileKind.TOPICS: "What customers write about most, with shares.",
    TileKind.CHURN: "Who left in the last whole month.",
    TileKind.COHORTS: "Who stayed, by the month in which they came.",
    TileKind.ONWARD: "Who left, stayed or went on after each touchpoint.",
    TileKind.REASONS: "Why customers left, as far as it is known.",
    TileKind.SURVIVAL: "How many are still there after so many days.",
    TileKind.REVENUE: "What was lost and won of what contracts pay, month by month.",
    TileKind.RISK: "How many were expected to leave and left, by tenth of the risk.",
    TileKind.REPEAT: "Who bought again, and what is expected of them.",
    TileKind.DRIVERS: "What goes with an outcome, as it was worked out last.",
    TileKind.GOALS: "How far every goal is, the first due first.",
    TileKind.RESPONSE_RATE: "From asked to answered, for each sending.",
    TileKind.ALERTS: "What rang and nobody has taken note of.",
    TileKind.NOTE: "Words of your own.",
}
_FIELDS = {
    TileKind.FIGURE: ("metric", "filter"),
    TileKind.TREND: ("metric", "step", "filter"),
    TileKind.BARS: ("metric", "by", "filter"),
    TileKind.TABLE: ("metric", "by", "filter"),
    TileKind.DISTRIBUTION: ("metric", "filter"),
    TileKind.WHY: ("metric", "filter"),
    TileKind.TEXTS: ("filter",),
    TileKind.TOPICS: ("filter",),
    TileKind.CHURN: ("definition",),
    TileKind.COHORTS: ("definition",),
    TileKind.SURVIVAL: ("definition",),
    TileKind.ONWARD: ("definition",),
    TileKind.REASONS: ("definition",),
    TileKind.REVENUE: ("definition",),
    TileKind.RISK: ("definition",),
    TileKind.REPEAT: (),
    TileKind.DRIVERS: (),
    TileKind.GOALS: (),
    TileKind.RESPONSE_RATE: (),
    TileKind.ALERTS: (),
    TileKind.NOTE: ("text",),
}
_WIDTHS = {
    TileKind.TOPICS: 2,
    TileKind.COHORTS: 3,
    TileKind.SURVIVAL: 2,
    TileKind.REVENUE: 2,
    TileKind.ONWARD: 2,
    TileKind.WHY: 2,
    TileKind.RISK: 2,
    TileKind.DRIVERS: 2,
    TileKind.GOALS: 3,
    TileKind.RESPONSE_RATE: 2,
}
_LONGEST = {"metric": 60, "by": 20, "step": 10, "definition": 60, "text": LONGEST_NOTE}
_NEEDED = {
    "metric": "Choose a metric.",
    "definition": "Choose a definition of churn.",
    "text": "Write the note.",
}


@dataclass(frozen=True, slots=True)
class TileQuery:
    """What a tile asks, in keys: nothing here is a number.

    *filter* is the query of a page, such as "channel=web&period=28d"; None follows the board.
    Parts that the kind does not have are empty.
    """

    metric: str = ""
    by: str = ""
    step: str = ""
    definition: str = ""
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
    if "by" in parts and (parts["by"] or BREAKDOWNS[0]) not in BREAKDOWNS:
        raise TileError("by", f"Use one of: {', '.join(BREAKDOWNS)}.")
    if "by" in parts:
        parts["by"] = parts["by"] or BREAKDOWNS[0]
    if parts.get("step") and parts["step"] not in STEPS:
        raise TileError("step", f"Use one of: {', '.join(STEPS)}, or leave it empty.")
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
