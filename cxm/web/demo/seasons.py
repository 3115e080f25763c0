"""When people answer: weekdays, holidays, seasons, months, pulses, hours."""

from __future__ import annotations

import math
from datetime import date, time, timedelta
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from cxm.web.demo.company import Rhythm

if TYPE_CHECKING:
    from random import Random

# From Monday to Sunday, as parts of a usual day.
_WEEK = {
    Rhythm.OFFICE: (1.35, 1.3, 1.25, 1.2, 1.1, 0.5, 0.3),
    Rhythm.ALWAYS: (1.0, 1.0, 1.0, 0.95, 0.9, 1.0, 1.15),
    Rhythm.SHOP: (1.0, 0.95, 0.95, 1.05, 1.25, 1.8, 0.0),
    Rhythm.INVOICE: (1.2, 1.15, 1.1, 1.05, 1.0, 0.8, 0.7),
    Rhythm.PULSE: (1.1, 1.15, 1.1, 1.05, 1.0, 0.75, 0.85),
    Rhythm.OUTAGE: (1.0,) * 7,
    Rhythm.WAVE: (1.2, 1.2, 1.2, 1.2, 1.2, 0.7, 0.3),
}
# From January to December.
_YEAR = (1.15, 1.0, 1.0, 0.95, 0.95, 0.9, 0.9, 0.85, 1.0, 1.05, 1.1, 1.15)
_GROWTH_A_YEAR = 1.1
_WEEKS_A_YEAR = 52.18

PULSE_EVERY = 13
_PULSE_STARTS = 5  # The Monday of this age and of every thirteenth before it.
_PULSE_DAYS = 21
_INVOICE_DAYS = {1: 4.0, 2: 5.0, 3: 4.0, 4: 3.0, 5: 2.0, 6: 1.5}
_QUIET_INVOICE_DAY = 0.35
_WAVES = ((121.0, 117.0), (69.0, 65.0))
# A weekend and the two days after it, then small failures every sixth week.
OUTAGE_WEEKEND = 9
_OUTAGE_DAYS = {5: 34.0, 6: 40.0, 0: 16.0, 1: 6.0}
_SMALL_OUTAGE_EVERY = 6

# Parts of a day's answers by hour, from 6 to 23 o'clock.
_FIRST_HOUR = 6
_HOURS = {
    "office": (1, 3, 7, 9, 9, 8, 7, 7, 7, 7, 7, 8, 8, 7, 5, 4, 2, 1),
    "shop": (0, 0, 0, 0, 6, 8, 8, 7, 7, 8, 9, 9, 8, 4, 0, 0, 0, 0),
    "evening": (1, 3, 4, 4, 4, 4, 5, 5, 4, 4, 5, 6, 8, 10, 11, 10, 7, 4),
}
_DAY_SHAPE = {Rhythm.OFFICE: "office", Rhythm.SHOP: "shop", Rhythm.WAVE: "office"}


def volume(rhythm: Rhythm, on: date, age: float) -> float:
    """Give the answers of a day in usual days; *age* is the day's age in weeks."""
    growth = math.pow(_GROWTH_A_YEAR, -age / _WEEKS_A_YEAR)
    base = _WEEK[rhythm][on.weekday()] * growth * _holiday_factor(rhythm, on)
    match rhythm:
        case Rhythm.PULSE:
            return base * _pulse(age)
        case Rhythm.OUTAGE:
            return base * _outage(on, age)
        case Rhythm.WAVE:
            return base * any(end < age <= start for start, end in _WAVES)
        case Rhythm.INVOICE:
            return base * _INVOICE_DAYS.get(on.day, _QUIET_INVOICE_DAY)
        case _:
            return base * _YEAR[on.month - 1]


def moment(dice: Random, rhythm: Rhythm) -> time:
    """Draw the time of day, by the wall clock, at which somebody answers."""
    shape = _cumulative_hours(_DAY_SHAPE.get(rhythm, "evening"))
    [hour] = dice.choices(range(_FIRST_HOUR, 24), cum_weights=shape)
    return time(hour, dice.randrange(60), dice.randrange(60))


@cache
def holidays(year: int) -> frozenset[date]:
    """Give the public holidays of a year: fixed ones, and those that move with Easter."""
    easter = easter_sunday(year)
    fixed = {(1, 1), (5, 1), (10, 3), (12, 25), (12, 26)}
    moving = {easter + timedelta(days=days) for days in (-2, 1, 39, 50)}
    return frozenset({date(year, month, day) for month, day in fixed} | moving)


def easter_sunday(year: int) -> date:
    """Compute Easter Sunday of the Gregorian calendar.

    Source: "A New York correspondent", Nature, 20 April 1876, as in Meeus, Astronomical
    Algorithms (1991), chapter 8.
    """
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _holiday_factor(rhythm: Rhythm, on: date) -> float:
    is_christmas = (on.month, on.day) in {(12, 24), (12, 31)}
    if on in holidays(on.year):
        return 0.0 if rhythm is Rhythm.SHOP else 0.3
    return 0.5 if is_christmas else 1.0


def _pulse(age: float) -> float:
    since = (_PULSE_STARTS - age) % PULSE_EVERY * 7
    return math.exp(-since / 5) if since < _PULSE_DAYS else 0.0


def _outage(on: date, age: float) -> float:
    week = math.ceil(age)
    is_after = on.weekday() < 2  # noqa: PLR2004 - Monday and Tuesday
    if week == OUTAGE_WEEKEND - is_after:
        return _OUTAGE_DAYS.get(on.weekday(), 0.0)
    is_small = week % _SMALL_OUTAGE_EVERY == 1 and on.weekday() == 3  # noqa: PLR2004 - Thursday
    return 6.0 if is_small else 0.0


@cache
def _cumulative_hours(shape: str) -> tuple[int, ...]:
    return tuple(accumulate(_HOURS[shape]))
