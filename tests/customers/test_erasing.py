"""Erasing a person: nothing of them is left in any table, and nobody brings them back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from cxm.customers.errors import ErasedCustomerError, ErasingAlreadyError
from cxm.customers.models import (
    Customer,
    CustomerWord,
    EventName,
    IngestKey,
    Interaction,
    MergeProposal,
    Promise,
    Suppression,
)
from cxm.customers.rules.records import Ref
from cxm.customers.services.erasing import start_erasing
from cxm.customers.services.suppressing import suppress, suppressed, value_hash
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.work.engine import drain
from cxm.work.models import Batch, IdempotentAnswer, Job
from tests import make
from tests.customers import people

if TYPE_CHECKING:
    from cxm.tenants.models import ApiKey, Membership, Tenant

pytestmark = pytest.mark.django_db


def erase(customer: Customer, by: Membership | ApiKey) -> Batch:
    """Erase a person to the end; give the batch that counts what was done."""
    with tenant_bound(by.tenant_id):
        rows = Customer.objects.for_tenant(by.tenant_id).select_related("tenant")
        batch = start_erasing(customer=rows.get(pk=customer.pk), by=by, now=make.NOW)
    drain(by.tenant_id)
    with tenant_bound(by.tenant_id):
        return Batch.objects.for_tenant(by.tenant_id).get(pk=batch.pk)


def _maya(by: Membership) -> Customer:
    """A person of two rows with something of hers wherever customers keep things."""
    tenant = by.tenant
    maya = people.person(
        of=tenant, email="maya.lindt@example.com", phone="+491715552323", number="C-77001"
    )
    other = people.person("Maja Lindtova", of=tenant, email="majka@lindtova.example")
    stranger = people.person("Ada Byron", of=tenant, number="C-1")
    people.attribute(maya, "favourite", "red bicycle")
    people.employee(maya)
    people.fact(
        maya,
        "to maya.lindt@example.com",
        title="Call of Maya Lindt",
        text="wants a red bicycle",
        props={"email": "maya.lindt@example.com"},
        thread_key="C-77001",
        amount=12,
    )
    people.merge(other, maya, by, reason="Maja Lindtova says so")
    with tenant_bound(tenant.pk):
        first, second = sorted((maya.pk, stranger.pk))
        MergeProposal.objects.create(
            tenant=tenant,
            first_id=first,
            second_id=second,
            reason="conflict",
            evidence={"value": "maya.lindt@example.com"},
            at=make.NOW,
        )
        Promise.objects.create(
            tenant=tenant,
            customer=maya,
            text="Call Maya Lindt back",
            due_at=make.NOW,
            made_at=make.NOW,
        )
        EventName.objects.create(
            tenant=tenant,
            source="events:shop",
            kind="page",
            name="/users/maya.lindt@example.com",
            first_seen_at=make.NOW,
            last_seen_at=make.NOW,
        )
        fact = Interaction.objects.for_tenant(tenant).get(kind="event")
        IngestKey.objects.create(
            pk=fact.pk,
            tenant=tenant,
            source="events:shop",
            key="C-77001:1",
            object_kind="event",
            object_id=fact.pk,
            content_hash="",
        )
        IdempotentAnswer.objects.create(
            tenant=tenant,
            actor_id=by.pk,
            key="k",
            request_hash="",
            status=201,
            body={"email": "maya.lindt@example.com"},
        )
        Job.objects.create(
            tenant=tenant,
            kind="x",
            title="x",
            error="Key (value)=(maya.lindt@example.com) exists",
            created_at=make.NOW,
            state="failed",
        )
    return maya


STRINGS = ("maya", "maja", "lindt", "majka", "5552323", "77001", "bicycle")


def tables_with(tenant: Tenant, strings: tuple[str, ...]) -> dict[str, list[str]]:
    """Search every column of every table for *strings*, whatever their case; give what is found."""
    found: dict[str, list[str]] = {}
    with tenant_bound(tenant.pk), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - our own tables
            texts = [row.lower() for (row,) in cursor.fetchall()]
            hits = sorted({s for s in strings for text in texts if s in text})
            if hits:
                found[table] = hits
    return found


def test_what_was_planted_is_found_before() -> None:
    by = make.member()
    _maya(by)

    assert set(tables_with(by.tenant, STRINGS)) == {
        "customers_attributevalue",
        "customers_customer",
        "customers_customermerge",
        "customers_customerword",
        "customers_eventname",
        "customers_identity",
        "customers_ingestkey",
        "customers_interaction",
        "customers_mergeproposal",
        "customers_promise",
        "work_idempotentanswer",
        "work_job",
    }


def test_nothing_of_an_erased_person_is_left_in_any_table() -> None:
    by = make.member()
    maya = _maya(by)

    erase(maya, by)

    assert tables_with(by.tenant, STRINGS) == {}


def test_what_happened_stays_without_a_person() -> None:
    by = make.member()
    maya = _maya(by)

    erase(maya, by)

    with tenant_bound(by.tenant_id):
        rows = Customer.objects.for_tenant(by.tenant).filter(root=maya.pk)
        fact = Interaction.objects.for_tenant(by.tenant).get(kind="event")
        assert {row.erased_at for row in rows} == {make.NOW}
        assert rows.count() == 2
        assert (fact.customer_id, fact.occurred_at) == (maya.pk, make.NOW)
        assert fact.amount == Decimal(12)
        assert Promise.objects.for_tenant(by.tenant).get().text == ""


def test_others_keep_everything() -> None:
    by = make.member()
    maya = _maya(by)
    ada = people.person("Maya Byron", of=by.tenant, email="m@byron.example")

    erase(maya, by)

    with tenant_bound(by.tenant_id):
        row = Customer.objects.for_tenant(by.tenant).get(pk=ada.pk)
        words = CustomerWord.objects.for_tenant(by.tenant).values_list("word", flat=True)
        assert (row.display_name, row.email) == ("Maya Byron", "m@byron.example")
        assert {"maya", "byron"} <= set(words)
        assert "lindt" not in set(words)


def test_the_batch_counts_what_was_done() -> None:
    by = make.member()
    maya = _maya(by)

    batch = erase(maya, by)

    assert (batch.state, batch.finished_at is not None) == ("done", True)
    assert batch.counts["suppressed"] == 4
    assert batch.counts["tables"] == {
        "interactions": 2,
        "event keys": 1,
        "attribute values": 1,
        "company memberships": 1,
        "merges": 1,
        "merge proposals": 1,
        "promises": 1,
        "event names": 1,
        "kept answers": 1,
        "errors": 1,
        "customers": 2,
        "identifiers": 4,
        "search words": batch.counts["tables"]["search words"],
    }


def test_an_erasure_is_in_the_audit_without_a_name() -> None:
    by = make.member()
    maya = _maya(by)

    batch = erase(maya, by)

    with tenant_bound(by.tenant_id):
        entries = AuditEntry.objects.for_tenant(by.tenant).filter(object_id=batch.pk)
        told = list(entries.order_by("at").values_list("action", "actor", "object_name"))
    title = f"Erasure of Customer {maya.pk.hex[-4:]}"
    assert told == [
        ("customer-erasure-started", by.pk, title),
        ("customer-erased", by.pk, title),
    ]


def test_long_timelines_are_emptied_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    by = make.member()
    maya = people.person(of=by.tenant, number="C-77001")
    for number in range(5):
        people.fact(maya, text=f"text {number}")
    monkeypatch.setattr("cxm.customers.services.emptying.ROWS_A_STEP", 2)

    batch = erase(maya, by)

    assert batch.counts["tables"]["interactions"] == 5
    assert tables_with(by.tenant, ("text 0", "text 4")) == {}


def test_one_erasure_of_a_person_at_a_time() -> None:
    by = make.member()
    maya = people.person(of=by.tenant, number="C-77001")

    with tenant_bound(by.tenant_id):
        start_erasing(customer=maya, by=by, now=make.NOW)
        with pytest.raises(ErasingAlreadyError):
            start_erasing(customer=maya, by=by, now=make.NOW)


def test_an_erasure_that_stopped_half_way_may_be_begun_again() -> None:
    by = make.member()
    maya = people.person(of=by.tenant, number="C-77001")
    with tenant_bound(by.tenant_id):
        start_erasing(customer=maya, by=by, now=make.NOW)
        Job.objects.for_tenant(by.tenant).update(state=Job.State.FAILED)

    erase(maya, by)

    assert tables_with(by.tenant, ("c-77001",)) == {}


def test_nobody_is_merged_with_somebody_who_is_being_erased() -> None:
    by = make.member()
    maya, ada = (people.person(name, of=by.tenant, browser=name) for name in ("Maya", "Ada"))
    with tenant_bound(by.tenant_id):
        start_erasing(customer=maya, by=by, now=make.NOW)

    with pytest.raises(ErasedCustomerError):
        people.merge(ada, maya, by)


def test_a_hash_is_keyed_by_the_tenant_and_the_secret(settings: Any) -> None:
    one, other = make.tenant(), make.tenant()
    before = value_hash(one, "email", "Maya@Example.com ")

    assert before == value_hash(one, "email", "maya@example.com")
    assert len({before, value_hash(other, "email", "maya@example.com")}) == 2
    settings.SECRET_KEY = "another secret that is long enough to be one"
    assert value_hash(one, "email", "maya@example.com") != before


def test_erased_identifiers_are_recognised_with_two_queries(
    settings: Any, django_assert_num_queries: Any
) -> None:
    tenant = make.tenant()
    gone = Ref("external", "crm", "7")
    others = [Ref("external", "shop", "7"), Ref("email", "", "ada@example.com")]
    with tenant_bound(tenant.pk):
        suppress(tenant=tenant, refs=[gone, gone], now=make.NOW)
        with django_assert_num_queries(2):
            found = suppressed(tenant, [gone, *others])
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another secret that is long enough to be one"
        still = suppressed(tenant, [gone, *others])
        none = suppressed(tenant, [])
        count = Suppression.objects.for_tenant(tenant).count()

    assert (found, still, none, count) == ({gone}, {gone}, set(), 1)
