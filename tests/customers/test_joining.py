"""Making customers one and taking them apart, with all that hangs on it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from cxm.customers.errors import (
    ApartAlreadyError,
    ErasedCustomerError,
    OneAlreadyError,
    TwoNumbersError,
)
from cxm.customers.models import (
    Customer,
    CustomerMerge,
    Identity,
    Interaction,
    MergeProposal,
    Segment,
    SegmentMember,
)
from cxm.customers.services.joining import unmerge_customers
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from tests import make
from tests.customers import people

if TYPE_CHECKING:
    from cxm.tenants.models import ApiKey, Membership, Tenant

pytestmark = pytest.mark.django_db


def _unmerge(merge: CustomerMerge, by: Membership | ApiKey) -> CustomerMerge:
    with tenant_bound(by.tenant_id):
        return unmerge_customers(merge=merge, by=by, now=make.NOW)


def _state(tenant: Tenant) -> dict[str, list[Any]]:
    """Read all that says who is whom and what is recorded where, the notes of merges aside."""
    with tenant_bound(tenant.pk):
        facts = Interaction.objects.for_tenant(tenant).exclude(kind="merge")
        return {
            "roots": list(
                Customer.objects.for_tenant(tenant).order_by("pk").values_list("pk", "root_id")
            ),
            "identities": list(
                Identity.objects.for_tenant(tenant).order_by("pk").values_list("pk", "customer_id")
            ),
            "facts": list(facts.order_by("pk").values_list("pk", "customer_id")),
            "proposals": list(
                MergeProposal.objects.for_tenant(tenant).order_by("pk").values_list("pk", "state")
            ),
        }


def test_a_merge_moves_the_root_of_the_whole_group_and_nothing_else() -> None:
    by = make.member()
    a, b, c = (people.person(name, of=by.tenant, number=name) for name in ("Ada", "Bo", "Cy"))
    people.fact(a)
    people.merge(a, b, by)
    before = _state(by.tenant)

    people.merge(b, c, by)

    assert people.roots_of(a, b, c) == [c.pk, c.pk, c.pk]
    assert {**_state(by.tenant), "roots": None} == {**before, "roots": None}


def test_a_merge_says_who_did_it_when_and_why() -> None:
    by = make.member()
    a, b = (people.person(of=by.tenant, browser=name) for name in "ab")

    merge = people.merge(a, b, by, reason="same voice on the phone")

    assert (merge.rule, merge.by_id, merge.at) == ("person", by.pk, make.NOW)
    assert merge.evidence == {"reason": "same voice on the phone"}
    with tenant_bound(by.tenant_id):
        entry = AuditEntry.objects.for_tenant(by.tenant).get(action="customers-merged")
        note = Interaction.objects.for_tenant(by.tenant).get(kind="merge")
    assert (entry.actor_id, entry.object_id, entry.changes) == (by.pk, merge.pk, {})
    assert (note.customer_id, note.by_id) == (b.pk, by.pk)
    assert note.title == f"Joined with Customer {a.pk.hex[-4:]}"


def test_a_key_merges_without_being_a_member() -> None:
    key, _ = make.api_key()
    a, b = (people.person(of=key.tenant, browser=name) for name in "ab")

    merge = people.merge(a, b, key)

    assert (merge.rule, merge.by_id) == ("api", None)


def test_a_known_customer_survives_a_visitor_whichever_is_named() -> None:
    by = make.member()
    visitor = people.person("", of=by.tenant, browser="v-1")
    known = people.person(of=by.tenant, number="1")

    people.merge(known, visitor, by)

    assert people.roots_of(visitor, known) == [known.pk, known.pk]


def test_a_merge_ends_the_memberships_of_the_one_that_is_no_root_any_more() -> None:
    by = make.member()
    a, b = (people.person(of=by.tenant, browser=name) for name in "ab")
    with tenant_bound(by.tenant_id):
        segment = Segment.objects.create(tenant=by.tenant, key="all", title="All")
        for customer in (a, b):
            SegmentMember.objects.create(
                tenant=by.tenant, segment=segment, customer=customer, from_at=make.NOW
            )

    people.merge(a, b, by)

    with tenant_bound(by.tenant_id):
        rows = SegmentMember.objects.for_tenant(by.tenant).order_by("customer")
        assert list(rows.values_list("customer", "to_at")) == [(a.pk, make.NOW), (b.pk, None)]


def test_nobody_is_merged_into_themselves() -> None:
    by = make.member()
    a, b = (people.person(of=by.tenant, browser=name) for name in "ab")
    people.merge(a, b, by)

    for pair in ((a, a), (a, b), (b, a)):
        with pytest.raises(OneAlreadyError):
            people.merge(*pair, by)


def test_nobody_is_merged_with_somebody_who_was_erased() -> None:
    by = make.member()
    a, b = (people.person(of=by.tenant, browser=name) for name in "ab")
    with tenant_bound(by.tenant_id):
        Customer.objects.for_tenant(by.tenant).filter(pk=b.pk).update(erased_at=make.NOW)

    for pair in ((a, b), (b, a)):
        with pytest.raises(ErasedCustomerError):
            people.merge(*pair, by)


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_two_numbers_of_one_numbering_must_be_confirmed(*, is_confirmed: bool) -> None:
    by = make.member()
    a, b = (people.person(of=by.tenant, number=number, namespace="crm") for number in "12")

    if is_confirmed:
        people.merge(a, b, by, is_confirmed=True)
    else:
        with pytest.raises(TwoNumbersError, match="customer number of their own in crm"):
            people.merge(a, b, by, is_confirmed=False)

    assert people.roots_of(a) == [b.pk if is_confirmed else a.pk]


def test_numbers_of_different_numberings_need_no_word() -> None:
    by = make.member()
    a, b = (people.person(of=by.tenant, number="1", namespace=space) for space in ("crm", "shop"))

    people.merge(a, b, by, is_confirmed=False)

    assert people.roots_of(a, b) == [b.pk, b.pk]


def test_a_merge_undone_at_once_was_never_there() -> None:
    by = make.member()
    a, b, c = (people.person(name, of=by.tenant, number=name) for name in ("Ada", "Bo", "Cy"))
    people.fact(a)
    people.merge(a, b, by)
    with tenant_bound(by.tenant_id):
        for first, second in (sorted((b.pk, c.pk)), sorted((a.pk, c.pk))):
            MergeProposal.objects.create(
                tenant=by.tenant, first_id=first, second_id=second, reason="phone", at=make.NOW
            )
    before = _state(by.tenant)

    merge = people.merge(b, c, by)
    between = _state(by.tenant)
    _unmerge(merge, by)

    assert {state for _, state in between["proposals"]} == {"merged"}
    assert _state(by.tenant) == before


def test_undoing_in_the_middle_leaves_the_other_merges() -> None:
    by = make.member()
    a, b, c, d = (people.person(name, of=by.tenant, browser=name) for name in "abcd")
    people.merge(a, b, by)
    middle = people.merge(b, c, by)
    people.merge(c, d, by)

    undone = _unmerge(middle, by)

    assert people.roots_of(a, b, c, d) == [b.pk, b.pk, d.pk, d.pk]
    assert (undone.undone_at, undone.undone_by_id) == (make.NOW, by.pk)


def test_what_was_merged_into_the_absorbed_row_itself_goes_with_it() -> None:
    by = make.member()
    a, b, c = (people.person(name, of=by.tenant, browser=name) for name in "abc")
    first = people.merge(a, b, by)
    people.merge(c, a, by)

    _unmerge(first, by)

    assert people.roots_of(a, b, c) == [a.pk, b.pk, a.pk]


def test_taking_apart_is_written_into_both_timelines() -> None:
    by = make.member()
    a, b = (people.person(of=by.tenant, browser=name) for name in "ab")

    _unmerge(people.merge(a, b, by), by)

    with tenant_bound(by.tenant_id):
        notes = Interaction.objects.for_tenant(by.tenant).filter(name="customers parted")
        assert dict(notes.values_list("customer", "title")) == {
            a.pk: f"Taken apart from Customer {b.pk.hex[-4:]}",
            b.pk: f"Taken apart from Customer {a.pk.hex[-4:]}",
        }


def test_a_merge_is_undone_once() -> None:
    by = make.member()
    a, b = (people.person(of=by.tenant, browser=name) for name in "ab")
    merge = people.merge(a, b, by)
    _unmerge(merge, by)

    with pytest.raises(ApartAlreadyError):
        _unmerge(merge, by)


def test_any_sequence_of_merges_and_undoings_is_what_the_open_merges_say() -> None:
    by, dice = make.member(), random.Random(5)  # noqa: S311 - the same sequence each time
    rows = [people.person(f"p{n}", of=by.tenant, browser=f"p{n}") for n in range(7)]
    merges: list[CustomerMerge] = []

    for _ in range(30):
        if merges and dice.random() < 0.4:
            _unmerge(merges.pop(dice.randrange(len(merges))), by)
            continue
        a, b = dice.sample(rows, 2)
        if len(set(people.roots_of(a, b))) > 1:
            merges.append(people.merge(a, b, by))

    leads = {merge.absorbed_id: merge.survivor_id for merge in merges}
    expected = []
    for row in rows:
        pk = row.pk
        while pk in leads:
            pk = leads[pk]
        expected.append(pk)
    assert people.roots_of(*rows) == expected


def test_the_database_refuses_a_root_that_is_not_one_itself() -> None:
    by = make.member()
    a, b, c = (people.person(name, of=by.tenant, browser=name) for name in "abc")
    people.merge(a, b, by)

    customers = Customer.objects.for_tenant(by.tenant)
    with (
        tenant_bound(by.tenant_id),
        pytest.raises(IntegrityError, match="must be a root itself"),
        transaction.atomic(),
    ):
        customers.filter(pk=c.pk).update(root=a.pk)
