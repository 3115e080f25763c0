"""Customer churn in a period, and the three retention curves of cohorts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Set
from dataclasses import dataclass
from enum import StrEnum

from cxm.metrics.rules.statistic import Estimate, share_estimate

MONTHS = 12


class Movement(StrEnum):
    """What happened to one customer between the start and the end of a period."""

    RETAINED = "retained"
    CHURNED = "churned"
    REACTIVATED = "reactivated"
    NEW = "new"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class CohortLife:
    """One customer of a cohort: the periods in which it was active, counted from its start at 0.

    *last_completed* is the number of the last period that is over for this customer, -1 when none
    is. A period may be a day.
    """

    active: frozenset[int]
    last_completed: int


def movement(*, at_start: bool, at_end: bool, was_customer: bool) -> Movement:
    """Name what happened to a customer, active or not at the start and the end of a period.

    *was_customer* says whether it was ever active before the start. One that left and came back
    inside the period is retained; one that comes back later is reactivated, never new.
    """
    if at_start:
        return Movement.RETAINED if at_end else Movement.CHURNED
    if not at_end:
        return Movement.INACTIVE
    return Movement.REACTIVATED if was_customer else Movement.NEW


def churn_rate(active_at_start: int, lost: int) -> Estimate:
    """Give the percent of the customers active at the start who are not active at the end.

    Customers won inside the period are in neither number. The interval is Wilson; value None
    without customers at the start. Raises ValueError unless 0 <= lost <= active_at_start.
    Sources: pitchkit.net and honestcsm.com, on logo churn.
    """
    return share_estimate(lost, active_at_start)


def retention_rate(active_at_start: int, lost: int) -> Estimate:
    """Give 100 less the churn rate, with its interval; arguments as in `churn_rate`."""
    if not 0 <= lost <= active_at_start:
        raise ValueError("customers lost are some of those active at the start")
    return share_estimate(active_at_start - lost, active_at_start)


def annual_churn(monthly_percent: float) -> float:
    """Turn a monthly churn rate into an annual one, in percent; only for a constant rate."""
    return 100 * (1 - math.pow(1 - monthly_percent / 100, MONTHS))


def monthly_churn(annual_percent: float) -> float:
    """Turn an annual churn rate into a monthly one, in percent; only for a constant rate."""
    return 100 * (1 - math.pow(1 - annual_percent / 100, 1 / MONTHS))


def cohort_retention(lives: Iterable[CohortLife], period: int) -> Estimate:
    """Give the percent of a cohort that was active in *period*.

    Only customers that have completed the period enter; value None when none has. With days as
    periods this is day-N retention, also called bounded.
    """
    old_enough = [life for life in lives if life.last_completed >= period]
    return share_estimate(sum(period in life.active for life in old_enough), len(old_enough))


def rolling_retention(lives: Iterable[CohortLife], period: int) -> Estimate:
    """Give the percent of a cohort that was active in *period* or later, as of now.

    Only customers that have completed the period enter. The figure changes as time passes, so it
    is shown with its date.
    """
    old_enough = [life for life in lives if life.last_completed >= period]
    stayed = sum(_last(life.active) >= period for life in old_enough)
    return share_estimate(stayed, len(old_enough))


def _last(active: Set[int]) -> int:
    return max(active, default=-1)
