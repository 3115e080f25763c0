"""What is asked of drivers: which outcome, and when too few people answered to tell."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

CHURN = "churn:"
WITHIN_DAYS = (30, 90, 180)
USUAL_DAYS = 90
LONGEST_KEY = 80

# Below these nothing is told (spec: feedback, section 8.4).
FEWEST_PEOPLE = 100
FEWEST_A_PERSON_PER_INPUT = 10
FEWEST_OVERLAP = 0.3
FEWEST_INPUTS = 2
# A convention of ours: with more, no page shows them and no data tells them apart.
MOST_INPUTS = 24
# Where a correlation would have to change by more for all to fit together, they do not.
MOST_MENDED = 0.05


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the inputs are to go with: a metric, or leaving by a churn definition, by their keys.

    Of a metric the answers at touchpoint *at* count, "" for those about no touchpoint. *days* is
    the time in which a customer has to leave.
    """

    metric: str = ""
    at: str = ""
    churn: str = ""
    days: int = 0

    @property
    def is_churn(self) -> bool:
        """Whether it is about leaving."""
        return bool(self.churn)

    @property
    def name(self) -> str:
        """Give what an address calls it."""
        return f"{CHURN}{self.churn}" if self.churn else self.metric

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Give the parameters of an address."""
        own = ("within", str(self.days)) if self.churn else ("at", self.at)
        return [("outcome", self.name), *([own] if own[1] else [])]


def read_outcome(name: str, at: str, within: str) -> Outcome:
    """Read an outcome from an address; a number of days that is not offered is the usual one."""
    if name.startswith(CHURN):
        days = int(within) if within in {str(one) for one in WITHIN_DAYS} else USUAL_DAYS
        return Outcome(churn=name.removeprefix(CHURN)[:LONGEST_KEY], days=days)
    return Outcome(metric=name[:LONGEST_KEY], at=at[:LONGEST_KEY])


def question_key(outcome: Outcome, query: str) -> str:
    """Name a question by outcome and filter: the same question has the same 64 letters."""
    told = "\n".join([*(f"{name}={value}" for name, value in outcome.pairs), query])
    return hashlib.sha256(told.encode()).hexdigest()


def watched_days(
    start_on: date | None, end_on: date | None, *, known_until: date, days: int
) -> tuple[date | None, date, date]:
    """Move a period back until *days* after its end are known: its start, end, and their end.

    All ends are exclusive; the length stays. A period without an end ends as late as it can.
    """
    latest = known_until - timedelta(days=days)
    end = min(end_on or latest, latest)
    back = (end_on or end) - end
    return (start_on - back if start_on else None), end, end + timedelta(days=days)
