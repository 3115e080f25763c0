"""Which cards a look at a map leaves out: what is shown fits all that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from journeys.rules.library import (
    GoalStatus,
    InsightKind,
    InsightStatus,
    OpportunityStatus,
    SolutionStatus,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from journeys.rules.look import Look

# What can be asked for: kinds of insights and the other items of the library, and how far they are.
TYPES = {
    **{kind.value: f"{kind.words}s" for kind in InsightKind},
    "opportunity": "Opportunities",
    "solution": "Solutions",
    "goal": "Goals",
}
STATUSES = {
    status.value: status.words
    for words in (InsightStatus, OpportunityStatus, SolutionStatus, GoalStatus)
    for status in words
}


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What filters ask of a card.

    *text* is all that it says, in lower case. *sort* and *status* are those of the item of the
    library that it shows, "" for none. *owners* own the item or the step it begins at; *tags*,
    in lower case, are its own and those of that step.
    """

    text: str
    changed_at: datetime
    persona: UUID | None = None
    sort: str = ""
    status: str = ""
    owners: Collection[UUID] = ()
    grade: str = ""
    comments: int = 0
    tags: Collection[str] = ()


def is_hidden(look: Look, card: CardFacts, now: datetime) -> bool:
    """Whether *look* leaves a card out.

    A card of nobody in particular stays for each persona; words are found in any order, each as a
    part of what the card says.
    """
    return bool(
        (look.persona and card.persona not in {None, look.persona})
        or (look.types and card.sort != look.types)
        or (look.status and card.status != look.status)
        or (look.owner and look.owner not in card.owners)
        or (look.grade and card.grade != look.grade)
        or (look.commented and not card.comments)
        or (look.tag and look.tag not in card.tags)
        or _is_unsaid(look.q, card.text)
        or _is_older(look.changed_days, card.changed_at, now)
    )


def _is_unsaid(asked: str, text: str) -> bool:
    return not all(word in text for word in asked.split())


def _is_older(days: int, changed_at: datetime, now: datetime) -> bool:
    return bool(days) and changed_at < now - timedelta(days=days)
