"""Counting repeat purchases from the timeline: days, amounts, joined people, refusals, versions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.models import PurchaseDefinitionVersion, PurchaseRun, RepeatCustomer
from analytics.selectors.repeat_customers import drawn_trial, repeat_customers
from analytics.services.purchase_definitions import set_purchases
from cxm.customers.models import Customer
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from tests import make
from tests.analytics.purchasing import BOUGHT, bought, cohort, defined, fitted, loaded

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


def rows(tenant: Tenant) -> list[tuple[int, float, float, float | None]]:
    with tenant_bound(tenant.pk):
        found = RepeatCustomer.objects.for_tenant(tenant).order_by("first_on", "pk")
        return list(found.values_list("repeats", "last_weeks", "age_weeks", "mean_spend"))


def test_purchases_of_a_day_are_one_and_weeks_are_counted_from_the_first(acme: Tenant) -> None:
    bought({"ana": [(28, "10"), (14, "20"), (14, "5"), (7, "35")], "ben": [(21, "9")]}, of=acme)
    defined(acme)

    result = fitted(acme)

    assert (result.buyers, result.again, result.purchases) == (2, 1, 4)
    assert rows(acme) == [(2, 3.0, 4.0, 30.0), (0, 0.0, 3.0, None)]
    assert "1 of 2 customers bought again by 20 Nov 2026" in result.reason
    assert (result.fit, result.tenths, result.expected) == (None, (), None)


def test_only_what_was_chosen_is_a_purchase(acme: Tenant) -> None:
    bought({"ana": [(20, None), (10, None)]}, of=acme, kind="order_step")
    bought({"ben": [(20, None)]}, of=acme, kind="visit")
    make.events("looked", of=acme, refs=(Ref("external", "", "cid"),), kind="visit")
    bought({"web-1": [(5, None)]}, of=acme, kind="order_step", props={"x": 1})

    defined(acme)
    named = fitted(acme).buyers
    defined(acme, kinds=["order_step"])
    of_both = fitted(acme).buyers
    defined(acme, names=[], kinds=["visit"])
    of_kind = fitted(acme).buyers

    assert (named, of_both, of_kind) == (3, 2, 2)


def test_days_are_those_of_the_workspace(acme: Tenant) -> None:
    far = make.tenant(time_zone="Pacific/Auckland")
    # 10:30 and 11:30 UTC are both sides of midnight in Auckland.
    for tenant in (acme, far):
        told = [
            EventRecord(
                Call.TRACK,
                position=place,
                key=f"night-{place}",
                occurred_at=datetime(2026, 11, 1, 10 + place, 30, tzinfo=UTC),
                name=BOUGHT,
                refs=(Ref("external", "", "ana"),),
            )
            for place in (0, 1)
        ]
        loaded(told, of=tenant, now=make.NOW)
        defined(tenant)

    assert (fitted(acme).again, fitted(far).again) == (0, 1)


@pytest.mark.parametrize(
    ("total", "mean"),
    [(12.5, 12.5), ("40", 40.0), ("free", None), (-3, None), (None, None), ({"a": 1}, None)],
)
def test_an_amount_may_stand_in_a_property(acme: Tenant, total: object, mean: float | None) -> None:
    props = {"order": {"total": total}}
    bought({"ana": [(20, None), (10, None)]}, of=acme, props=props)
    defined(acme, amount="props.order.total")

    result = fitted(acme)

    assert rows(acme)[0][3] == mean
    assert result.without_amount == (0 if mean else 1)


def test_a_cohort_is_fitted_tried_and_valued(acme: Tenant) -> None:
    bought(cohort(400), of=acme)
    defined(acme, margin_percent=40)

    result = fitted(acme)

    assert (result.reason, result.value_reason, result.currency) == ("", "", "EUR")
    assert result.fit is not None
    assert result.fit.customers == result.buyers == 400
    assert sum(result.tenths) == result.again
    assert result.value is not None
    trial = drawn_trial(result)
    assert trial is not None
    assert trial.rows[-1].observed == sum(row[0] for row in rows(acme))  # all began before the cut
    with tenant_bound(acme.pk):
        listed = RepeatCustomer.objects.for_tenant(acme)
        assert listed.filter(alive=None).count() == listed.filter(repeats=0).count() == result.once
        assert listed.filter(expected=None).count() == listed.filter(value=None).count() == 0
        assert sum(row.value or 0.0 for row in listed) == pytest.approx(result.value)


def test_every_tenth_opens_to_just_its_customers(acme: Tenant) -> None:
    bought(cohort(300, seed=2), of=acme)
    defined(acme)
    result = fitted(acme)

    with tenant_bound(acme.pk):
        listed = [
            repeat_customers(acme, sort="alive", is_up=True, tenth=tenth).count()
            for tenth in range(10)
        ]
        best = [row.value or 0.0 for row in repeat_customers(acme, sort="value", is_up=False)]

    assert result.reason == ""
    assert tuple(listed) == result.tenths
    assert best == sorted(best, reverse=True)


def test_several_currencies_are_not_added_up(acme: Tenant) -> None:
    people = cohort(300)
    half = dict(list(people.items())[:150])
    bought(half, of=acme)
    bought({f"far-{who}": days for who, days in half.items()}, of=acme, currency="USD")
    defined(acme)

    result = fitted(acme)

    assert result.reason == ""
    assert (result.currency, result.value, result.spend) == ("", None, None)
    assert "several currencies (EUR and USD)" in result.value_reason


def test_without_amounts_there_is_a_chance_and_no_value(acme: Tenant) -> None:
    bought(cohort(300), of=acme)
    defined(acme, amount="")

    result = fitted(acme)

    assert (result.reason, result.value) == ("", None)
    assert "do not say where the amount stands" in result.value_reason
    assert sum(result.tenths) > 0


def test_a_model_that_was_far_off_is_refused(acme: Tenant) -> None:
    # After the cut a strike leaves one purchase of three.
    told = {
        who: [one for place, one in enumerate(days) if one[0] > 200 or place % 3 == 0]
        for who, days in cohort(400).items()
    }
    bought(told, of=acme)
    defined(acme)

    result = fitted(acme)

    assert "failed its trial" in result.reason
    assert result.holdout is not None
    assert result.holdout.expected > 1.25 * result.holdout.observed
    assert (result.tenths, result.value) == ((), None)
    with tenant_bound(acme.pk):
        assert not RepeatCustomer.objects.for_tenant(acme).exclude(alive=None).exists()


def test_joined_people_buy_as_one_and_erased_ones_not_at_all(acme: Tenant) -> None:
    bought({"ana": [(30, "10")], "anna": [(10, "20")], "ben": [(9, "1")]}, of=acme)
    defined(acme)
    with tenant_bound(acme.pk):
        ana, anna, ben = Customer.objects.for_tenant(acme).order_by("created_at", "pk")[:3]
        Customer.objects.for_tenant(acme).filter(pk=anna.pk).update(root=ana)
        Customer.objects.for_tenant(acme).filter(pk=ben.pk).update(erased_at=make.NOW)

    result = fitted(acme)

    assert (result.buyers, result.again) == (1, 1)


def test_a_person_who_was_erased_since_is_on_no_list(acme: Tenant) -> None:
    bought({"ana": [(30, "10")], "ben": [(9, "1")]}, of=acme)
    defined(acme)
    fitted(acme)

    with tenant_bound(acme.pk):
        Customer.objects.for_tenant(acme).update(erased_at=make.NOW)
        assert repeat_customers(acme, sort="value", is_up=False).count() == 0


def test_another_rule_is_a_new_version_and_the_same_is_none(acme: Tenant) -> None:
    member = make.member(of=acme)
    first = defined(acme)
    with tenant_bound(acme.pk):
        same = set_purchases(tenant=acme, config={"names": [BOUGHT]}, by=member, now=make.NOW)
        other = set_purchases(tenant=acme, config={"names": ["paid"]}, by=member, now=make.NOW)
        versions = PurchaseDefinitionVersion.objects.for_tenant(acme).order_by("number")
        told = [(one.number, one.config["names"], one.by_id) for one in versions]
        audited = AuditEntry.objects.for_tenant(acme).filter(action="purchases-changed").count()

    assert (first.version, same.version, other.version) == (1, 1, 2)
    assert told == [(1, [BOUGHT], None), (2, ["paid"], member.pk)]
    assert audited == 1


def test_one_run_a_day_is_kept_and_old_ones_go(acme: Tenant) -> None:
    defined(acme)
    for ago in (timedelta(days=95), timedelta(days=2), timedelta(hours=3), timedelta(0)):
        fitted(acme, make.NOW - ago)

    with tenant_bound(acme.pk):
        kept = list(
            PurchaseRun.objects.for_tenant(acme).order_by("at").values_list("at", flat=True)
        )

    assert kept == [make.NOW - timedelta(days=2), make.NOW]


def test_a_chance_is_one_in_the_database_too(acme: Tenant) -> None:
    bought({"ana": [(30, "10"), (20, "10")]}, of=acme)
    defined(acme)
    fitted(acme)

    broken = pytest.raises(IntegrityError, match="alive_is_a_chance")
    with tenant_bound(acme.pk), broken, transaction.atomic():
        RepeatCustomer.objects.for_tenant(acme).update(alive=1.5)


DAYS = st.lists(st.integers(0, 200), min_size=1, max_size=6)


@settings(
    deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(people=st.lists(DAYS, min_size=1, max_size=5))
def test_counts_are_those_of_the_days(people: list[list[int]]) -> None:
    acme = make.tenant()
    told = {f"person {number}": [(day, None) for day in days] for number, days in enumerate(people)}
    bought(told, of=acme)
    defined(acme)

    result = fitted(acme)

    distinct = [set(days) for days in people]
    assert result.buyers == len(people)
    assert result.purchases == sum(map(len, distinct))
    assert result.again == sum(len(days) > 1 for days in distinct)
    assert sorted(row[0] for row in rows(acme)) == sorted(len(days) - 1 for days in distinct)
    assert all(0 <= last <= age for _, last, age, _ in rows(acme))
