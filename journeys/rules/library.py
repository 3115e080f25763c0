"""The words that the library chooses from."""

from __future__ import annotations

from cxm.kernel.named import Named


class InsightKind(Named):
    """What sort of thing was learned."""

    PAIN = "pain"
    GAIN = "gain"
    NEED = "need"
    JOB = "job"
    OBSERVATION = "observation"
    QUOTE = "quote"
    TREND = "trend"
    QUESTION = "question"


class InsightStatus(Named):
    """How far an insight is believed and answered."""

    OPEN = "open"
    VALIDATED = "validated"
    ADDRESSED = "addressed"
    REJECTED = "rejected"


class OpportunityStatus(Named):
    """The columns of the board of opportunities."""

    NEW = "new"
    EXPLORING = "exploring"
    PLANNED = "planned"
    DOING = "doing"
    DONE = "done"
    DROPPED = "dropped"


class SolutionStatus(Named):
    """The columns of the board of solutions."""

    IDEA = "idea"
    PLANNED = "planned"
    BUILDING = "building"
    SHIPPED = "shipped"
    VERIFIED = "verified"
    DROPPED = "dropped"


class GoalStatus(Named):
    """Whether a goal is still worked at."""

    OPEN = "open"
    REACHED = "reached"
    DROPPED = "dropped"


class ScoreSubject(Named):
    """What is scored."""

    OPPORTUNITY = "opportunity"
    SOLUTION = "solution"


class ScoreOrigin(Named):
    """Whether a value was computed or set by a person."""

    AUTO = "auto"
    MANUAL = "manual"
