"""Times as files write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feedback.adapters.mapping import TimeSource
from feedback.adapters.times import TimeError, TimeReader, date_order_of, read_time
from tests.feedback.survey_files import BERLIN, NOW


def _read(text: str, **source: object) -> tuple[datetime, bool]:
    given = TimeSource(column="at", **source)  # type: ignore[arg-type]
    return TimeReader(given, zone=BERLIN, now=NOW).read(text)


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2026-01-02", "", "2026-01-02T00:00:00"),
        ("2026-01-02 03:04:05.402", "", "2026-01-02T03:04:05.402000"),
        ("2026-01-02T03:04:05Z", "", "2026-01-02T03:04:05+00:00"),
        ("2026-01-02T03:04:05+0530", "", "2026-01-02T03:04:05+05:30"),
        ("2026-1-2 3:04", "", "2026-01-02T03:04:00"),
        ("2026/01/02", "", "2026-01-02T00:00:00"),
        ("2026-01-02 24:00", "", "2026-01-03T00:00:00"),
        ("2026-12-31 24:00:00", "", "2027-01-01T00:00:00"),
        ("03/04/2026", "dmy", "2026-04-03T00:00:00"),
        ("03/04/2026", "mdy", "2026-03-04T00:00:00"),
        ("3.4.26 17:05", "dmy", "2026-04-03T17:05:00"),
        ("3.4.99", "dmy", "1999-04-03T00:00:00"),
        ("26/4/3", "ymd", "2026-04-03T00:00:00"),
        ("11/1/2019 2:30:36 PM", "mdy", "2019-11-01T14:30:36"),
        ("11/1/2019 12:05 am", "mdy", "2019-11-01T00:05:00"),
        ("2 Mar 2026", "", "2026-03-02T00:00:00"),
        ("March 2nd, 2026 14:05", "", "2026-03-02T14:05:00"),
    ],
)
def test_times_are_read_however_they_are_written(text: str, order: str, expected: str) -> None:
    assert read_time(text, order).isoformat() == expected


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-02-30", "31/31/2026", "13:00 PM", "2026-01-02 25:00", "٣/٤/٢٠٢٦"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(TimeError, match="cannot be read"):
        _read(text, date_order="dmy")


def test_a_date_without_a_stated_order_is_not_guessed() -> None:
    with pytest.raises(TimeError, match="date_order"):
        _read("25/04/2026")


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["2026-01-02", "3 Mar 2026", ""], ""),
        (["01/02/2026", "13/02/2026"], "dmy"),
        (["01/02/2026", "02/13/2026"], "mdy"),
        (["01/02/2026", "03/04/2026"], "ask"),
        (["13/02/2026", "02/13/2026"], "ask"),
        (["not a date"], ""),
    ],
)
def test_the_whole_column_decides_the_order_of_day_and_month(cells: list[str], order: str) -> None:
    assert date_order_of(cells) == order


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ({"start": "2017-05-01", "step_days": 1}, "13", "2017-05-13"),
        ({"start": "2014-01-01", "first": 0, "step_months": 1}, "14", "2015-03-01"),
        ({"start": "2024-01-31", "first": 0, "step_months": 1}, "1.0", "2024-02-29"),
        ({"start": "2026-01-05", "step_days": 7}, "3", "2026-01-19"),
        ({"at": "2026-01-05"}, "", "2026-01-05"),
        ({"when_empty": "2026-01-05", "blank": ("NA",)}, "na", "2026-01-05"),
        ({"when_empty": "2026-01-05"}, " ", "2026-01-05"),
        ({"format": "excel"}, "45658", "2025-01-01"),
        ({"format": "unix"}, "1767312000", "2026-01-02"),
        ({"format": "%Y%m%d"}, "20260102", "2026-01-02"),
    ],
)
def test_steps_serials_and_single_moments_give_dates(
    source: dict[str, object], text: str, expected: str
) -> None:
    start = source.pop("start", None)
    if start:
        source = {**source, "start": date.fromisoformat(str(start))}

    assert _read(text, **source)[0].date().isoformat() == expected


def test_serial_times_are_exact_to_the_second() -> None:
    assert _read("45658.75", format="excel")[0].time().isoformat() == "18:00:00"


def test_a_time_without_offset_takes_the_zone_and_says_so() -> None:
    assert _read("2026-01-02 12:00") == (datetime(2026, 1, 2, 11, tzinfo=UTC), True)


def test_the_zone_of_the_mapping_wins() -> None:
    moment, is_assumed = _read("2026-07-02 12:00", zone="America/New_York")

    assert (moment, is_assumed) == (datetime(2026, 7, 2, 16, tzinfo=UTC), True)
    assert moment.tzinfo == ZoneInfo("America/New_York")


def test_a_time_with_offset_assumes_nothing() -> None:
    assert _read("2026-01-02T12:00:00+02:00") == (datetime(2026, 1, 2, 10, tzinfo=UTC), False)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("1989-12-31T23:00:00Z", "before 1990"),
        ((NOW + timedelta(hours=24, seconds=1)).isoformat(), "in the future"),
        ("9999-12-31T23:59:59Z", "in the future"),
    ],
)
def test_times_out_of_bounds_are_refused_and_never_replaced(text: str, reason: str) -> None:
    with pytest.raises(TimeError, match=reason):
        _read(text)


def test_a_clock_a_day_ahead_is_still_believed() -> None:
    ahead = NOW + timedelta(hours=24)

    assert _read(ahead.isoformat())[0] == ahead


@pytest.mark.parametrize("text", ["NaN", "-1e400", "4.5", "three"])
def test_a_step_must_be_a_whole_number(text: str) -> None:
    with pytest.raises(TimeError, match="whole number of steps"):
        _read(text, start=date(2026, 1, 1), step_days=1)
