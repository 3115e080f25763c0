"""Settings of purchases, models that are refused, what a history promises: with their reasons."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.rules.purchase_model import (
    Buyer,
    NoModelError,
    fitted_spend,
    fitted_until,
    history_until,
    miss_of,
    tried,
)
from analytics.rules.purchase_outlook import Outlook, tenth_of
from analytics.rules.purchase_shapes import (
    FittedPurchases,
    FittedSpend,
    Holdout,
    PurchaseResult,
    read_purchase_result,
)
from analytics.rules.purchases import PurchaseRule, PurchaseRuleError, read_purchase_rule
from cxm.metrics.rules.bgnbd import PurchaseHistory
from cxm.metrics.rules.value import SpendHistory

START, END = date(2026, 1, 1), date(2026, 12, 31)
# The parameters of the goldens: metrics 7.5 and 8.
FIT = FittedPurchases(0.242593, 4.413532, 0.792886, 2.425752, -9582.4256, 2357)
SPEND = FittedSpend(6.25, 3.74, 15.45, -4055.9, 0.11, 946)
NAMED = PurchaseRule(names=("paid",))


def buyer(*days: int) -> Buyer:
    return Buyer(tuple(START + timedelta(days=day) for day in days))


def trial(expected: float, observed: int) -> Holdout:
    return Holdout("2026-07-02", "2026-12-31", FIT, observed, expected, ())


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({}, "names"),
        ({"names": "paid"}, "names"),
        ({"names": [1]}, "names"),
        ({"names": ["x" * 201]}, "names"),
        ({"names": [f"n{i}" for i in range(51)]}, "names"),
        ({"kinds": ["note"]}, "kinds"),
        ({"names": ["a"], "amount": "total"}, "amount"),
        ({"names": ["a"], "amount": "props."}, "amount"),
        ({"names": ["a"], "amount": 3}, "amount"),
        ({"names": ["a"], "amount": ["props.a"]}, "amount"),
        ({"names": ["a"], "horizon_months": 0}, "horizon_months"),
        ({"names": ["a"], "horizon_months": 1.5}, "horizon_months"),
        ({"names": ["a"], "horizon_months": True}, "horizon_months"),
        ({"names": ["a"], "discount_percent": -1}, "discount_percent"),
        ({"names": ["a"], "discount_percent": math.nan}, "discount_percent"),
        ({"names": ["a"], "margin_percent": 101}, "margin_percent"),
        ({"names": ["a"], "hunch": 1}, "hunch"),
    ],
)
def test_settings_that_cannot_be_used_name_their_field(
    config: dict[str, object], field: str
) -> None:
    with pytest.raises(PurchaseRuleError) as refused:
        read_purchase_rule(config)

    assert refused.value.field == field


def test_settings_survive_being_stored_and_say_what_they_are() -> None:
    rule = read_purchase_rule(
        {"names": [" paid ", "paid", "bought"], "kinds": ["order_step"], "amount": "props.a.b"}
    )

    assert read_purchase_rule(rule.as_json()) == rule
    assert rule.property_path == ["a", "b"]
    assert rule.words == (
        "A purchase is “paid” or “bought” of kind order step; those of one day are one."
    )
    assert PurchaseRule(kinds=("payment",)).words.startswith("A purchase is anything of kind")
    assert "discounted by 1% a month" in rule.value_words


def test_a_history_counts_days_in_weeks() -> None:
    days = buyer(0, 7, 21).days

    assert history_until(days, START + timedelta(days=28)) == PurchaseHistory(2, 3.0, 4.0)


@pytest.mark.parametrize(
    ("buyers", "words"),
    [
        ([], "0 of 0 customers bought again"),
        ([buyer(0)] * 500, "0 of 500 customers bought again by 31 Dec 2026; a model needs"),
        ([buyer(0, 9)] * 49, "49 of 49"),
        ([buyer(day % 200, day % 200 + 1) for day in range(400)], "did not settle"),
    ],
)
def test_purchases_that_tell_nothing_are_refused(buyers: list[Buyer], words: str) -> None:
    with pytest.raises(NoModelError, match=words):
        fitted_until(buyers, END)


def test_a_model_that_cannot_be_tried_is_refused() -> None:
    late = [buyer(0), *(buyer(250 + day % 50, 300 + day % 60) for day in range(90))]
    silent = [buyer(day % 60, 70 + day % 100) for day in range(90)]

    with pytest.raises(NoModelError, match="cannot be tried on the second half"):
        tried(late, END)
    with pytest.raises(NoModelError):
        tried(silent, END)


@pytest.mark.parametrize(
    ("expected", "observed", "is_refused"),
    [
        (1000, 1000, False),
        (1250, 1000, False),
        (1251, 1000, True),
        (749, 1000, True),
        (30, 20, False),  # off by half, but 30 give 11 more or less by chance
        (31, 10, True),
    ],
)
def test_a_trial_that_misses_by_more_than_a_quarter_and_chance_is_refused(
    expected: float, observed: int, *, is_refused: bool
) -> None:
    assert bool(miss_of(trial(expected, observed))) is is_refused


def test_spend_that_goes_with_frequency_gives_no_value() -> None:
    together = [SpendHistory(n, 10.0 * n + n % 3) for n in range(1, 60)]
    alike = [SpendHistory(1 + n % 4, 12.0) for n in range(60)]

    assert "go together" in fitted_spend(together).reason
    assert "do not differ" in fitted_spend(alike).reason
    assert "29 customers" in fitted_spend(together[:29]).reason


def test_the_goldens_of_a_customer_and_of_their_value() -> None:
    outlook = Outlook(FIT, SPEND, NAMED)
    history = PurchaseHistory(2, 30.43, 38.86)

    assert outlook.prospect(history).alive == pytest.approx(0.72660910, abs=5e-9)
    assert outlook.value(history, SpendHistory(2, 22.35)) == pytest.approx(36.292028, abs=5e-6)
    half = Outlook(FIT, SPEND, PurchaseRule(names=("paid",), margin_percent=50))
    assert half.value(history, SpendHistory(2, 22.35)) == pytest.approx(18.146014, abs=5e-6)
    assert Outlook(FIT, None, NAMED).value(history, SpendHistory(2, 22.35)) is None


def test_nobody_can_tell_of_a_single_purchase_whether_they_still_buy() -> None:
    once = Outlook(FIT, SPEND, NAMED).prospect(PurchaseHistory(0, 0, 38.86))

    assert once.alive is None
    assert once.expected is not None
    assert once.expected > 0


def test_a_silence_without_measure_is_the_end() -> None:
    gone = Outlook(FIT, SPEND, NAMED).prospect(PurchaseHistory(900, 1, 600))

    assert (gone.alive, gone.expected, gone.worth) == (0.0, 0.0, 0.0)


HISTORIES = st.builds(
    lambda repeats, last, more: PurchaseHistory(repeats, last, last + more),
    st.integers(1, 60),
    st.floats(0.2, 150),
    st.floats(0, 150),
)


@settings(deadline=None, max_examples=150)
@given(history=HISTORIES, silence=st.floats(0.1, 50))
def test_longer_silence_makes_a_customer_less_likely_and_worth_less(
    history: PurchaseHistory, silence: float
) -> None:
    outlook = Outlook(FIT, SPEND, NAMED)
    now = outlook.prospect(history)
    later = outlook.prospect(PurchaseHistory(history.repeats, history.last, history.age + silence))

    assert now.alive is not None
    assert later.alive is not None
    assert 0 <= later.alive <= now.alive <= 1
    assert now.worth is not None
    assert now.expected is not None
    assert 0 <= now.worth <= now.expected
    assert 0 <= tenth_of(now.alive) <= 9


@settings(deadline=None, max_examples=60)
@given(history=HISTORIES)
def test_a_longer_horizon_and_a_lower_discount_are_worth_more(history: PurchaseHistory) -> None:
    spend = SpendHistory(history.repeats, 20.0)
    values = [
        Outlook(
            FIT,
            SPEND,
            PurchaseRule(names=("a",), horizon_months=months, discount_percent=discount),
        ).value(history, spend)
        for months, discount in ((6, 2.0), (12, 2.0), (12, 0.0))
    ]

    assert None not in values
    assert values == sorted(values, key=lambda value: value or 0.0)


def test_a_result_survives_being_stored() -> None:
    result = PurchaseResult(5, 3, 9, 1, "EUR", "", "", FIT, SPEND, trial(3, 4), (0,) * 10, 1.5, 2.5)

    assert read_purchase_result(result.as_json()) == result
    assert result.once == 2
