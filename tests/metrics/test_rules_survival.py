"""Kaplan-Meier and log-rank: published trials, delayed entry, scipy as an oracle."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cxm.metrics.rules.survival import (
    Lifetimes,
    kaplan_meier,
    log_rank,
    log_rank_many,
    median_survival,
    restricted_mean,
    survival_at,
)

GOLDEN = 5e-7
DATA = Path(__file__).parents[2].parent / "shared" / "data"


def lives(text: str) -> Lifetimes:
    """Read times such as "6 6x3 9+": x repeats, + is censored."""
    exits, events = [], []
    for word in text.split():
        time, _, times = word.rstrip("+").partition("x")
        exits += [float(time)] * int(times or 1)
        events += [not word.endswith("+")] * int(times or 1)
    return Lifetimes(exits, events)


# Freireich et al., Blood 21, 1963: remission of leukaemia.
MERCAPTOPURINE_TIMES = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO_TIMES = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
# Walton's fruit flies.
MIR_TIMES = "6 9x3 13x3 15x2 19x3 22x4 26x5 29x5 33x2 36x2 43 47 62x2"
CONTROL_TIMES = (
    "7 17 32 33 38x2 41x7 45x9 48x8 51x3 53x7 54x2 56x18 58x4 60x15 61x9 63x9 66x3 68x9 69x12 75 "
    "7+ 45+ 60+ 61x2+ 68+ 69+"
)


def test_the_leukaemia_trial() -> None:
    curve = kaplan_meier(lives(MERCAPTOPURINE_TIMES))

    expected = [
        (6, 21, 3, 0.857143, 0.619718, 0.951552),
        (7, 17, 1, 0.806723, 0.563147, 0.922809),
        (10, 15, 1, 0.752941, 0.503200, 0.889362),
        (13, 12, 1, 0.690196, 0.431610, 0.849066),
        (16, 11, 1, 0.627451, 0.367511, 0.804912),
        (22, 7, 1, 0.537815, 0.267779, 0.746791),
        (23, 6, 1, 0.448179, 0.188052, 0.680143),
    ]
    found = [(s.time, s.at_risk, s.events, s.survival, s.low, s.high) for s in curve]
    assert np.array(found) == pytest.approx(np.array(expected), abs=GOLDEN)
    assert median_survival(curve) == 23


def test_the_log_rank_test_of_the_leukaemia_trial() -> None:
    found = log_rank(lives(MERCAPTOPURINE_TIMES), lives(PLACEBO_TIMES))

    assert found is not None
    assert found.chi_squared == pytest.approx(16.792941, abs=GOLDEN)
    assert found.p == pytest.approx(4.168809e-5, rel=1e-6)
    assert found.excess == pytest.approx(-10.250501, abs=GOLDEN)
    assert found.variance == pytest.approx(6.256957, abs=5e-5)
    assert found.excess**2 / found.variance == pytest.approx(16.792941, abs=GOLDEN)


@pytest.mark.parametrize(
    ("time", "survival", "low", "high"),
    [
        (10, 0.969210, 0.927613, 0.987068),
        (20, 0.913650, 0.858549, 0.947930),
        (30, 0.827224, 0.759669, 0.877313),
        (40, 0.777837, 0.705674, 0.834379),
        (50, 0.616817, 0.537239, 0.686765),
        (56, 0.429903, 0.352689, 0.504680),
        (60, 0.311524, 0.241659, 0.383759),
        (70, 0.014341, 0.002854, 0.046184),
    ],
)
def test_the_fruit_flies(time: float, survival: float, low: float, high: float) -> None:
    curve = kaplan_meier(lives(f"{MIR_TIMES} {CONTROL_TIMES}"))

    step = survival_at(curve, time)
    assert step is not None
    assert (step.survival, step.low, step.high) == pytest.approx((survival, low, high), abs=GOLDEN)
    assert median_survival(curve) == 56
    assert sum(each.events for each in curve) == 156


@pytest.mark.parametrize(
    ("times", "n", "survival", "median"),
    [(MIR_TIMES, 34, 0.235294, 26), (CONTROL_TIMES, 129, 0.984435, 58)],
)
def test_the_fruit_flies_by_group(times: str, n: int, survival: float, median: float) -> None:
    group = lives(times)
    curve = kaplan_meier(group)

    step = survival_at(curve, 30)
    assert group.at_risk(np.zeros(1)).tolist() == [n]
    assert step is not None
    assert step.survival == pytest.approx(survival, abs=GOLDEN)
    assert median_survival(curve) == median


def test_the_log_rank_test_of_the_fruit_flies() -> None:
    found = log_rank(lives(MIR_TIMES), lives(CONTROL_TIMES))

    assert found is not None
    assert found.chi_squared == pytest.approx(122.249126, abs=GOLDEN)
    assert found.p == pytest.approx(2.035983e-28, rel=1e-6)


EXITS, EVENTS, ENTRIES = [4, 6, 7, 5, 9], [1, 0, 1, 1, 1], [0, 0, 2, 3, 5]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [(ENTRIES, {4: 0.75, 5: 0.5, 7: 0.25, 9: 0}), (None, {4: 0.8, 5: 0.6, 7: 0.3, 9: 0})],
)
def test_customers_who_joined_late_were_not_at_risk_before(
    entries: list[int] | None, expected: dict[int, float]
) -> None:
    curve = kaplan_meier(Lifetimes(EXITS, EVENTS, entries))

    assert {step.time: step.survival for step in curve} == pytest.approx(expected)
    assert (curve[-1].low, curve[-1].high) == (0, 0)


def test_a_median_of_exactly_one_half_counts() -> None:
    assert median_survival(kaplan_meier(Lifetimes(EXITS, EVENTS, ENTRIES))) == 5


def test_without_churn_the_curve_has_no_steps() -> None:
    curve = kaplan_meier(Lifetimes([3, 4], [False, False]))

    assert curve == ()
    assert median_survival(curve) is None
    assert survival_at(curve, 3) is None


def test_before_the_first_churn_nobody_is_lost() -> None:
    assert survival_at(kaplan_meier(lives("6 7 9+")), 5.9) is None


def test_groups_that_were_never_at_risk_together_are_not_tested() -> None:
    early, late = Lifetimes([1, 2], [1, 1]), Lifetimes([8, 9], [1, 1], [5, 5])

    assert log_rank(early, late) is None


@pytest.mark.parametrize(("horizon", "mean"), [(0, 0), (4, 4), (6, 5.25), (9, 6.25), (12, 6.25)])
def test_the_mean_time_is_the_area_under_the_curve(horizon: float, mean: float) -> None:
    # Delayed entry as above: 1 until 4, then .75 until 5, .5 until 7, .25 until 9, then nobody.
    curve = kaplan_meier(Lifetimes(EXITS, EVENTS, ENTRIES))

    assert restricted_mean(curve, horizon) == pytest.approx(mean)


def test_several_groups_are_tested_at_once() -> None:
    two = log_rank_many([lives(MERCAPTOPURINE_TIMES), lives(PLACEBO_TIMES)])
    again = log_rank_many([lives(MERCAPTOPURINE_TIMES), lives(PLACEBO_TIMES), lives(PLACEBO_TIMES)])

    assert two is not None
    assert two.chi_squared == pytest.approx(16.792941, abs=GOLDEN)
    assert two.degrees == 1
    assert two.p == pytest.approx(4.168809e-5, rel=1e-6)
    assert again is not None
    assert again.degrees == 2


@pytest.mark.parametrize(
    "groups", [[], [lives("3 4")], [lives("3+ 4+"), lives("5+")], [lives("3 3"), lives("1+")]]
)
def test_groups_without_anything_to_test_are_not_tested(groups: list[Lifetimes]) -> None:
    assert log_rank_many(groups) is None


# R, package survival, tests/doaml.Rout.save: acute myelogenous leukaemia (Miller, 1981).
MAINTAINED, NOT_MAINTAINED = (
    "9 13 13+ 18 23 28+ 31 34 45+ 48 161+",
    "5x2 8x2 12 16+ 23 27 30 33 43 45",
)


@pytest.mark.parametrize(
    ("times", "printed"),
    [
        (
            MAINTAINED,
            [
                (9, 11, 1, 0.909),
                (13, 10, 1, 0.818),
                (18, 8, 1, 0.716),
                (23, 7, 1, 0.614),
                (31, 5, 1, 0.491),
                (34, 4, 1, 0.368),
                (48, 2, 1, 0.184),
            ],
        ),
        (
            NOT_MAINTAINED,
            [
                (5, 12, 2, 0.8333),
                (8, 10, 2, 0.6667),
                (12, 8, 1, 0.5833),
                (23, 6, 1, 0.4861),
                (27, 5, 1, 0.3889),
                (30, 4, 1, 0.2917),
                (33, 3, 1, 0.1944),
                (43, 2, 1, 0.0972),
                (45, 1, 1, 0.0),
            ],
        ),
    ],
)
def test_the_leukaemia_tables_of_r_are_reached_to_every_printed_digit(
    times: str, printed: list[tuple[float, int, int, float]]
) -> None:
    digits = 3 if times is MAINTAINED else 4

    found = [
        (step.time, step.at_risk, step.events, round(step.survival, digits))
        for step in kaplan_meier(lives(times))
    ]

    assert found == printed


def test_the_log_rank_test_of_r_is_reached() -> None:
    found = log_rank(lives(MAINTAINED), lives(NOT_MAINTAINED))

    assert found is not None
    assert (round(found.chi_squared, 1), round(found.p, 2)) == (3.4, 0.07)
    assert round(found.excess, 2) == round(7 - 10.69, 2)


@pytest.mark.parametrize(
    ("exits", "events", "entries", "message"),
    [
        ([1, 2], [1], None, "one exit"),
        ([1, 2], [1, 1], [0], "one entry"),
        ([1, float("nan")], [1, 1], None, "finite"),
        ([1, 2], [1, 1], [1, 0], "after its entry"),
    ],
)
def test_impossible_lifetimes_are_refused(
    exits: list[float], events: list[int], entries: list[float] | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Lifetimes(exits, events, entries)


OBSERVED = st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=2, max_size=30)


@settings(deadline=None, max_examples=20)
@given(OBSERVED)
def test_curves_agree_with_scipy(observed: list[tuple[int, bool]]) -> None:
    curve = kaplan_meier(Lifetimes(*zip(*observed, strict=True)))

    died = [time for time, event in observed if event]
    left = [time for time, event in observed if not event]
    oracle = stats.ecdf(stats.CensoredData(died, right=left)).sf
    for step in curve:
        assert step.survival == pytest.approx(oracle.evaluate(step.time), abs=1e-12)
        assert step.low <= step.survival + 1e-12
        assert step.survival <= step.high + 1e-12


@settings(deadline=None, max_examples=20)
@given(OBSERVED, OBSERVED)
def test_log_rank_agrees_with_scipy(
    first: list[tuple[int, bool]], second: list[tuple[int, bool]]
) -> None:
    found = log_rank(*(Lifetimes(*zip(*each, strict=True)) for each in (first, second)))

    if found is not None:
        data = [
            stats.CensoredData([t for t, e in each if e], right=[t for t, e in each if not e])
            for each in (first, second)
        ]
        assert found.p == pytest.approx(stats.logrank(*data).pvalue)


@pytest.mark.data
@pytest.mark.slow
def test_telecom_customers_agree_with_the_answer_key() -> None:
    path = DATA / "telco_ibm" / "Telco-Customer-Churn.csv"
    if not path.exists():
        pytest.skip("the data set telco_ibm is not beside the project")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    monthly = [row for row in rows if row["Contract"] == "Month-to-month"]
    curve = kaplan_meier(telecom(monthly))
    found = log_rank(*(telecom([r for r in rows if r["gender"] == g]) for g in ("Female", "Male")))

    year = survival_at(curve, 12)
    assert year is not None
    assert year.survival == pytest.approx(0.703097, abs=GOLDEN)
    assert median_survival(curve) == 35
    assert found is not None
    assert (found.chi_squared, found.p) == pytest.approx((0.525707, 0.468417), abs=GOLDEN)
    contracts = ("Month-to-month", "One year", "Two year")
    together = log_rank_many([telecom([r for r in rows if r["Contract"] == c]) for c in contracts])
    assert together is not None
    assert together.chi_squared == pytest.approx(2352.8725, abs=5e-5)
    assert together.degrees == 2


def telecom(rows: list[dict[str, str]]) -> Lifetimes:
    tenures = [float(row["tenure"]) for row in rows]
    return Lifetimes(tenures, [row["Churn"] == "Yes" for row in rows])


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans(), st.integers(1, 5)), min_size=1))
def test_counts_stand_for_as_many_customers(lines: list[tuple[int, bool, int]]) -> None:
    exits, events, counts = (list(column) for column in zip(*lines, strict=True))
    each = [(time, gone) for time, gone, count in lines for _ in range(count)]

    together = kaplan_meier(Lifetimes(exits, events, counts=counts))

    assert together == kaplan_meier(Lifetimes(*zip(*each, strict=True)))


def test_a_line_stands_for_somebody() -> None:
    with pytest.raises(ValueError, match="one customer or more"):
        Lifetimes([1, 2], [True, False], counts=[1, 0])
