"""Durations in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from journeys.rules.durations import duration_words


@pytest.mark.parametrize(
    ("duration", "unit", "words"),
    [
        (timedelta(0), "auto", "no time"),
        (timedelta(seconds=1), "auto", "1 second"),
        (timedelta(minutes=90), "auto", "1 hour 30 minutes"),
        (timedelta(days=3, hours=4, minutes=5), "auto", "3 days 4 hours"),
        (timedelta(days=1, minutes=5), "auto", "1 day"),
        (timedelta(days=14), "auto", "2 weeks"),
        (timedelta(minutes=90), "hours", "1.5 hours"),
        (timedelta(days=1), "days", "1 day"),
        (timedelta(seconds=20), "minutes", "0.3 minutes"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units_or_in_one(
    duration: timedelta, unit: str, words: str
) -> None:
    assert duration_words(duration, unit) == words
