"""Named periods, what they are compared with, and days around clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from analytics.rules.periods import (
    PERIOD_LABELS,
    Compare,
    Period,
    compared_period,
    compared_words,
    custom_period,
    named_period,
)
from analytics.selectors.figures import Viewer
from cxm.tenants.models import Tenant

TODAY = date(2026, 11, 21)  # a Saturday


@pytest.mark.parametrize(
    ("name", "start_on", "end_on"),
    [
        ("7d", date(2026, 11, 15), date(2026, 11, 22)),
        ("28d", date(2026, 10, 25), date(2026, 11, 22)),
        ("90d", date(2026, 8, 24), date(2026, 11, 22)),
        ("365d", date(2025, 11, 22), date(2026, 11, 22)),
        ("13w", date(2026, 8, 24), date(2026, 11, 23)),
        ("52w", date(2025, 11, 24), date(2026, 11, 23)),
        ("month", date(2026, 11, 1), date(2026, 12, 1)),
        ("last-month", date(2026, 10, 1), date(2026, 11, 1)),
        ("quarter", date(2026, 10, 1), date(2027, 1, 1)),
        ("last-quarter", date(2026, 7, 1), date(2026, 10, 1)),
        ("year", date(2026, 1, 1), date(2027, 1, 1)),
        ("last-year", date(2025, 1, 1), date(2026, 1, 1)),
        ("all", None, None),
    ],
)
def test_a_named_period_has_its_days(name: str, start_on: date | None, end_on: date | None) -> None:
    assert named_period(name, TODAY) == Period(name, start_on, end_on)


def test_every_period_with_a_label_can_be_named() -> None:
    assert [named_period(name, TODAY).name for name in PERIOD_LABELS] == list(PERIOD_LABELS)


@pytest.mark.parametrize(
    ("name", "compare", "start_on", "end_on"),
    [
        ("13w", Compare.PREVIOUS, date(2026, 5, 25), date(2026, 8, 24)),
        ("13w", Compare.YEAR, date(2025, 8, 25), date(2025, 11, 24)),
        ("28d", Compare.PREVIOUS, date(2026, 9, 27), date(2026, 10, 25)),
        ("month", Compare.PREVIOUS, date(2026, 10, 1), date(2026, 11, 1)),
        ("last-quarter", Compare.PREVIOUS, date(2026, 4, 1), date(2026, 7, 1)),
        ("year", Compare.YEAR, date(2025, 1, 1), date(2026, 1, 1)),
        ("7d", Compare.YEAR, date(2025, 11, 15), date(2025, 11, 22)),
    ],
)
def test_a_period_is_compared_with(
    name: str, compare: Compare, start_on: date, end_on: date
) -> None:
    earlier = compared_period(named_period(name, TODAY), compare)

    assert earlier == Period("custom", start_on, end_on)


@pytest.mark.parametrize(
    ("period", "compare"),
    [
        (named_period("all", TODAY), Compare.PREVIOUS),
        (custom_period(date(2026, 1, 1), None), Compare.PREVIOUS),
        (custom_period(None, date(2026, 1, 1)), Compare.YEAR),
        (named_period("13w", TODAY), Compare.NOTHING),
        (custom_period(date(1, 1, 1), date(2026, 1, 1)), Compare.PREVIOUS),
    ],
    ids=["all time", "no end", "no beginning", "asked for nothing", "before the calendar"],
)
def test_nothing_is_compared_with(period: Period, compare: Compare) -> None:
    assert compared_period(period, compare) is None


def test_the_29th_of_february_is_compared_with_the_1st_of_march() -> None:
    leap_day = custom_period(date(2024, 2, 29), date(2024, 2, 29))

    earlier = compared_period(leap_day, Compare.YEAR)

    assert earlier == Period("custom", date(2023, 3, 1), date(2023, 3, 1))


@pytest.mark.parametrize(
    ("name", "compare", "words"),
    [
        ("13w", Compare.PREVIOUS, "the 13 weeks before"),
        ("last-month", Compare.PREVIOUS, "the month before"),
        ("28d", Compare.PREVIOUS, "the 28 days before"),
        ("year", Compare.YEAR, "the same time a year before"),
        ("all", Compare.PREVIOUS, ""),
    ],
)
def test_the_earlier_period_has_a_name(name: str, compare: Compare, words: str) -> None:
    assert compared_words(named_period(name, TODAY), compare) == words


@pytest.mark.parametrize(
    ("zone", "at", "today"),
    [
        ("Europe/Berlin", datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 29)),
        ("America/New_York", datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 28)),
        ("Europe/Berlin", datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
        ("America/New_York", datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 25)),
        ("Pacific/Kiritimati", datetime(2026, 12, 31, 10, 15, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_today_is_a_day_of_the_tenant(zone: str, at: datetime, today: date) -> None:
    viewer = Viewer(Tenant(time_zone=zone), sees_rows=True, now=at)

    assert viewer.today == today
