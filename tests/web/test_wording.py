"""Numbers, intervals, periods and figures in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from cxm.kernel.charts import TrendPoint
from cxm.kernel.figures import NO_INTERVAL, Standing
from cxm.web import wording
from cxm.web.gallery import SampleFigure


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (12.5, "13"),
        (-12.5, "\u221213"),
        (0.5, "1"),
        (-0.5, "\u22121"),
        (2.5, "3"),
        (-0.4, "0"),
        (None, "\u2013"),
    ],
)
def test_rounding_goes_half_away_from_zero(value: float | None, words: str) -> None:
    """Source: spec metrics, section 1, rounding goldens."""
    assert wording.number_words(value) == words


@pytest.mark.parametrize(
    ("low", "high", "words"), [(-31.2, 6.5, "\u221231 to 7"), (None, 6.5, ""), (1, None, "")]
)
def test_an_interval_needs_both_ends(low: float | None, high: float | None, words: str) -> None:
    assert wording.interval_words(low, high) == words


@pytest.mark.parametrize(
    ("n", "words"), [(0, "no answers"), (1, "1 answer"), (13612, "13,612 answers")]
)
def test_answers_are_counted_in_words(n: int, words: str) -> None:
    assert wording.answers_words(n) == words


@pytest.mark.parametrize(
    ("start_on", "end_on", "words"),
    [
        (date(2026, 9, 1), date(2026, 12, 1), "1 Sep 2026 to 30 Nov 2026"),
        (date(2026, 9, 1), None, "since 1 Sep 2026"),
        (None, date(2026, 3, 1), "until 28 Feb 2026"),
        (None, None, "all time"),
    ],
)
def test_a_period_names_its_last_day(
    start_on: date | None, end_on: date | None, words: str
) -> None:
    assert wording.period_words(start_on, end_on) == words


def test_a_moment_is_told_by_the_clock_of_its_zone() -> None:
    at = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)

    assert wording.moment_words(at, "Europe/Berlin") == "2 Jul 2026, 00:30 (Europe/Berlin)"


@pytest.mark.parametrize(
    ("point", "words"),
    [
        (TrendPoint("1 Sep", 31.4, 27, 35.5, 412), "1 Sep: 31 (27 to 36), 412 answers"),
        (TrendPoint("1 Sep", 31.4, None, None, 1), "1 Sep: 31, 1 answer"),
        (TrendPoint("1 Sep", None, None, None, 0), "1 Sep: no answers"),
    ],
)
def test_a_period_of_a_trend_is_one_line(point: TrendPoint, words: str) -> None:
    assert wording.point_words(point) == words


def test_a_figure_says_value_interval_answers_and_when() -> None:
    words = wording.figure_words(SampleFigure())

    assert words == wording.FigureWords(
        standing=Standing.SHOWN,
        value="40",
        unit="",
        interval="37 to 43",
        between="between 37 and 43",
        answers="2,746 answers",
        weighting="",
        evidence="37 to 43, 2,746 answers",
        early="Too early to say with fewer than 10 answers",
        period="24 Aug 2026 to 21 Nov 2026",
        as_of="21 Nov 2026, 14:05 (Europe/Berlin)",
    )


def test_a_hidden_figure_gives_nothing_away() -> None:
    words = wording.figure_words(replace(SampleFigure(), suppressed="Too few.", n=3, n_eff=2.9))

    shown = (words.unit, words.interval, words.between, words.answers, words.evidence)
    assert (words.value, words.weighting, *shown) == ("Hidden", *[""] * 6)


def test_an_early_figure_says_so_behind_its_answers() -> None:
    words = wording.figure_words(replace(SampleFigure(), n=7, ci_low=-71, ci_high=48))

    assert words.evidence == "\u221271 to 48, 7 answers, too early to say"


def test_a_weighted_figure_says_what_its_answers_are_worth() -> None:
    words = wording.figure_words(replace(SampleFigure(), is_weighted=True, n_eff=1892.4))

    assert words.weighting == "weighted, worth 1,892 equal ones"


def test_a_count_has_no_interval() -> None:
    words = wording.figure_words(replace(SampleFigure(), method=NO_INTERVAL))

    assert (words.interval, words.between) == ("", "")
