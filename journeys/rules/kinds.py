"""The words that journeys and their maps choose from."""

from __future__ import annotations

from enum import IntEnum

from cxm.kernel.named import Named


class Level(IntEnum):
    """How much of a customer's life a journey tells."""

    LIFECYCLE = 0
    MACRO = 1
    JOURNEY = 2
    MICRO = 3


class Sensitivity(Named):
    """A restricted journey has no links for outside."""

    NORMAL = "normal"
    RESTRICTED = "restricted"


class MapState(Named):
    """Which world a map shows."""

    CURRENT = "current"
    FUTURE = "future"
    IDEAL = "ideal"
    PAST = "past"

    @property
    def is_ahead(self) -> bool:
        """Whether it shows what is not so yet: such a map promises something."""
        return self in (MapState.FUTURE, MapState.IDEAL)


AHEAD = (MapState.FUTURE, MapState.IDEAL)


class MapStatus(Named):
    """How far a map is as a document; only drafts are edited."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    RETIRED = "retired"


class LineageKind(Named):
    """What stays the same through forks."""

    STAGE = "stage"
    STEP = "step"
    LANE = "lane"
    CARD = "card"
    FLOW = "flow"


class LaneKind(Named):
    """What the cells of a lane hold; it decides which cards it takes."""

    TEXT = "text"
    IMAGE = "image"
    ICON = "icon"
    FILE = "file"
    LINK = "link"
    CHANNEL = "channel"
    TOUCHPOINT = "touchpoint"
    EMOTION = "emotion"
    EXPERIENCE = "experience"
    SCALE = "scale"
    ACTOR = "actor"
    TIME = "time"
    NESTED = "nested"
    FLOW = "flow"
    INSIGHT = "insight"
    OPPORTUNITY = "opportunity"
    SOLUTION = "solution"
    GOAL = "goal"
    METRIC = "metric"
    PROMISE = "promise"
    GRADE = "grade"
    LINE = "line"


# Lanes whose cells are cards, and of which sort; the others show what is stored elsewhere.
CARDED = frozenset(
    {
        LaneKind.TEXT,
        LaneKind.IMAGE,
        LaneKind.ICON,
        LaneKind.FILE,
        LaneKind.LINK,
        LaneKind.CHANNEL,
        LaneKind.EMOTION,
        LaneKind.SCALE,
        LaneKind.INSIGHT,
        LaneKind.OPPORTUNITY,
        LaneKind.SOLUTION,
        LaneKind.GOAL,
    }
)


class Zone(Named):
    """The band of a service blueprint that a lane stands in."""

    EVIDENCE = "evidence"
    CUSTOMER = "customer"
    FRONTSTAGE = "frontstage"
    BACKSTAGE = "backstage"
    SUPPORT = "support"


class FlowKind(Named):
    """How one goes from a step to another; neighbours follow each other without saying."""

    NEXT = "next"
    BRANCH = "branch"
    LOOP = "loop"
    SKIP = "skip"
    ALTERNATIVE = "alternative"


class ContactRole(Named):
    """Whether a step happens at a touchpoint first of all, or there as well."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


class StepRoleKind(Named):
    """What a stakeholder does in a step; the first four as in RACI."""

    RESPONSIBLE = "R"
    ACCOUNTABLE = "A"
    CONSULTED = "C"
    INFORMED = "I"
    SENDER = "sender"
    RECEIVER = "receiver"

    @property
    def words(self) -> str:
        """Give what people read."""
        return self.name.capitalize()


LOWEST_EMOTION, HIGHEST_EMOTION = -2.0, 2.0
