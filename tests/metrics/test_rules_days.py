"""Business days in every kind of time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxm.metrics.rules.days import (
    ResolvedInstant,
    day_bounds,
    day_start,
    day_words,
    iso_week,
    local_date,
    quarter_start,
    resolve_instant,
    week_start,
)

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe"]
ZONES += ["America/Havana", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Kiritimati"]


@pytest.mark.parametrize(
    ("zone", "on", "start", "end", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", "2026-03-28 23:00", "2026-03-29 22:00", 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-24 22:00", "2026-10-25 23:00", 25),
        ("America/New_York", "2026-03-08", "2026-03-08 05:00", "2026-03-09 04:00", 23),
        ("America/New_York", "2026-11-01", "2026-11-01 04:00", "2026-11-02 05:00", 25),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04 13:00", "2026-04-05 13:30", 24.5),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04 03:00", "2018-11-05 02:00", 23),
        ("Africa/Cairo", "2026-04-24", "2026-04-23 22:00", "2026-04-24 21:00", 23),
        ("Asia/Kathmandu", "2026-01-01", "2025-12-31 18:15", "2026-01-01 18:15", 24),
        ("Pacific/Apia", "2011-12-30", "2011-12-30 10:00", "2011-12-30 10:00", 0),
        # The clocks of Toronto jumped over midnight, from 23:30 to 00:30.
        ("America/Toronto", "1919-03-31", "1919-03-31 04:30", "1919-04-01 04:00", 23.5),
        # Havana repeats the hour after midnight: the day begins at the first of the two.
        ("America/Havana", "2026-11-01", "2026-11-01 04:00", "2026-11-02 05:00", 25),
    ],
)
def test_a_business_day(zone: str, on: str, start: str, end: str, hours: float) -> None:
    found = day_bounds(date.fromisoformat(on), ZoneInfo(zone))

    assert [f"{edge:%Y-%m-%d %H:%M:%S %Z}" for edge in found] == [
        f"{start}:00 UTC",
        f"{end}:00 UTC",
    ]
    assert found[1] - found[0] == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("at", "zone", "on"),
    [
        ("2026-03-28T23:30+00:00", "Europe/Berlin", "2026-03-29"),
        ("2026-03-28T23:30+00:00", "UTC", "2026-03-28"),
        ("2026-03-28T23:30+00:00", "America/New_York", "2026-03-28"),
        ("2026-10-25T23:00+00:00", "Europe/Berlin", "2026-10-26"),
        ("2026-10-25T23:00+00:00", "America/New_York", "2026-10-25"),
        ("2026-12-31T10:15+00:00", "Pacific/Kiritimati", "2027-01-01"),
    ],
)
def test_the_day_of_an_instant(at: str, zone: str, on: str) -> None:
    found = local_date(datetime.fromisoformat(at), ZoneInfo(zone))

    assert found == date.fromisoformat(on)


def test_a_day_is_written_as_people_do() -> None:
    assert day_words(date(2026, 10, 1)) == "1 Oct 2026"


def test_a_time_without_offset_has_no_day() -> None:
    with pytest.raises(ValueError, match="needs an offset"):
        local_date(datetime(2026, 1, 1), BERLIN)  # noqa: DTZ001 - this is what is refused


@pytest.mark.parametrize(
    ("stamp", "at", "is_assumed"),
    [
        ("2026-07-01T12:00", "2026-07-01T10:00+00:00", True),
        ("2026-01-01T12:00", "2026-01-01T11:00+00:00", True),
        ("2026-10-25T02:30", "2026-10-25T00:30+00:00", True),
        ("2026-07-01T12:00-04:00", "2026-07-01T16:00+00:00", False),
    ],
)
def test_a_time_without_offset_is_read_in_the_zone_of_its_source(
    stamp: str, at: str, is_assumed: bool
) -> None:
    found = resolve_instant(datetime.fromisoformat(stamp), BERLIN)

    assert found == ResolvedInstant(datetime.fromisoformat(at), is_assumed)
    assert found.at.tzinfo is UTC


@pytest.mark.parametrize(
    ("on", "week"),
    [("2027-01-01", "2026-W53"), ("2026-01-01", "2026-W01"), ("2026-11-21", "2026-W47")],
)
def test_iso_weeks(on: str, week: str) -> None:
    assert iso_week(date.fromisoformat(on)) == week


@pytest.mark.parametrize(
    ("first_weekday", "start"), [(0, "2026-11-16"), (6, "2026-11-15"), (5, "2026-11-21")]
)
def test_weeks_begin_on_the_day_the_tenant_says(first_weekday: int, start: str) -> None:
    assert week_start(date(2026, 11, 21), first_weekday) == date.fromisoformat(start)


@pytest.mark.parametrize(
    ("on", "start"),
    [("2026-01-01", "2026-01-01"), ("2026-03-31", "2026-01-01"), ("2026-12-31", "2026-10-01")],
)
def test_quarters(on: str, start: str) -> None:
    assert quarter_start(date.fromisoformat(on)) == date.fromisoformat(start)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(ZONES), st.dates(date(1970, 1, 1), date(2035, 12, 31)))
def test_a_day_begins_where_its_date_begins(zone: str, on: date) -> None:
    start = day_start(on, ZoneInfo(zone))

    before = start - timedelta(seconds=1)
    assert local_date(start, ZoneInfo(zone)) >= on
    assert local_date(before, ZoneInfo(zone)) < on
