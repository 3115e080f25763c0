"""The BG/NBD model: published parameters, goldens, refused histories."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

from cxm.metrics.rules.bgnbd import PurchaseHistory, PurchaseModel, fit_purchases
from cxm.metrics.rules.likelihood import FitError

DATA = Path(__file__).parents[2].parent / "shared" / "data"
MODEL = PurchaseModel(0.242593, 4.413532, 0.792886, 2.425752)


@pytest.mark.parametrize(
    ("history", "alive", "expected"),
    [
        ((2, 30.43, 38.86), 0.72660910, 1.22591039),
        ((0, 0, 38.86), 1, 0.19478091),
        ((1, 5.0, 38.86), 0.31491823, 0.30159787),
        ((7, 10.0, 38.86), 0.00368810, 0.01917743),
        ((26, 30.86, 31.0), 0.96891971, 20.75057032),
    ],
)
def test_what_to_expect_of_a_customer(
    history: tuple[int, float, float], alive: float, expected: float
) -> None:
    customer = PurchaseHistory(*history)

    assert MODEL.probability_alive(customer) == pytest.approx(alive, abs=5e-9)
    assert MODEL.expected_purchases(customer, 39) == pytest.approx(expected, abs=5e-9)


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [(0, 0), (1, 0.05318476), (10, 0.43176112), (39, 1.19501652), (78, 1.85797211)],
)
def test_what_to_expect_of_a_new_customer(weeks: float, expected: float) -> None:
    found = MODEL.expected_purchases(PurchaseHistory(0, 0, 0), weeks)

    assert found == pytest.approx(expected, abs=5e-9)


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ((1, 9, 8), "between the first purchase and now"),
        ((1, -1, 8), "between"),
        ((-1, 0, 8), "between"),
        ((0, 3, 8), "exactly when"),
        ((2, 0, 8), "exactly when"),
    ],
)
def test_impossible_histories_are_refused(history: tuple[int, float, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PurchaseHistory(*history)


def test_a_fit_needs_repeat_purchases() -> None:
    with pytest.raises(ValueError, match="bought again"):
        fit_purchases([PurchaseHistory(0, 0, 10)] * 3)


def test_one_customer_does_not_determine_a_model() -> None:
    with pytest.raises(FitError, match="do not determine"):
        fit_purchases([PurchaseHistory(3, 9, 10)])


@pytest.mark.slow
def test_a_fit_finds_the_model_that_a_cohort_was_drawn_from() -> None:
    true = PurchaseModel(0.8, 6.0, 0.9, 3.0)
    dice = random.Random(1)  # noqa: S311 - a cohort for a test
    histories = [_drawn(true, dice, age=52) for _ in range(3000)]

    found = fit_purchases(histories).model

    new = PurchaseHistory(0, 0, 0)
    for weeks in (13, 52):
        expected = true.expected_purchases(new, weeks)
        assert found.expected_purchases(new, weeks) == pytest.approx(expected, rel=0.1)


def _drawn(model: PurchaseModel, dice: random.Random, *, age: float) -> PurchaseHistory:
    """Live one customer's life as the model tells it, up to *age*."""
    rate = dice.gammavariate(model.r, 1 / model.alpha)
    leaves = dice.betavariate(model.a, model.b)
    repeats, last, at = 0, 0.0, dice.expovariate(rate)
    while at < age:
        repeats, last = repeats + 1, at
        if dice.random() < leaves:
            break
        at += dice.expovariate(rate)
    return PurchaseHistory(repeats, last, age)


@pytest.mark.data
@pytest.mark.slow
def test_the_published_cohort_is_fitted() -> None:
    # Fader, Hardie, Lee, Marketing Science 24, 2005.
    path = DATA / "cdnow" / "cdnow_customers_summary.csv"
    if not path.exists():
        pytest.skip("the data set cdnow is not beside the project")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    histories = [
        PurchaseHistory(int(row["frequency"]), float(row["recency"]), float(row["T"]))
        for row in rows
    ]

    fit = fit_purchases(histories)

    model = fit.model
    expected = (0.242593, 4.413532, 0.792886, 2.425752)
    assert len(histories) == 2357
    assert (model.r, model.alpha, model.a, model.b) == pytest.approx(expected, abs=2e-5)
    assert fit.log_likelihood == pytest.approx(-9582.4256, abs=5e-5)
