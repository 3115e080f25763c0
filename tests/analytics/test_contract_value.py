"""What a holder of contracts is worth: the formula, its limits, its rows, its settings."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from analytics.rules.churn import ChurnRuleError, ContractEnd, read_churn_rule
from analytics.rules.contract_value import DAYS_A_MONTH, Held, contract_value
from cxm.tenants.rules import Role
from tests import make
from tests.analytics.churning import counted, definition, result_of
from tests.analytics.contracting import row, take_in
from tests.analytics.page_reading import opened, words_of

if TYPE_CHECKING:
    from analytics.models import ChurnDefinition
    from cxm.tenants.models import Membership


def paid(days: int, amount: float) -> float:
    return amount * days / DAYS_A_MONTH


def test_the_golden_value_of_a_survival_curve() -> None:
    # Metrics 8: m 50, S = .97^t, d .01 a month, H 12.
    held: Held = Counter()
    left = 10**9
    for month in range(1, 12):
        stay = round(10**9 * 0.97**month)
        held[30 * month, True, paid(30 * month, 50)] = left - stay
        left = stay
    held[400, False, paid(400, 50)] = left

    found = contract_value("EUR", held, ContractEnd())

    assert found is not None
    assert found.months == 12
    assert found.margin == pytest.approx(50)
    assert found.value == pytest.approx(485.115795, abs=1e-4)


def test_margin_and_discount_are_those_of_the_rule() -> None:
    held: Held = Counter({(400, False, paid(400, 80)): 12})

    # Nobody left: 40 now and 40 a month later at 10 %.
    found = contract_value("EUR", held, ContractEnd((), 0, 2, 10.0, 50.0))

    assert found is not None
    assert found.value == pytest.approx(40 + 40 / 1.1)


def test_it_goes_only_so_far_as_ten_were_watched() -> None:
    held: Held = Counter({(100, False, paid(100, 10)): 10, (400, False, paid(400, 10)): 9})

    found = contract_value("EUR", held, ContractEnd())

    # The payments at 0, 30.4, 60.9 and 91.3 days.
    assert found is not None
    assert (found.holders, found.months) == (19, 4)
    assert contract_value("EUR", Counter({(9, False, 1.0): 9}), ContractEnd()) is None
    assert contract_value("EUR", Counter({(9, False, 0.0): 99}), ContractEnd()) is None


def test_the_limits_hold_the_truth_as_often_as_they_say() -> None:
    dice = np.random.default_rng(7)
    truth = sum(60 * 0.9**month / 1.01**month for month in range(12))
    inside = 0
    for _ in range(60):
        months = dice.geometric(0.1, 120)
        amounts = dice.choice([20.0, 50.0, 110.0], 120)
        held: Held = Counter()
        for month, amount in zip(months, amounts, strict=True):
            days = min(int(month) * 30, 420)
            held[days, bool(month * 30 <= 420), paid(days, float(amount))] += 1
        found = contract_value("EUR", held, ContractEnd())
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= truth <= found.high

    assert inside >= 52


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("horizon_months", 0),
        ("horizon_months", 1.5),
        ("horizon_months", 61),
        ("discount_percent", -1),
        ("discount_percent", "1"),
        ("margin_percent", 0),
        ("margin_percent", True),
    ],
)
def test_settings_that_make_no_sense_are_refused(field: str, value: object) -> None:
    with pytest.raises(ChurnRuleError) as refused:
        read_churn_rule("contract", {field: value})

    assert refused.value.field == field


def test_what_is_as_usual_is_not_kept() -> None:
    assert read_churn_rule("contract", {}).as_json() == {"plans": [], "grace_days": 0}
    told = read_churn_rule("contract", {"margin_percent": 40}).as_json()
    assert told == {"plans": [], "grace_days": 0, "margin_percent": 40}
    assert read_churn_rule("contract", told).as_json() == told


@pytest.fixture
def ann() -> Membership:
    # NOW is 20 November 2026. Twelve stay, one of them came back; one ended, one is too young.
    member = make.member(role=Role.MANAGER)
    rows = [row(f"stays {n}", "2026-01-01") for n in range(11)]
    rows += [
        row("back", "2026-01-01", "2026-03-31", amount_per_month="40"),
        row("back", "2026-08-01"),
        row("", "2026-01-01", "2026-06-30", company="ORG-1", amount_per_month="400"),
        row("cem", "2026-01-01", currency="CHF"),
    ]
    take_in(*rows, of=member.tenant)
    return member


@pytest.fixture
def found(ann: Membership) -> ChurnDefinition:
    made = definition("contract", of=ann.tenant, grace_days=30)
    counted(made)
    return made


@pytest.mark.django_db
def test_it_is_counted_from_the_first_time_of_each_holder(
    ann: Membership, found: ChurnDefinition
) -> None:
    contracts = result_of(found).contracts
    assert contracts is not None
    [euros] = contracts.values
    # Known until 21 October: 293 days. ORG-1 paid 181 days, “back” 90: four months without end it.
    days = 11 * 293 + 90 + 181
    assert euros.holders == 13
    assert euros.margin == pytest.approx((11 * 293 * 100 + 90 * 40 + 181 * 400) / days, abs=0.01)
    assert euros.months == 10
    # Of 13, one is gone at 90 days and another at 181: payments 0 to 2, 3 to 5, and the rest.
    shares = [1.0] * 3 + [12 / 13] * 3 + [11 / 13] * 4
    worth = sum(share / 1.01**month for month, share in enumerate(shares))
    assert euros.value == pytest.approx(euros.margin * worth, rel=1e-9)


@pytest.mark.django_db
def test_the_figure_opens_to_its_holders(ann: Membership, found: ChurnDefinition) -> None:
    page = words_of(opened(ann, "churn"))
    listed = words_of(opened(ann, "churn-value", found.pk, currency="EUR"))

    assert "Worth of a new holder in 10 months" in page
    assert "13 holders" in page
    assert listed.count("EUR") > 13
    assert "still there" in listed
    assert "31 Mar 2026" not in listed
    assert "1 Apr 2026" in listed
    for wrong in ("CHF", "XXX", "%00", ""):
        assert opened(ann, "churn-value", found.pk, currency=wrong).status_code == 404


@pytest.mark.django_db
def test_the_form_keeps_the_settings(ann: Membership, found: ChurnDefinition) -> None:
    client = Client()
    client.force_login(ann.user)
    at = reverse("analytics:churn-definition-edit", args=[ann.tenant.slug, found.pk])
    sent = {"title": found.title, "grace_days": "30", "margin_percent": "40", "horizon_months": ""}

    assert client.post(at, {**sent, "discount_percent": "11"}).status_code == 422
    assert client.post(at, {**sent, "discount_percent": "2.5"}).status_code == 302

    form = client.get(at).context["form"]
    assert [form.initial[name] for name in ("margin_percent", "discount_percent")] == [40, 2.5]
    assert form.initial["horizon_months"] == 12
