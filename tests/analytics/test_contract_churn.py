"""Churn by contracts: spans, months and reasons, exact whatever comes late."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from analytics.models import ChurnSpan
from analytics.selectors.churn import counted_definitions
from cxm.customers.models import Company, Contract, Customer
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.contracts import remove_contract
from cxm.customers.services.joining import merge_customers
from cxm.customers.services.loading_events import load_events
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.analytics.churning import counted, definition, result_of
from tests.analytics.contracting import row, take_in

if TYPE_CHECKING:
    from analytics.models import ChurnDefinition
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


def by_contract(of: Tenant, **config: Any) -> ChurnDefinition:
    return definition("contract", of=of, **{"grace_days": 0, **config})


def joins(who: str, company: str, *, of: Tenant) -> None:
    """Let *who* have belonged to *company* for a year."""
    member = EventRecord(
        Call.GROUP,
        0,
        who,
        make.NOW.replace(year=2025),
        refs=(Ref("external", "", who),),
        company=company,
        namespace="crm",
    )
    with tenant_bound(of.pk):
        load_events(tenant=of, source="crm", records=[member], now=make.NOW)


def days(definition: ChurnDefinition) -> list[tuple[int, date, date | None, str]]:
    """Give number, first day, first day without, and reason of each span."""
    zone = ZoneInfo(definition.tenant.time_zone)
    with tenant_bound(definition.tenant_id):
        rows = list(
            ChurnSpan.objects.for_tenant(definition.tenant_id)
            .filter(definition=definition)
            .order_by("from_at", "pk")
        )
    return [
        (
            one.number,
            one.from_at.astimezone(zone).date(),
            one.to_at and one.to_at.astimezone(zone).date(),
            one.reason,
        )
        for one in rows
    ]


def test_a_contract_that_follows_at_once_goes_on(acme: Tenant) -> None:
    take_in(
        row("ana", "2026-01-01", "2026-03-31"),
        row("ana", "2026-04-01", "2026-06-30", end_reason="Too expensive"),
        of=acme,
    )
    found = by_contract(acme)

    counted(found)

    assert days(found) == [(1, date(2026, 1, 1), date(2026, 7, 1), "Too expensive")]


@pytest.mark.parametrize(
    ("grace", "spans"),
    [
        (9, [(1, "2026-01-01", "2026-04-01"), (2, "2026-04-11", None)]),
        (10, [(1, "2026-01-01", None)]),
    ],
)
def test_a_gap_within_the_grace_is_none(
    acme: Tenant, grace: int, spans: list[tuple[int, str, str | None]]
) -> None:
    take_in(row("ana", "2026-01-01", "2026-03-31"), row("ana", "2026-04-11"), of=acme)
    found = by_contract(acme, grace_days=grace)

    counted(found)

    told = [(one, str(start), end and str(end)) for one, start, end, _ in days(found)]
    assert told == spans


def test_who_still_has_days_of_grace_is_there(acme: Tenant) -> None:
    last = make.NOW.date().replace(day=1)
    take_in(row("ana", "2026-01-01", str(last)), of=acme)

    assert counted(by_contract(acme)).gone == 1
    assert counted(by_contract(acme, grace_days=365)).there == 1


def test_only_the_chosen_plans_count(acme: Tenant) -> None:
    take_in(
        row("ana", "2026-01-01", "2026-03-31", plan="Pro"),
        row("ana", "2026-01-01", plan="Trial"),
        of=acme,
    )

    assert counted(by_contract(acme)).there == 1
    assert counted(by_contract(acme, plans=["Pro"])).gone == 1


def test_a_contract_of_a_company_keeps_its_people(acme: Tenant) -> None:
    joins("ana", "ORG-1", of=acme)
    sent = row("", "2026-01-01", "2026-03-31", company="ORG-1", namespace="crm", customer=None)
    take_in(sent, row("", "2026-02-01", company="ORG-2", customer=None), of=acme)
    found = by_contract(acme)

    result = counted(found)

    assert (result.there, result.gone) == (0, 1)
    assert days(found)[0][1:3] == (date(2026, 1, 1), date(2026, 4, 1))
    with tenant_bound(acme.pk):
        assert Company.objects.for_tenant(acme).count() == 2


def test_late_corrected_removed_and_joined_contracts_end_up_where_they_belong(
    acme: Tenant,
) -> None:
    first = row("ana", "2026-01-01", "2026-02-28")
    wrong = row("ana-2", "2026-03-01", "2026-08-31")
    take_in(first, wrong, of=acme)
    found = by_contract(acme)
    counted(found)
    before = [one[1:3] for one in days(found)]

    ann = make.member(of=acme)
    take_in({**wrong, "ended_on": "2026-06-30"}, row("ana", "2025-12-01", "2025-12-31"), of=acme)
    with tenant_bound(acme.pk):
        one, other = Customer.objects.for_tenant(acme).order_by("pk")
        merge_customers(survivor=one, absorbed=other, by=ann, now=make.NOW, is_confirmed=True)
    counted(found)
    joined = [one[1:3] for one in days(found)]
    with tenant_bound(acme.pk):
        rows = Contract.objects.for_tenant(acme).select_related("tenant")
        remove_contract(contract=rows.get(external_id=first["external_id"]), by=ann)
    counted(found)

    assert before == [
        (date(2026, 1, 1), date(2026, 3, 1)),
        (date(2026, 3, 1), date(2026, 9, 1)),
    ]
    assert joined == [(date(2025, 12, 1), date(2026, 7, 1))]
    assert [one[1:3] for one in days(found)] == [
        (date(2025, 12, 1), date(2026, 1, 1)),
        (date(2026, 3, 1), date(2026, 7, 1)),
    ]


def test_the_last_day_of_a_month_is_churn_of_the_next(acme: Tenant) -> None:
    take_in(row("ana", "2026-01-01", "2026-03-31"), row("ben", "2026-01-01"), of=acme)

    months = {one.day: one for one in counted(by_contract(acme)).months}

    assert (months["2026-03-01"].start, months["2026-03-01"].lost) == (2, 0)
    assert (months["2026-04-01"].start, months["2026-04-01"].lost) == (2, 1)


def test_a_company_pays_before_anybody_of_it_is_known(acme: Tenant) -> None:
    take_in(row("", "2026-01-15", company="ORG-1", customer=None), of=acme)

    found = result_of(by_contract(acme)).contracts

    assert found is not None
    months = [one.day for one in found.revenue]
    assert (months[0], months[-1], len(months)) == ("2026-01-01", "2026-11-01", 11)


def test_reasons_are_counted_with_unknown_first(acme: Tenant) -> None:
    take_in(
        row("ana", "2026-01-01", "2026-03-31", end_reason="Price"),
        row("ben", "2026-01-01", "2026-03-31", end_reason="Price"),
        row("cem", "2026-01-01", "2026-03-31"),
        row("dee", "2026-01-01", end_reason="Not gone"),
        of=acme,
    )

    result = result_of(by_contract(acme))

    assert result.contracts is not None
    assert result.reasons is not None
    assert [(one.title, one.n) for one in result.reasons.told] == [("", 1), ("Price", 2)]
    assert (result.contracts.begun, result.contracts.ended, result.reasons.ends) == (4, 3, 3)


def team(at: int) -> dict[str, str]:
    return {"company": f"ORG-{at}", "namespace": "crm"}


def test_curves_are_parted_by_the_plan_of_the_first_day(acme: Tenant) -> None:
    for at in range(12):
        # Who goes on with Pro began with Basic: it took staying to get there.
        take_in(
            row(f"basic {at}", "2026-01-01", "2026-03-31", plan="Basic"),
            row(f"basic {at}", "2026-04-01", "2026-05-31", plan="Pro"),
            row(f"pro {at}", "2026-01-01", "2026-08-31", plan="Pro", amount_per_month="300"),
            row(f"pro {at}", "2026-01-01", plan="Router"),
            row("", "2026-01-01", "2026-06-30", plan="Team", customer=None, **team(at)),
            of=acme,
        )
        joins(f"works {at}", f"ORG-{at}", of=acme)

    every = result_of(by_contract(acme)).groups["plan"]
    chosen = result_of(by_contract(acme, plans=["Pro", "Basic"])).groups["plan"]
    silent = result_of(definition(of=acme, days=30, title="Silent")).groups["plan"]

    assert {(one.title, one.curve.n) for one in every.curves} == {
        ("Basic", 12),
        ("Pro", 12),
        ("Team", 12),
    }
    assert {(one.title, one.curve.n, one.curve.median) for one in chosen.curves} == {
        ("Basic", 12, 151),
        ("Pro", 12, 243),
    }
    assert chosen.degrees == 1
    assert silent.curves == ()


def test_a_month_inside_the_grace_may_still_rise(acme: Tenant) -> None:
    """make.NOW is 20 November: who left on 25 October may follow it up until 24 November."""
    rows = [row(f"c{at}", "2026-01-01") for at in range(20)]
    rows.append(row("sept", "2026-01-01", "2026-09-10"))
    rows.append(row("oct", "2026-01-01", "2026-10-25"))
    take_in(*rows, of=acme)
    made = by_contract(acme, grace_days=30)

    brief, result = counted(made), result_of(made)
    with tenant_bound(acme.pk):
        [one] = counted_definitions(acme)

    months = {month.day: month for month in brief.months}
    assert (months["2026-09-01"].lost, months["2026-09-01"].is_settled) == (1, True)
    assert (months["2026-10-01"].is_over, months["2026-10-01"].is_settled) == (True, False)
    assert one.last_month
    assert one.last_month.day == "2026-09-01"
    assert result.cohorts[0].done == 9
    assert result.overall
    # Nobody is watched for longer than until the grace began, 31 days less than until now.
    assert result.overall.horizon == (make.NOW.date() - date(2026, 1, 1)).days + 1 - 30
