"""What was counted at the door of a survey, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum

from feedback.models import SurveyCount
from feedback.rules.door_words import REFUSALS, DoorCount

if TYPE_CHECKING:
    from datetime import date

    from feedback.models import Survey

DAYS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class DoorCounts:
    """Sums over all days; *days* lists (day, refused) of the newest days on which any were."""

    shown: int
    answered: int
    refused: list[tuple[DoorCount, int]]
    days: list[tuple[date, int]]

    @property
    def all_refused(self) -> int:
        """How many were refused."""
        return sum(count for _, count in self.refused)


def door_counts(survey: Survey) -> DoorCounts:
    """Sum what was counted of *survey*; refusals that never happened are left out. Two queries."""
    rows = SurveyCount.objects.for_tenant(survey.tenant_id).filter(survey=survey)
    sums = dict(rows.values_list("kind").annotate(n=Sum("count")).order_by())
    refusals = rows.filter(kind__in=REFUSALS).values_list("day").annotate(n=Sum("count"))
    return DoorCounts(
        shown=sums.get(DoorCount.SHOWN, 0),
        answered=sums.get(DoorCount.ANSWERED, 0),
        refused=[(kind, sums[kind]) for kind in REFUSALS if sums.get(kind)],
        days=list(refusals.order_by("-day")[:DAYS_SHOWN]),
    )
