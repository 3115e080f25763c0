"""Finding customers that may be one, and deciding about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.customers.errors import DecidedAlreadyError, TwoNumbersError
from cxm.customers.models import Customer, MergeProposal
from cxm.customers.services import proposing
from cxm.customers.services.joining import unmerge_customers
from cxm.customers.services.proposing import (
    merge_proposal,
    refuse_proposal,
    reopen_proposal,
    start_finding,
)
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from cxm.work.models import Job
from tests import make
from tests.customers import people

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db


def find(by: Membership) -> Job:
    """Look for duplicates to the end."""
    with tenant_bound(by.tenant_id):
        job = start_finding(tenant=by.tenant, by=by, now=make.NOW)
    drain(by.tenant_id)
    with tenant_bound(by.tenant_id):
        return Job.objects.for_tenant(by.tenant).get(pk=job.pk)


def _proposed(tenant: Tenant) -> list[tuple[str, str, set[UUID]]]:
    with tenant_bound(tenant.pk):
        rows = MergeProposal.objects.for_tenant(tenant).order_by("at", "pk")
        return [(row.reason, row.state, {row.first_id, row.second_id}) for row in rows]


def _only(tenant: Tenant) -> MergeProposal:
    with tenant_bound(tenant.pk):
        return MergeProposal.objects.for_tenant(tenant).select_related("tenant").get()


def _two(tenant: Tenant) -> tuple[Customer, Customer]:
    one = people.person(of=tenant, email="maya.lindt@example.com")
    return one, people.person(of=tenant, email="mayalindt+shop@example.com")


def test_one_mailbox_in_two_spellings_is_proposed() -> None:
    by = make.member()
    one, other = _two(by.tenant)
    people.person(of=by.tenant, email="maya.lindt@example.org")

    job = find(by)

    assert _proposed(by.tenant) == [("email", "open", {one.pk, other.pk})]
    assert (job.state, job.message) == ("done", "1 pair proposed")


def test_one_phone_number_is_proposed_where_names_are_alike() -> None:
    by = make.member()
    one = people.person("Maya Lindt", of=by.tenant, phone="+491715552323")
    other = people.person("Maja Lindt", of=by.tenant, phone="01715552323")
    people.person("Tom Okafor", of=by.tenant, phone="00491715552323")

    find(by)

    assert _proposed(by.tenant) == [("phone", "open", {one.pk, other.pk})]


def test_one_name_at_one_company_is_proposed() -> None:
    by = make.member()
    one, other, elsewhere = (
        people.person(name, of=by.tenant, number=f"C-{n}")
        for n, name in enumerate(("Zoë Lindt", "zoe lindt", "Zoë Lindt"))
    )
    people.employee(one)
    people.employee(other)
    people.employee(elsewhere, "Other Ltd")

    find(by)

    assert _proposed(by.tenant) == [("company", "open", {one.pk, other.pk})]


def test_visitors_merged_and_erased_people_are_not_proposed() -> None:
    by = make.member()
    one, other = _two(by.tenant)
    gone = people.person(of=by.tenant, email="may.alindt@example.com")
    with tenant_bound(by.tenant_id):
        Customer.objects.for_tenant(by.tenant).filter(pk=gone.pk).update(erased_at=make.NOW)
    people.merge(one, other, by)

    find(by)

    assert _proposed(by.tenant) == []


def test_what_many_people_share_is_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    by = make.member()
    for n in range(4):
        people.person(of=by.tenant, phone=f"+{n}1715552323")
    monkeypatch.setattr(proposing, "MOST_SHARING", 3)

    job = find(by)

    assert _proposed(by.tenant) == []
    assert job.message == "0 pairs proposed; 1 shared by more than 3 people left out"


def test_no_more_proposals_are_open_than_anybody_can_read(monkeypatch: pytest.MonkeyPatch) -> None:
    by = make.member()
    for n in range(4):
        people.person(of=by.tenant, phone=f"+{n}1715552323")
    monkeypatch.setattr(proposing, "MOST_OPEN", 2)

    find(by)
    find(by)

    assert len(_proposed(by.tenant)) == 2


def test_not_the_same_is_remembered_also_after_other_merges() -> None:
    by = make.member()
    one, other = _two(by.tenant)
    find(by)
    with tenant_bound(by.tenant_id):
        refuse_proposal(proposal=_only(by.tenant), by=by, now=make.NOW)
    people.merge(one, people.person("Maya Lindt", of=by.tenant, number="C-1"), by)

    find(by)

    assert _proposed(by.tenant) == [("email", "refused", {one.pk, other.pk})]
    refused = _only(by.tenant)
    assert (refused.decided_by_id, refused.decided_at) == (by.pk, make.NOW)


def test_a_refusal_can_be_taken_back() -> None:
    by = make.member()
    _two(by.tenant)
    find(by)
    with tenant_bound(by.tenant_id):
        refused = refuse_proposal(proposal=_only(by.tenant), by=by, now=make.NOW)

        reopened = reopen_proposal(proposal=refused, by=by)

    assert (reopened.state, reopened.decided_by_id) == ("open", None)


@pytest.mark.parametrize("keeps", ["first", "second"])
def test_a_proposal_is_merged_into_the_one_chosen_and_opens_again_when_parted(keeps: str) -> None:
    by = make.member()
    one, other = sorted(_two(by.tenant), key=lambda row: row.pk)
    survivor = one if keeps == "first" else other
    find(by)
    with tenant_bound(by.tenant_id):
        merge = merge_proposal(
            proposal=_only(by.tenant), by=by, now=make.NOW, survivor_id=survivor.pk
        )
    merged = _only(by.tenant).state
    assert people.roots_of(one, other) == [survivor.pk, survivor.pk]

    with tenant_bound(by.tenant_id):
        unmerge_customers(merge=merge, by=by, now=make.NOW)

    assert (merged, _only(by.tenant).state) == ("merged", "open")


def test_a_pair_is_decided_once() -> None:
    by = make.member()
    _two(by.tenant)
    find(by)
    with tenant_bound(by.tenant_id):
        proposal = _only(by.tenant)
        refuse_proposal(proposal=proposal, by=by, now=make.NOW)

        with pytest.raises(DecidedAlreadyError):
            merge_proposal(proposal=proposal, by=by, now=make.NOW)


def test_two_numbers_of_one_numbering_stay_open_until_confirmed() -> None:
    by = make.member()
    for customer, number in zip(_two(by.tenant), "12", strict=True):
        people.identity(customer, "external", number, namespace="crm")
    find(by)

    with tenant_bound(by.tenant_id), pytest.raises(TwoNumbersError):
        merge_proposal(proposal=_only(by.tenant), by=by, now=make.NOW)

    assert _only(by.tenant).state == "open"


def test_one_search_at_a_time() -> None:
    by = make.member()

    with tenant_bound(by.tenant_id):
        first = start_finding(tenant=by.tenant, by=by, now=make.NOW)
        second = start_finding(tenant=by.tenant, by=by, now=make.NOW)

    assert first.pk == second.pk
