"""What cards of the library are coloured and grouped by: their sort, and how far they are."""

from __future__ import annotations

from typing import Final

from journeys.rules.library import (
    GoalStatus,
    InsightKind,
    InsightStatus,
    OpportunityStatus,
    SolutionStatus,
)

# The eight colours of a map; what means the same has the same one in every lane.
_BY_TYPE: Final = {
    kind.value: f"c{place}"
    for place, kind in enumerate(
        (
            InsightKind.NEED,
            InsightKind.JOB,
            InsightKind.OBSERVATION,
            InsightKind.TREND,
            InsightKind.PAIN,
            InsightKind.QUOTE,
            InsightKind.GAIN,
            InsightKind.QUESTION,
        ),
        start=1,
    )
}
_BEGUN, _LOOKED_INTO, _MEANT, _AT_WORK, _DONE, _GIVEN_UP = "c1", "c2", "c3", "c6", "c7", "c8"
_BY_STATUS: Final[dict[str, str]] = {
    InsightStatus.OPEN: _BEGUN,
    InsightStatus.VALIDATED: _LOOKED_INTO,
    InsightStatus.ADDRESSED: _DONE,
    InsightStatus.REJECTED: _GIVEN_UP,
    OpportunityStatus.NEW: _BEGUN,
    OpportunityStatus.EXPLORING: _LOOKED_INTO,
    OpportunityStatus.PLANNED: _MEANT,
    OpportunityStatus.DOING: _AT_WORK,
    OpportunityStatus.DONE: _DONE,
    OpportunityStatus.DROPPED: _GIVEN_UP,
    SolutionStatus.IDEA: _BEGUN,
    SolutionStatus.BUILDING: _AT_WORK,
    SolutionStatus.SHIPPED: _DONE,
    SolutionStatus.VERIFIED: _DONE,
    GoalStatus.REACHED: _DONE,
}
_TYPES: Final = [kind.value for kind in InsightKind]
_STATUSES: Final = [status.value for status in InsightStatus]


def colour_by(wanted: str, *, sort: str, status: str) -> str:
    """Give the colour, "c1" to "c8", of a card in a lane that is coloured by *wanted*.

    *sort* is the kind of an insight, *status* how far an item of the library is. "" where the
    lane is coloured by something else, or the card has nothing of it.
    """
    if wanted == "type":
        return _BY_TYPE.get(sort, "")
    return _BY_STATUS.get(status, "") if wanted == "status" else ""


def group_of(wanted: str, *, sort: str, status: str) -> tuple[int, str]:
    """Give the place and the heading of the group that an insight stands in; (0, "") for none.

    *wanted* is "type" or "status"; groups come in the order in which the library lists them.
    """
    words, order = {"type": (sort, _TYPES), "status": (status, _STATUSES)}.get(wanted, ("", []))
    if words not in order:
        return len(order), ""
    return order.index(words), words.replace("_", " ").capitalize()
