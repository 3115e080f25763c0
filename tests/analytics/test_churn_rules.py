"""Rules of churn: months across years, thinned curves, words, and pictures without numbers lost."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from analytics.rules.churn import Cancellation, Inactivity
from analytics.rules.churn_curves import MOST_STEPS, curve_of, grouped, tick_days
from analytics.rules.churn_months import MOST_MONTHS, month_before, months_between, months_until
from analytics.rules.churn_shapes import TOLD_DAYS, ChurnResult, read_result
from cxm.kernel.drawing.step_lines import StepLine, step_lines

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("first", "before"),
    [("2026-03-01", "2026-02-01"), ("2026-01-01", "2025-12-01"), ("2025-12-01", "2025-11-01")],
)
def test_the_month_before_may_be_of_another_year(first: str, before: str) -> None:
    assert month_before(date.fromisoformat(first)) == date.fromisoformat(before)
    assert months_between(date.fromisoformat(before), date.fromisoformat(first)) == 1


def test_months_begin_at_midnight_of_the_workspace_and_the_last_one_runs() -> None:
    now, since = datetime(2026, 4, 10, 8, tzinfo=UTC), datetime(2026, 2, 28, 23, 30, tzinfo=UTC)

    found = months_until(now, BERLIN, since=since)

    # In Berlin it was March already; April begins in summer time.
    assert [one.first for one in found] == [date(2026, 3, 1), date(2026, 4, 1)]
    assert found[0].start_at == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert found[0].end_at == found[1].start_at == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert (found[1].is_over, found[0].is_over) == (False, True)
    assert found[1].end_at == now + timedelta(microseconds=1)


def test_only_the_newest_months_are_counted_and_none_without_anybody() -> None:
    now = datetime(2026, 4, 10, tzinfo=UTC)

    assert len(months_until(now, BERLIN, since=datetime(1999, 1, 1, tzinfo=UTC))) == MOST_MONTHS
    assert months_until(now, BERLIN, since=None) == []


@pytest.mark.parametrize("horizon", [1, 8, 9, 100, 365, 4_000, 40_000])
def test_ticks_are_few_and_begin_at_the_beginning(horizon: int) -> None:
    ticks = tick_days(horizon)

    assert ticks[0] == 0
    assert len(ticks) <= 12
    assert ticks[-1] <= horizon


def test_a_long_curve_is_thinned_to_steps_that_are_exact() -> None:
    lived = Counter({(day, True, 0): 1 for day in range(1, 1_001)})

    curve = curve_of(lived, tick_days(1_000))

    assert curve is not None
    assert len(curve.steps) <= MOST_STEPS + len(TOLD_DAYS)
    assert set(TOLD_DAYS) <= {step.day for step in curve.steps}
    for step in curve.steps:
        assert step.survival == pytest.approx(1 - step.day / 1_000)
        assert step.at_risk == 1_001 - step.day
    assert curve.median == 500
    assert curve.mean == pytest.approx(500.5, abs=1.1)


def test_small_groups_are_left_out_and_what_is_kept_is_read_again() -> None:
    many = Counter({(10, True, 0): 8, (20, False, 0): 12})
    few = Counter({(10, True, 0): 3})
    everybody = many + few

    found = grouped("Plan", {"a": many, "b": few}, {"a": "A", "b": "B"}, everybody, overlap=False)
    kept = ChurnResult((), curve_of(everybody, [0, 7, 14, 28]), {"plan": found}, ())

    assert [one.title for one in found.curves] == ["A"]
    assert (found.left_out, found.chi_squared) == (1, None)
    assert read_result(kept.as_json()) == kept
    assert kept.overall is not None
    assert kept.overall.at_risk == ((0, 23), (7, 23), (14, 12))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Inactivity(90), "Inactive for 90 days: anything they do keeps"),
        (Inactivity(30, ("a", "b")), "“a” or “b” keeps a customer"),
        (Cancellation(("left",)), "A customer from the first thing they do on, gone at “left”."),
        (Cancellation(("x",), ("y",), 7), "A customer from “y” on, gone at “x”."),
        (Cancellation(("x",), (), 7), "What comes in the 7 days after brings nobody back."),
    ],
)
def test_rules_say_in_words_what_they_do(rule: Inactivity | Cancellation, words: str) -> None:
    assert words in rule.words


def test_a_curve_falls_in_steps_with_its_band() -> None:
    line = StepLine([(50, 0.5, 0.25, 0.75)], 100, "persona-c1")

    drawn = str(step_lines([line], horizon=100, label="Who <stays>", has_band=True))
    bare = str(step_lines([StepLine([], 100, "persona-c1")], horizon=100, label="x", has_band=True))

    assert 'd="M0 0H500V50H1000"' in drawn
    assert 'd="M500 25V25H1000V75H500Z"' in drawn
    assert 'aria-label="Who &lt;stays&gt;"' in drawn
    assert 'd="M0 0H1000"' in bare
    assert "step-band" not in bare
