"""Churn rates, revenue retention, cohort curves and the sBG model."""

from __future__ import annotations

import pytest
from scipy import stats

from cxm.metrics.rules.intervals import Method
from cxm.metrics.rules.likelihood import FitError
from cxm.metrics.rules.retention import (
    CohortLife,
    Movement,
    annual_churn,
    churn_rate,
    cohort_retention,
    monthly_churn,
    movement,
    retention_rate,
    rolling_retention,
)
from cxm.metrics.rules.revenue import (
    RevenueMovement,
    bootstrap_revenue,
    gross_revenue_churn,
    gross_revenue_retention,
    net_revenue_retention,
)
from cxm.metrics.rules.sbg import RetentionModel, fit_retention
from cxm.metrics.rules.statistic import Estimate

GOLDEN = 5e-5
COHORT = [
    CohortLife(frozenset({0, 1, 2}), 3),
    CohortLife(frozenset({0, 2}), 2),
    CohortLife(frozenset({0, 1}), 1),
    CohortLife(frozenset(), 3),
]


def test_churn_of_a_thousand_customers() -> None:
    found = churn_rate(1000, 50)

    assert (found.value, found.n, found.method) == (5, 1000, Method.WILSON)
    assert (found.ci_low, found.ci_high) == pytest.approx((3.8130, 6.5314), abs=GOLDEN)


def test_retention_is_the_rest_of_churn() -> None:
    found = retention_rate(1000, 50)

    assert found.value == 95
    assert (found.ci_low, found.ci_high) == pytest.approx((93.4686, 96.1870), abs=GOLDEN)


def test_without_customers_there_is_no_rate() -> None:
    assert churn_rate(0, 0) == Estimate(None, 0, None, None, None, Method.NONE)
    assert retention_rate(0, 0).value is None


def test_no_more_customers_can_leave_than_there_were() -> None:
    with pytest.raises(ValueError, match="at most its whole"):
        churn_rate(3, 4)
    with pytest.raises(ValueError, match="some of those active"):
        retention_rate(3, 4)


def test_a_constant_rate_is_converted() -> None:
    assert annual_churn(5) == pytest.approx(45.9640, abs=GOLDEN)
    assert monthly_churn(20) == pytest.approx(1.842347, abs=5e-7)


@pytest.mark.parametrize(
    ("at_start", "at_end", "was_customer", "expected"),
    [
        (True, True, True, Movement.RETAINED),
        (True, False, True, Movement.CHURNED),
        (False, True, True, Movement.REACTIVATED),
        (False, True, False, Movement.NEW),
        (False, False, True, Movement.INACTIVE),
    ],
)
def test_movements(at_start: bool, at_end: bool, was_customer: bool, expected: Movement) -> None:
    assert movement(at_start=at_start, at_end=at_end, was_customer=was_customer) is expected


@pytest.mark.parametrize(
    ("period", "bounded", "rolling", "n"),
    [(0, 75, 75, 4), (1, 50, 75, 4), (2, 200 / 3, 200 / 3, 3), (3, 0, 0, 2), (4, None, None, 0)],
)
def test_retention_curves_take_only_customers_who_are_old_enough(
    period: int, bounded: float | None, rolling: float | None, n: int
) -> None:
    exactly, later = cohort_retention(COHORT, period), rolling_retention(COHORT, period)

    assert (exactly.value, exactly.n) == (bounded, n)
    assert (later.value, later.n) == (rolling, n)


def test_revenue_retention() -> None:
    revenue = RevenueMovement(start=100_000, churned=4_000, contraction=1_000, expansion=8_000)

    assert gross_revenue_retention(revenue) == 95
    assert net_revenue_retention(revenue) == 103
    assert gross_revenue_churn(revenue) == 5


def test_without_revenue_there_is_no_retention() -> None:
    nothing = RevenueMovement(start=0)

    assert gross_revenue_retention(nothing) is None
    assert net_revenue_retention(nothing) is None
    assert gross_revenue_churn(nothing) is None


@pytest.mark.parametrize(
    ("amounts", "message"),
    [((10, -1, 0, 0), "not negative"), ((10, 8, 3, 0), "no more revenue")],
)
def test_impossible_revenue_is_refused(amounts: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RevenueMovement(*amounts)


def test_the_bootstrap_surrounds_the_figures_and_repeats() -> None:
    customers = [RevenueMovement(100)] * 90 + [RevenueMovement(100, churned=100)] * 6
    customers += [RevenueMovement(100, expansion=50)] * 4 + [RevenueMovement(0)]

    found = bootstrap_revenue(customers, seed=7)

    # Of 100 customers with revenue 94 stay: the limits are those of the binomial.
    assert found is not None
    assert found == bootstrap_revenue(customers, seed=7)
    assert found.gross_low == stats.binom.ppf(0.025, 100, 0.94)
    assert found.gross_high == stats.binom.ppf(0.975, 100, 0.94)
    assert found.gross_low < found.net_low < 96 < found.net_high <= found.gross_high + 6


def test_the_bootstrap_needs_two_paying_customers() -> None:
    assert bootstrap_revenue([RevenueMovement(5), RevenueMovement(0)], seed=1) is None


@pytest.mark.parametrize(
    ("model", "rates"),
    [
        (
            RetentionModel(0.668, 3.806),
            [0.850693, 0.877969, 0.896818, 0.910623, 0.921171, 0.929491, 0.936223],
        ),
        (
            RetentionModel(0.704, 1.182),
            [0.626723, 0.756064, 0.818837, 0.855915, 0.880394, 0.897764, 0.910728],
        ),
    ],
)
def test_retention_of_an_ageing_base_rises(model: RetentionModel, rates: list[float]) -> None:
    assert model.retention(7) == pytest.approx(rates, abs=5e-7)


def test_survival_of_an_ageing_base() -> None:
    expected = [1, 0.850693, 0.746882, 0.669817, 0.609951, 0.561869]

    assert RetentionModel(0.668, 3.806).survival(5) == pytest.approx(expected, abs=5e-7)


@pytest.mark.parametrize(
    ("survivors", "expected"),
    [
        ([1000, 869, 743, 653, 593, 551, 517, 491], (0.668088, 3.806095, -1611.1581)),
        ([1000, 631, 468, 382, 326, 289, 262, 241], (0.704077, 1.182043, -1680.2652)),
    ],
)
def test_published_cohorts_are_fitted(survivors: list[int], expected: tuple[float, ...]) -> None:
    # Fader, Hardie, How to Project Customer Retention, 2007.
    fit = fit_retention(survivors)

    found = (fit.model.a, fit.model.b, fit.log_likelihood)
    assert found == pytest.approx(expected, abs=GOLDEN)


@pytest.mark.parametrize("survivors", [[10, 5], [10, 11, 5], [10, 5, -1], [10, 10, 10]])
def test_impossible_cohorts_are_refused(survivors: list[int]) -> None:
    with pytest.raises(ValueError, match="three or more"):
        fit_retention(survivors)


def test_a_constant_rate_does_not_determine_the_model() -> None:
    with pytest.raises(FitError, match="do not determine"):
        fit_retention([1000, 500, 250, 125])
