"""How fast, how long still, and how far."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cxm.work.rules import Pace, job_pace, left_words, rate_words, state_words

START = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("done", "total", "seconds", "pace"),
    [
        (0, 100, 10, Pace(None, None)),
        (50, 100, 1, Pace(None, None)),
        (50, 100, 10, Pace(5.0, 10.0)),
        (50, None, 10, Pace(5.0, None)),
        (120, 100, 10, Pace(12.0, 0.0)),
    ],
    ids=["nothing done", "too early", "half way", "no total", "more than planned"],
)
def test_pace(done: int, total: int | None, seconds: int, pace: Pace) -> None:
    moment = START + timedelta(seconds=seconds)

    assert job_pace(done, total, started_at=START, now=moment) == pace


def test_what_has_not_begun_has_no_pace() -> None:
    assert job_pace(5, 10, started_at=None, now=START) == Pace(None, None)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (0, "less than a minute left"),
        (59, "less than a minute left"),
        (61, "about a minute left"),
        (600, "about 10 minutes left"),
        (3600, "about an hour left"),
        (9000, "about 2 hours left"),
    ],
)
def test_time_left(seconds: float | None, words: str) -> None:
    assert left_words(seconds) == words


@pytest.mark.parametrize(
    ("per_second", "words"),
    [
        (None, ""),
        (0.5, "30 rows a minute"),
        (1, "1 rows a second"),
        (2345.6, "2,346 rows a second"),
    ],
)
def test_rate(per_second: float | None, words: str) -> None:
    assert rate_words(per_second, "rows") == words


@pytest.mark.parametrize(
    ("state", "message", "is_stopping", "words"),
    [
        ("queued", "", False, "Waiting"),
        ("running", "Reading", False, "Running: Reading"),
        ("running", "", True, "Stopping"),
        ("cancelled", "Stopped.", False, "Stopped"),
        ("failed", "It is empty.", False, "Failed: It is empty."),
    ],
)
def test_state(state: str, message: str, is_stopping: bool, words: str) -> None:
    assert state_words(state, message=message, is_stopping=is_stopping) == words
