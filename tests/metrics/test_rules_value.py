"""Customer lifetime value: the three definitions and the spend model."""

from __future__ import annotations

import random
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from cxm.metrics.rules.bgnbd import PurchaseHistory, PurchaseModel
from cxm.metrics.rules.rounding import round_half_away
from cxm.metrics.rules.sbg import RetentionModel
from cxm.metrics.rules.value import (
    SpendFit,
    SpendHistory,
    SpendModel,
    contractual_value,
    fit_spend,
    purchase_value,
    survival_value,
)

DATA = Path(__file__).parents[2].parent / "shared" / "data"
SPEND = SpendModel(6.25, 3.74, 15.45)
GOLDEN = 5e-7


@pytest.mark.parametrize(("is_counted", "value"), [(True, 366.666667), (False, 266.666667)])
def test_a_contract_renewed_for_ever(is_counted: bool, value: float) -> None:
    found = contractual_value(100, 0.8, 0.1, is_first_payment_counted=is_counted)

    assert found == pytest.approx(value, abs=GOLDEN)


@pytest.mark.parametrize(("retention", "discount"), [(1.1, 0.1), (-0.1, 0.1), (0.8, 0)])
def test_impossible_rates_are_refused(retention: float, discount: float) -> None:
    with pytest.raises(ValueError, match="retention lies between 0 and 1"):
        contractual_value(100, retention, discount)


def test_a_year_of_monthly_payments() -> None:
    survival = [0.97**month for month in range(12)]

    assert survival_value(50, survival, 0.01) == pytest.approx(485.115795, abs=GOLDEN)


@pytest.mark.parametrize(("discount", "value"), [(0.1, 331.046284), (0, 387.734247)])
def test_five_years_of_an_ageing_base(discount: float, value: float) -> None:
    survival = RetentionModel(0.668, 3.806).survival(4)

    assert survival_value(100, survival, discount) == pytest.approx(value, abs=GOLDEN)


@pytest.mark.slow
def test_a_fit_of_spend_finds_the_model_that_a_cohort_was_drawn_from() -> None:
    dice = random.Random(1)  # noqa: S311 - a cohort for a test
    histories = [SpendHistory(0, 0)]
    for _ in range(3000):
        repeats, rate = dice.randint(1, 9), dice.gammavariate(SPEND.q, 1 / SPEND.v)
        amounts = [dice.gammavariate(SPEND.p, 1 / rate) for _ in range(repeats)]
        histories.append(SpendHistory(repeats, sum(amounts) / repeats))

    found = fit_spend(histories)

    for history in (SpendHistory(0, 0), SpendHistory(2, 20.0), SpendHistory(9, 60.0)):
        expected = SPEND.expected_spend(history)
        assert found.model.expected_spend(history) == pytest.approx(expected, rel=0.05)
    assert found.is_trustworthy


@pytest.mark.parametrize(
    ("history", "spend"),
    [
        ((2, 22.35), 24.667815),
        ((1, 11.77), 18.923804),
        ((5, 73.74), 70.636584),
        ((0, 0), 35.241788),
    ],
)
def test_expected_spend(history: tuple[int, float], spend: float) -> None:
    assert SPEND.expected_spend(SpendHistory(*history)) == pytest.approx(spend, abs=GOLDEN)


def test_the_value_of_the_purchases_of_a_year() -> None:
    model = PurchaseModel(0.242593, 4.413532, 0.792886, 2.425752)
    spend = SPEND.expected_spend(SpendHistory(2, 22.35))

    found = purchase_value(
        model, PurchaseHistory(2, 30.43, 38.86), spend, months=12, monthly_discount=0.01
    )

    assert found == pytest.approx(36.292028, abs=GOLDEN)


@pytest.mark.parametrize("history", [(0, 5), (2, 0), (-1, 0), (2, -5)])
def test_impossible_spend_is_refused(history: tuple[int, float]) -> None:
    with pytest.raises(ValueError, match="exactly when"):
        SpendHistory(*history)


@pytest.mark.parametrize("histories", [[], [(0, 0), (2, 5)], [(1, 5), (2, 5)], [(2, 5), (2, 6)]])
def test_a_spend_fit_needs_variety(histories: list[tuple[int, float]]) -> None:
    with pytest.raises(ValueError, match="differ in purchases"):
        fit_spend([SpendHistory(*each) for each in histories])


@pytest.mark.parametrize(
    ("correlation", "is_trustworthy"), [(0.3, True), (0.31, False), (-0.31, False)]
)
def test_spend_that_goes_with_frequency_is_not_trusted(
    correlation: float, is_trustworthy: bool
) -> None:
    assert SpendFit(SPEND, -1.0, correlation).is_trustworthy is is_trustworthy


@pytest.mark.data
@pytest.mark.slow
def test_the_published_spend_is_fitted() -> None:
    path = DATA / "cdnow" / "CDNOW_sample.txt"
    if not path.exists():
        pytest.skip("the data set cdnow is not beside the project")

    histories = repeat_spend(path)
    fit = fit_spend(histories)

    found = (fit.model.p, fit.model.q, fit.model.v)
    assert len(histories) == 946
    assert found == pytest.approx((6.2488, 3.7446, 15.4478), abs=1e-3)
    assert fit.log_likelihood == pytest.approx(-4055.9232, abs=1e-3)
    assert fit.correlation == pytest.approx(0.113884, abs=5e-7)
    assert fit.is_trustworthy


def repeat_spend(path: Path) -> list[SpendHistory]:
    """Read the days after the first one until 30 September 1997, mean amounts in cents."""
    amounts: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in path.read_text(encoding="ascii").splitlines():
        _, customer, on, _, amount = line.split()
        if on <= "19970930":
            amounts[customer][on] += Decimal(amount)
    found = []
    for by_day in amounts.values():
        repeats = [by_day[on] for on in sorted(by_day)[1:]]
        if any(repeats):
            mean = round_half_away(sum(repeats, Decimal(0)) / len(repeats), 2)
            found.append(SpendHistory(len(repeats), float(mean)))
    return found
