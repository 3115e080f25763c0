"""Goals of metrics: which may be set, which days are compared, how far the way is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

from cxm.kernel.errors import DomainError
from cxm.metrics.rules.windows import Window, window_until

LONGEST_TITLE = 120
LONGEST_REASON = 300
MOST_GOALS = 50
BASELINE_DAYS = 91
"""The days before a goal begins that it is compared with: 13 whole weeks."""
LONGEST_DAYS = 1_827
EARLIEST_DAYS = 366
"""A goal may begin so many days before it is set down, not more."""


class GoalError(DomainError):
    """A goal that cannot be kept; `field` names the part that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)


@dataclass(frozen=True, slots=True)
class GoalDays:
    """The days before a goal begins and since, half-open."""

    before: Window
    since: Window


def goal_days(from_on: date, due_on: date, today: date) -> GoalDays:
    """Give the days that are compared on *today*.

    Before: the BASELINE_DAYS days that end when the goal begins. Since: all days from then on;
    once *due_on* is over, its last BASELINE_DAYS days, but none before *from_on*.
    """
    before = window_until(from_on, BASELINE_DAYS)
    if due_on < today:
        last = window_until(due_on + timedelta(days=1), BASELINE_DAYS)
        return GoalDays(before, Window(max(last.start_on, from_on), last.end_on))
    return GoalDays(before, Window(from_on, max(from_on, today) + timedelta(days=1)))


def way_share(before: float | None, now: float | None, target: float) -> float | None:
    """Give which share of the way from *before* to *target* is behind: 1 at the target.

    Below 0 where the figure went the other way; None where a figure or any way is missing.
    """
    if before is None or now is None or target == before:
        return None
    return (now - before) / (target - before)


def check_target(target: float, bounds: tuple[float, float]) -> float:
    """Give a target that the metric can have; raises GoalError."""
    low, high = bounds
    if not math.isfinite(target) or not low <= target <= high:
        message = f"Use a number from {low:g} to {high:g}: the metric has no other."
        raise GoalError("target", message)
    return target


def check_days(from_on: date, due_on: date, today: date) -> None:
    """Refuse days of a new goal that cannot be kept; raises GoalError."""
    if from_on < today - timedelta(days=EARLIEST_DAYS):
        raise GoalError("from_on", "A goal begins at most a year before it is set down.")
    if from_on > today + timedelta(days=LONGEST_DAYS):
        raise GoalError("from_on", "Choose a day within the next five years.")
    check_due(from_on, due_on, today)


def check_due(from_on: date, due_on: date, today: date) -> None:
    """Refuse a day when a goal cannot be due; raises GoalError."""
    if due_on < today:
        raise GoalError("due_on", "That day is over: choose today or a later one.")
    if due_on <= from_on:
        raise GoalError("due_on", "A goal is due after the day it begins: choose a later day.")
    if due_on > from_on + timedelta(days=LONGEST_DAYS):
        raise GoalError("due_on", "A goal is due within five years: choose an earlier day.")
