"""Days on which people answer, and days on which they do not."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from cxm.web.demo.company import Rhythm
from cxm.web.demo.seasons import easter_sunday, holidays, moment, volume
from cxm.web.demo.stories import age_in_weeks

TODAY = date(2026, 11, 21)


def on_day(rhythm: Rhythm, on: date) -> float:
    return volume(rhythm, on, age_in_weeks(on, TODAY))


# Astronomical almanacs: dates of Easter Sunday.
@pytest.mark.parametrize(
    ("year", "on"),
    [
        (1961, date(1961, 4, 2)),
        (2008, date(2008, 3, 23)),
        (2011, date(2011, 4, 24)),
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
    ],
    ids=str,
)
def test_easter(year: int, on: date) -> None:
    assert easter_sunday(year) == on


def test_holidays_move_with_easter() -> None:
    assert {date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 14)} <= holidays(2026)


def test_shops_are_closed_on_sundays_and_holidays() -> None:
    assert on_day(Rhythm.SHOP, date(2026, 11, 15)) == 0
    assert on_day(Rhythm.SHOP, date(2026, 4, 6)) == 0
    assert on_day(Rhythm.SHOP, date(2026, 11, 14)) > on_day(Rhythm.SHOP, date(2026, 11, 13))


def test_weekends_and_holidays_are_quiet_in_the_office() -> None:
    monday = on_day(Rhythm.OFFICE, date(2026, 11, 16))

    assert on_day(Rhythm.OFFICE, date(2026, 11, 15)) < monday / 2
    assert on_day(Rhythm.OFFICE, date(2026, 4, 6)) < monday / 2


def test_invoices_are_answered_at_the_beginning_of_the_month() -> None:
    assert on_day(Rhythm.INVOICE, date(2026, 11, 3)) > 3 * on_day(
        Rhythm.INVOICE, date(2026, 11, 17)
    )


def test_each_quarter_of_weeks_has_one_pulse_of_three_weeks() -> None:
    days = [TODAY - timedelta(days=days) for days in range(364)]

    asked = {int(age_in_weeks(on, TODAY) + 0.99) for on in days if on_day(Rhythm.PULSE, on) > 0}

    assert asked == {week + 13 * pulse for pulse in range(4) for week in (3, 4, 5)}


def test_outage_is_answered_from_saturday_to_tuesday() -> None:
    weeks = [date(2026, 9, 14) + timedelta(days=days) for days in range(14)]

    busy = [on for on in weeks if on_day(Rhythm.OUTAGE, on) > 5]

    assert [on.isoformat() for on in busy] == [
        "2026-09-19",
        "2026-09-20",
        "2026-09-21",
        "2026-09-22",
    ]


def test_nobody_answers_in_a_closed_shop_or_at_night() -> None:
    dice = Random(1)  # noqa: S311 - no secret

    hours = {moment(dice, Rhythm.SHOP).hour for _ in range(500)}

    assert hours == set(range(10, 20))
