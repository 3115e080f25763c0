"""What a tile of a dashboard can show, what it asks for that, and whether people outside see it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

BREAKDOWNS = ("touchpoint", "channel", "survey", "segment")
STEPS = ("day", "week", "month")


class TileKind(StrEnum):
    """What a tile shows."""

    FIGURE = "figure"
    TREND = "trend"
    BARS = "bars"
    TABLE = "table"
    WHY = "why"
    DISTRIBUTION = "distribution"
    ANSWERS = "answers"
    RESULTS = "results"
    TEXTS = "texts"
    TOPICS = "topics"
    PERSONAS = "personas"
    CHURN = "churn"
    COHORTS = "cohorts"
    SURVIVAL = "survival"
    ONWARD = "onward"
    REASONS = "reasons"
    REVENUE = "revenue"
    RISK = "risk"
    REPEAT = "repeat"
    ALIVE = "alive"
    DRIVERS = "drivers"
    GOALS = "goals"
    PROMISES = "promises"
    RESPONSE_RATE = "response_rate"
    ALERTS = "alerts"
    NOTE = "note"

    @property
    def label(self) -> str:
        """Name it for people."""
        return _SPECS[self].label

    @property
    def words(self) -> str:
        """Say what it is for."""
        return _SPECS[self].words

    @property
    def fields(self) -> tuple[str, ...]:
        """Name the parts of its query, in the order of forms."""
        return _SPECS[self].fields

    @property
    def outside(self) -> str:
        """Say why no link for people outside shows it; "" where a link may."""
        return _SPECS[self].outside

    @property
    def needs_rows(self) -> bool:
        """Whether only who may read answers sees anything of it."""
        return _SPECS[self].needs_rows

    @property
    def is_figure(self) -> bool:
        """Whether it shows figures of a metric, whose changes are judged with those of others."""
        return _SPECS[self].is_figure

    @property
    def follows_board(self) -> bool:
        """Whether the filter of the dashboard counts for it, unless it has its own."""
        return "filter" in self.fields and self is not TileKind.DRIVERS

    @property
    def usual_width(self) -> int:
        """Say how many of the three columns it takes unless somebody says otherwise."""
        return _SPECS[self].width

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Give value and label of each, for models and forms."""
        return [(one.value, one.label) for one in cls]


@dataclass(frozen=True, slots=True)
class _Spec:
    """All that is the kind's own; what the properties of TileKind say."""

    label: str
    words: str
    fields: tuple[str, ...] = ()
    width: int = 1
    outside: str = ""
    is_figure: bool = False
    needs_rows: bool = False


_LEFT = "Who left is counted by customer: no link shows it."
_STAYED = "Who stayed is counted by customer: no link shows it."
_BOUGHT = "Who bought again is counted by customer: no link shows it."
_SPECS = {
    TileKind.FIGURE: _Spec(
        "One figure",
        "A metric as one number, with its interval and its change.",
        ("metric", "filter"),
        is_figure=True,
    ),
    TileKind.TREND: _Spec(
        "Over time",
        "A metric by day, week or month.",
        ("metric", "step", "filter"),
        is_figure=True,
    ),
    TileKind.BARS: _Spec(
        "Bars",
        "A metric by touchpoint, channel, survey or segment, the worst first.",
        ("metric", "by", "filter"),
        is_figure=True,
    ),
    TileKind.TABLE: _Spec(
        "Table",
        "The same as bars, as a table with answers and changes.",
        ("metric", "by", "filter"),
        is_figure=True,
    ),
    TileKind.WHY: _Spec(
        "Why it changed",
        "A change in words, split into who answered and what they answered.",
        ("metric", "filter"),
        width=2,
        outside="Why a figure changed stays inside: no link shows it.",
    ),
    TileKind.DISTRIBUTION: _Spec(
        "Who answered what",
        "How often each score was given.",
        ("metric", "filter"),
        is_figure=True,
    ),
    TileKind.ANSWERS: _Spec(
        "Number of answers",
        "How many answers came, by day, week or month.",
        ("metric", "step", "filter"),
        is_figure=True,
        outside="How many answer stays inside: no link shows it.",
    ),
    TileKind.RESULTS: _Spec(
        "Answers to a question",
        "What was answered to one question of a survey, with shares.",
        ("survey", "question", "filter"),
        outside="Answers to single questions stay inside: no link shows them.",
        needs_rows=True,
    ),
    TileKind.TEXTS: _Spec(
        "Newest comments",
        "The comments that came last, without names.",
        ("filter",),
        outside="Comments are words of persons: no link shows them.",
        needs_rows=True,
    ),
    TileKind.TOPICS: _Spec(
        "Topics",
        "What customers write about most, with shares.",
        ("filter",),
        width=2,
        outside="What customers write about stays inside: no link shows it.",
        needs_rows=True,
    ),
    TileKind.PERSONAS: _Spec(
        "Personas",
        "How many customers are like each persona, and how they answered in the last 13 weeks.",
        ("metric",),
        width=2,
        outside="Personas stay inside: no link shows their figures.",
        needs_rows=True,
    ),
    TileKind.CHURN: _Spec(
        "Churn", "Who left in the last whole month.", ("definition",), outside=_LEFT
    ),
    TileKind.COHORTS: _Spec(
        "Cohorts",
        "Who stayed, by the month in which they came.",
        ("definition",),
        width=3,
        outside=_STAYED,
    ),
    TileKind.SURVIVAL: _Spec(
        "How long they stay",
        "How many are still there after so many days, of everybody or group by group.",
        ("definition", "group"),
        width=2,
        outside=_STAYED,
    ),
    TileKind.ONWARD: _Spec(
        "After each touchpoint",
        "Who left, stayed or went on after each touchpoint.",
        ("definition",),
        width=2,
        outside=_LEFT,
    ),
    TileKind.REASONS: _Spec(
        "Reasons for leaving",
        "Why customers left, as far as it is known.",
        ("definition",),
        outside="Reasons for leaving stay inside: no link shows them.",
    ),
    TileKind.REVENUE: _Spec(
        "Recurring revenue",
        "What was lost and won of what contracts pay, month by month.",
        ("definition",),
        width=2,
        outside="Revenue stays inside: no link shows it.",
    ),
    TileKind.RISK: _Spec(
        "Risk of leaving",
        "How many were expected to leave and left, by tenth of the risk.",
        ("definition",),
        width=2,
        outside="Risks of customers stay inside: no link shows them.",
        needs_rows=True,
    ),
    TileKind.REPEAT: _Spec(
        "Repeat customers",
        "Who bought again, and what is expected of them.",
        outside=_BOUGHT,
    ),
    TileKind.ALIVE: _Spec(
        "Who probably is a customer",
        "Those who bought again, by the chance that they still are customers, and their value.",
        outside=_BOUGHT,
    ),
    TileKind.DRIVERS: _Spec(
        "Drivers",
        "What goes with an outcome, kept up from day to day.",
        ("outcome", "at", "within", "filter"),
        width=2,
        outside="Drivers are worked out for readers of answers: no link shows them.",
        needs_rows=True,
    ),
    TileKind.GOALS: _Spec(
        "Goals",
        "How far every goal is, the first due first.",
        width=3,
        outside="Goals stay inside: no link shows them.",
        needs_rows=True,
    ),
    TileKind.PROMISES: _Spec(
        "Promises of a map",
        "How far a map of the future is with what it promises.",
        ("map",),
        width=2,
        outside="Promises stay inside: no link to a dashboard shows them.",
        needs_rows=True,
    ),
    TileKind.RESPONSE_RATE: _Spec(
        "Response rates",
        "From asked to answered, for each sending.",
        ("filter",),
        width=2,
        outside="Whom you asked stays inside: no link shows it.",
        needs_rows=True,
    ),
    TileKind.ALERTS: _Spec(
        "Alerts",
        "What rang and nobody has taken note of.",
        outside="Alerts stay inside: no link shows them.",
        needs_rows=True,
    ),
    TileKind.NOTE: _Spec(
        "Note",
        "Words of your own.",
        ("text",),
        outside="Notes are free text and may name persons: no link shows them.",
    ),
}
