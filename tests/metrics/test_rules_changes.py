"""Windows, and the changes between closed ones that are judged as one family."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from cxm.metrics.rules.changes import WindowPair, change_marks
from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.statistic import Definition, VerdictWord, visible_change
from cxm.metrics.rules.windows import Window, closed_window, running_window, window_until
from tests.metrics.answers import CSAT, EMPTY, MEAN, MEDIAN, NPS, csat, nps, stars

MONDAY = date(2026, 11, 16)


def test_the_running_window_ends_with_today() -> None:
    window = running_window(date(2026, 11, 20), 28)

    assert window == Window(date(2026, 10, 24), date(2026, 11, 21))
    assert (window.days, window.last_on) == (28, date(2026, 11, 20))
    assert window.before == window_until(date(2026, 10, 24), 28)


@pytest.mark.parametrize("days", [1, 7, 28, 365])
def test_closed_windows_lie_end_to_end_and_move_once_each(days: int) -> None:
    looked = [closed_window(MONDAY + timedelta(days=day), days) for day in range(2 * days)]

    ends = sorted({window.end_on for window in looked})
    assert all(window.days == days for window in looked)
    assert all(one.end_on <= MONDAY + timedelta(days=day) for day, one in enumerate(looked))
    assert [(late - early).days for early, late in pairwise(ends)] in (
        [days],
        [days, days],
    )


def test_closed_weeks_are_those_of_the_calendar() -> None:
    assert closed_window(date(2026, 11, 22), 7) == window_until(MONDAY, 7)
    assert closed_window(date(2026, 11, 23), 7) == window_until(date(2026, 11, 23), 7)


def test_a_drop_is_marked_alone_and_not_among_many_where_nothing_happened() -> None:
    drop = WindowPair(csat(480, 600), csat(443, 600), CSAT)
    still = WindowPair(csat(480, 600), csat(480, 600), CSAT)

    alone = change_marks([drop])
    among = change_marks([still] * 19 + [drop])

    assert [mark.is_marked for mark in alone] == [True]
    assert alone[0].verdict.word is VerdictWord.DOWN
    assert not any(mark.is_marked for mark in among)
    assert among[-1].verdict.family_size == 20


def test_places_with_too_few_answers_are_not_in_the_family() -> None:
    drop = WindowPair(csat(480, 600), csat(443, 600), CSAT)
    few = WindowPair(csat(5, 9), csat(9, 9), CSAT)
    none = WindowPair(EMPTY, EMPTY, NPS)

    marks = change_marks([few, none, drop])

    assert [mark.is_marked for mark in marks] == [False, False, True]
    assert [mark.visible is None for mark in marks] == [True, True, False]
    assert marks[-1].verdict.family_size == 1


def test_the_smallest_visible_change_undoes_the_planning_size() -> None:
    # metrics.md, section 2: 957.56 answers a group tell 10 points at V1 = V2 = .61.
    before = nps(500, 300, 200)

    alone = visible_change(before, before, NPS)
    strict = visible_change(before, before, NPS, confidence=1 - 0.05 / 20)

    assert alone == pytest.approx(10 * (957.56 / 1000) ** 0.5, abs=5e-3)
    assert strict is not None
    assert alone is not None
    assert strict > alone


@pytest.mark.parametrize(
    ("before", "after", "definition"),
    [
        (csat(9, 9), csat(90, 100), CSAT),
        (stars(0, 0, 0, 0, 40), stars(0, 0, 0, 0, 40), MEAN),
        (stars(10, 10, 10), stars(10, 10, 10), MEDIAN),
    ],
    ids=["too few", "all agree", "median"],
)
def test_what_is_not_tested_has_no_smallest_change(
    before: Histogram, after: Histogram, definition: Definition
) -> None:
    assert visible_change(before, after, definition) is None
