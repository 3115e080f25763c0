"""Records become customers, companies and interactions, each once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxm.customers.models import (
    AttributeDef,
    AttributeValue,
    Company,
    CompanyMember,
    Customer,
    CustomerMerge,
    EventName,
    Identity,
    Interaction,
    MergeProposal,
)
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.loading_events import LoadedEvents, load_events
from cxm.customers.services.suppressing import suppress
from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.models import TouchpointRule
from tests import make

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ANNA = Ref("external", "", "u1")
BROWSER = Ref("anonymous", "", "b1")


def event(key: str, *refs: Ref, **changes: Any) -> EventRecord:
    changes.setdefault("name", "Order placed")
    return EventRecord(
        Call.TRACK, position=0, key=key, occurred_at=changes.pop("at", AT), refs=refs, **changes
    )


def identify(key: str, *refs: Ref, at: datetime = AT, **traits: Any) -> EventRecord:
    return EventRecord(Call.IDENTIFY, position=0, key=key, occurred_at=at, refs=refs, traits=traits)


def load(tenant: Tenant, *records: EventRecord, source: str = "events:shop") -> LoadedEvents:
    with tenant_bound(tenant.pk):
        return load_events(tenant=tenant, source=source, records=records, now=make.NOW)


def all_of(tenant: Tenant, model: Any) -> list[Any]:
    with tenant_bound(tenant.pk):
        return list(model.objects.for_tenant(tenant).order_by("pk"))


def test_an_event_becomes_an_interaction_of_its_customer() -> None:
    tenant = make.tenant(time_zone="Europe/Berlin")
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)

    outcome = load(tenant, event("m1", ANNA, at=late, props={"total": 12.5}))

    [row], [customer] = all_of(tenant, Interaction), all_of(tenant, Customer)
    assert (outcome.loaded, outcome.unchanged, outcome.unplaced) == (1, 0, 1)
    assert (row.customer_id, row.name, row.props) == (customer.pk, "Order placed", {"total": 12.5})
    assert (row.occurred_at, str(row.day)) == (late, "2026-11-21")
    assert (customer.kind, customer.last_seen_at) == ("known", late)


def test_the_same_key_has_one_effect_in_one_load_and_over_loads() -> None:
    tenant = make.tenant()

    first = load(tenant, event("m1", ANNA), event("m1", ANNA), event("m2", ANNA))
    second = load(tenant, event("m1", ANNA), event("m3", ANNA))
    elsewhere = load(tenant, event("m1", ANNA), source="events:app")

    assert (first.loaded, first.unchanged) == (2, 1)
    assert (second.loaded, second.unchanged) == (1, 1)
    assert elsewhere.loaded == 1
    assert len(all_of(tenant, Interaction)) == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_fifty_loads_of_the_same_batch_at_once_have_one_effect() -> None:
    tenant = make.tenant()
    records = [event(f"m{n}", Ref("external", "", f"u{n % 7}")) for n in range(40)]

    def once(_: int) -> int:
        try:
            return load(tenant, *records).loaded
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        loaded = list(threads.map(once, range(50)))

    assert sum(loaded) == 40
    assert (len(all_of(tenant, Interaction)), len(all_of(tenant, Customer))) == (40, 7)
    [name] = all_of(tenant, EventName)
    assert (name.seen, name.unmatched) == (40, 40)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_loads_of_the_same_new_people_side_by_side_make_each_once() -> None:
    tenant = make.tenant()

    def once(place: int) -> None:
        try:
            refs = [Ref("external", "", f"u{(n * (place + 3)) % 20}") for n in range(20)]
            load(tenant, *(event(f"{place} {n}", ref) for n, ref in enumerate(refs)))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(once, range(24)))

    people = {row.value: row.customer_id for row in all_of(tenant, Identity)}
    assert len(all_of(tenant, Customer)) == len(set(people.values())) == len(people)
    assert len(all_of(tenant, Interaction)) == 480


def test_a_visitor_signs_in_and_the_timeline_says_so() -> None:
    tenant = make.tenant()
    load(tenant, event("m1", BROWSER), event("m2", ANNA))

    load(tenant, event("m3", ANNA, BROWSER))

    visitor, anna = sorted(all_of(tenant, Customer), key=lambda row: row.kind, reverse=True)
    [merge] = all_of(tenant, CustomerMerge)
    assert (merge.survivor_id, merge.absorbed_id, merge.rule) == (anna.pk, visitor.pk, "identify")
    assert visitor.root_id == anna.pk
    by_name = {row.name: row.customer_id for row in all_of(tenant, Interaction)}
    assert by_name["visitor joined"] == anna.pk


def test_an_alias_of_a_former_number_is_proposed() -> None:
    tenant = make.tenant()
    load(tenant, event("m1", Ref("external", "", "old")), event("m2", ANNA))
    former = Ref("anonymous", "", "old")

    load(tenant, EventRecord(Call.ALIAS, 0, "m3", AT, refs=(ANNA,), previous=former))

    [proposal] = all_of(tenant, MergeProposal)
    assert proposal.evidence["kind"] == "external"
    assert {i.kind for i in all_of(tenant, Identity)} == {"external"}


def test_an_alias_takes_in_what_a_browser_did_before() -> None:
    tenant = make.tenant()
    load(tenant, event("m1", BROWSER), event("m2", ANNA))

    load(tenant, EventRecord(Call.ALIAS, 0, "m3", AT, refs=(ANNA,), previous=BROWSER))

    [merge] = all_of(tenant, CustomerMerge)
    assert (merge.rule, merge.evidence["value"]) == ("alias", "b1")


def test_conflicting_people_are_proposed() -> None:
    tenant = make.tenant()
    ben = Ref("email", "", "ben@example.com")
    load(tenant, event("m1", ANNA), event("m2", ben))

    load(tenant, identify("m3", ANNA, email="Ben@Example.com"))

    [proposal] = all_of(tenant, MergeProposal)
    assert (proposal.reason, proposal.evidence["value"]) == ("conflict", "ben@example.com")
    assert all_of(tenant, CustomerMerge) == []


def test_traits_fill_the_profile_and_keep_their_history() -> None:
    tenant = make.tenant()

    load(tenant, identify("m1", ANNA, firstName="Anna", lastName="Berg", plan="free"))
    load(tenant, identify("m2", ANNA, at=AT + timedelta(days=1), plan="pro", phone="+49 30 123456"))

    [anna] = all_of(tenant, Customer)
    history = [(v.key, v.value, v.replaced_at is None) for v in all_of(tenant, AttributeValue)]
    assert (anna.display_name, anna.phone) == ("Anna Berg", "+49 30 123456")
    assert anna.attributes == {"firstName": "Anna", "lastName": "Berg", "plan": "pro"}
    assert ("plan", "free", False) in history
    assert ("plan", "pro", True) in history
    assert {row.key for row in all_of(tenant, AttributeDef)} == {
        *("firstName", "lastName", "plan", "phone")
    }
    assert ("phone", "+4930123456") in {(i.kind, i.value) for i in all_of(tenant, Identity)}


def test_an_older_record_never_overwrites_a_newer_one() -> None:
    tenant = make.tenant()
    load(tenant, identify("m1", ANNA, plan="pro"))

    load(tenant, identify("m2", ANNA, at=AT - timedelta(days=1), plan="free"))

    [anna] = all_of(tenant, Customer)
    assert anna.attributes == {"plan": "pro"}
    assert [(v.value, v.replaced_at is None) for v in all_of(tenant, AttributeValue)] == [
        ("pro", True),
        ("free", False),
    ]


def test_several_values_in_one_load_leave_the_newest() -> None:
    tenant = make.tenant()

    load(
        tenant,
        identify("m1", ANNA, at=AT + timedelta(hours=1), plan="pro"),
        identify("m2", ANNA, plan="free"),
        identify("m3", ANNA, at=AT + timedelta(hours=2), plan="max"),
    )

    [anna] = all_of(tenant, Customer)
    current = [v.value for v in all_of(tenant, AttributeValue) if v.replaced_at is None]
    assert (anna.attributes, current) == ({"plan": "max"}, ["max"])
    assert len(all_of(tenant, AttributeValue)) == 3


def test_a_group_call_makes_a_company_and_its_member() -> None:
    tenant = make.tenant()
    group = EventRecord(
        *(Call.GROUP, 0, "m1", AT), refs=(ANNA,), company="c1", traits={"name": "Acme", "seats": 5}
    )

    load(tenant, group, event("m2", ANNA, company="c1"))

    [company], [member] = all_of(tenant, Company), all_of(tenant, CompanyMember)
    [row] = all_of(tenant, Interaction)
    assert (company.name, company.attributes, row.company_id) == ("Acme", {"seats": 5}, company.pk)
    assert (member.company_id, member.customer_id) == (company.pk, row.customer_id)


def test_what_the_event_names_beats_the_rules_and_rules_beat_nothing() -> None:
    tenant = make.tenant()
    checkout, support = make.touchpoint(of=tenant), make.touchpoint(of=tenant, key="support")
    with tenant_bound(tenant.pk):
        rule = TouchpointRule.objects.create(
            tenant=tenant, touchpoint=checkout, event_name="Order*", conditions=[]
        )

    load(
        tenant,
        event("m1", ANNA, touchpoint="Support"),
        event("m2", ANNA),
        event("m3", ANNA, name="Ticket opened"),
        event("m4", ANNA, touchpoint="nowhere"),
    )

    placed = [(row.touchpoint_id, row.touchpoint_rule_id) for row in all_of(tenant, Interaction)]
    assert placed == [
        (support.pk, None),
        (checkout.pk, rule.pk),
        (None, None),
        (checkout.pk, rule.pk),
    ]
    counts = {row.name: (row.seen, row.unmatched) for row in all_of(tenant, EventName)}
    assert counts == {"Order placed": (3, 0), "Ticket opened": (1, 1)}


def test_very_many_names_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EventName, "MOST_NAMES", 3)
    tenant = make.tenant()

    load(tenant, *(event(f"m{n}", name=f"name {n}") for n in range(8)))
    load(tenant, event("again", name="name 0"), event("other", name="new"))

    counts = {row.name: row.seen for row in all_of(tenant, EventName)}
    assert counts == {"name 0": 2, "name 1": 1, "name 2": 1, "": 6}


def test_an_erased_person_is_left_out_and_the_fact_stays() -> None:
    tenant = make.tenant()
    with tenant_bound(tenant.pk):
        suppress(tenant=tenant, refs=[ANNA], now=make.NOW)

    load(tenant, event("m1", ANNA))

    [row] = all_of(tenant, Interaction)
    assert (row.customer_id, all_of(tenant, Identity)) == (None, [])


def test_a_trait_that_cannot_be_an_attribute_is_told_and_the_rest_loads() -> None:
    tenant = make.tenant()

    traits: dict[str, Any] = {"plan": "pro", "x" * 121: 1, "a\u202eb": 2}
    outcome = load(tenant, identify("m1", ANNA, **traits))

    [anna] = all_of(tenant, Customer)
    assert anna.attributes == {"plan": "pro"}
    assert [refusal.code for refusal in outcome.refused] == ["bad_trait_name"] * 2


def test_the_number_of_statements_does_not_grow_with_the_records() -> None:
    tenant = make.tenant()

    few = _statements(tenant, [event("a1", ANNA), identify("a2", ANNA, plan="x")])
    people = [Ref("external", "", f"p{n}") for n in range(60)]
    many = _statements(
        tenant,
        [
            *(event(f"b{n}", ref) for n, ref in enumerate(people)),
            *(identify(f"c{n}", ref, plan="y") for n, ref in enumerate(people)),
        ],
    )

    assert many <= few + 2
    assert many <= 35


def _statements(tenant: Tenant, records: Sequence[EventRecord]) -> int:
    with CaptureQueriesContext(connection) as captured:
        load(tenant, *records)
    return len(captured)
