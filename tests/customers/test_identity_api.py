"""Merges, proposals and erasures over the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.customers.models import Customer, CustomerMerge, MergeProposal
from cxm.customers.services.receipts import is_genuine
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from cxm.work.engine import drain
from tests import make
from tests.customers import people

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.tenants.models import Tenant

    type Send = Callable[..., Any]

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return make.tenant()


@pytest.fixture
def send(tenant: Tenant) -> Send:
    """Give what calls the API with a key that has the rights named, by default all."""

    def send_(method: str, path: str, body: Any = None, rights: Any = tuple(Right)) -> Any:
        _, key = make.api_key(of=tenant, rights=rights)
        call = getattr(Client(), method)
        headers = {"X-Api-Key": key}
        if method == "get":
            return call(f"/api/v1/{path}", body or {}, headers=headers)
        return call(f"/api/v1/{path}", body or {}, content_type="application/json", headers=headers)

    return send_


def _proposal(one: Customer, other: Customer) -> MergeProposal:
    first, second = sorted((one.pk, other.pk))
    with tenant_bound(one.tenant_id):
        return MergeProposal.objects.create(
            tenant=one.tenant, first_id=first, second_id=second, reason="phone", at=make.NOW
        )


def test_a_customer_is_merged_into_another(tenant: Tenant, send: Send) -> None:
    one, other = (people.person(of=tenant, browser=name) for name in "ab")

    answer = send("post", f"customers/{one.pk}/merge/", {"into": str(other.pk), "reason": "same"})

    said = answer.json()
    assert answer.status_code == 201
    assert (said["survivor"], said["absorbed"], said["rule"]) == (
        str(other.pk),
        str(one.pk),
        "api",
    )
    assert people.roots_of(one, other) == [other.pk, other.pk]


def test_merging_into_oneself_and_into_strangers_is_refused_in_words(
    tenant: Tenant, send: Send
) -> None:
    one = people.person(of=tenant, browser="a")
    stranger = people.person(of=make.tenant(), browser="a")

    itself = send("post", f"customers/{one.pk}/merge/", {"into": str(one.pk)})
    unknown = send("post", f"customers/{one.pk}/merge/", {"into": str(stranger.pk)})
    foreign = send("post", f"customers/{stranger.pk}/merge/", {"into": str(one.pk)})

    assert (itself.status_code, unknown.status_code, foreign.status_code) == (422, 422, 404)
    assert itself.json()["errors"][0]["code"] == "one_already"
    assert unknown.json()["errors"][0]["field"] == "into"


def test_two_numbers_must_be_confirmed(tenant: Tenant, send: Send) -> None:
    one, other = (people.person(of=tenant, number=number) for number in "12")
    body = {"into": str(other.pk)}

    refused = send("post", f"customers/{one.pk}/merge/", body)
    done = send("post", f"customers/{one.pk}/merge/", {**body, "confirm": True})

    assert refused.json()["errors"][0]["field"] == "confirm"
    assert (refused.status_code, done.status_code) == (422, 201)


def test_merges_are_listed_and_taken_back(tenant: Tenant, send: Send) -> None:
    key, _ = make.api_key(of=tenant)
    one, other, third = (people.person(of=tenant, browser=name) for name in "abc")
    first, second = people.merge(one, other, key), people.merge(third, other, key)

    undone = send("post", f"customer-merges/{first.pk}/unmerge/")
    again = send("post", f"customer-merges/{first.pk}/unmerge/")
    listed = send("get", "customer-merges/").json()["results"]
    of_one = send("get", "customer-merges/", {"customer": str(third.pk)}).json()["results"]

    assert undone.json()["undone_at"] is not None
    assert again.json()["errors"][0]["code"] == "apart_already"
    assert {row["id"] for row in listed} == {str(first.pk), str(second.pk)}
    assert {row["id"] for row in of_one} == {str(first.pk), str(second.pk)}
    assert people.roots_of(one, other, third) == [one.pk, other.pk, other.pk]


def test_proposals_are_found_listed_and_decided(tenant: Tenant, send: Send) -> None:
    one, other = (
        people.person(of=tenant, email=f"{name}@x.example") for name in ("maya.l", "mayal+1")
    )
    started = send("post", "merge-proposals/find/").json()
    drain(tenant.pk)
    job = send("get", f"jobs/{started['job']}/").json()
    [proposal] = send("get", "merge-proposals/").json()["results"]

    refused = send("post", f"merge-proposals/{proposal['id']}/refuse/")
    none = send("get", "merge-proposals/").json()["results"]
    send("post", f"merge-proposals/{proposal['id']}/reopen/")
    merged = send("post", f"merge-proposals/{proposal['id']}/merge/", {"survivor": str(one.pk)})

    assert (job["kind"], job["state"]) == ("customers.find-duplicates", "done")
    assert {proposal["first"], proposal["second"]} == {str(one.pk), str(other.pk)}
    assert proposal["reason_words"] == "the same e-mail address in two spellings"
    assert (refused.json()["state"], none) == ("refused", [])
    assert merged.json()["survivor"] == str(one.pk)
    assert people.roots_of(other) == [one.pk]


def test_a_survivor_who_is_none_of_the_two_is_refused(tenant: Tenant, send: Send) -> None:
    one, other, third = (people.person(of=tenant, browser=name) for name in "abc")
    proposal = _proposal(one, other)

    answer = send("post", f"merge-proposals/{proposal.pk}/merge/", {"survivor": str(third.pk)})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "survivor"


def test_a_person_is_erased_and_the_receipt_read(tenant: Tenant, send: Send) -> None:
    maya = people.person(of=tenant, email="maya@lindt.example")

    begun = send("delete", f"customers/{maya.pk}/")
    early = send("get", f"erasures/{begun.json()['erasure']}/receipt/")
    twice = send("delete", f"customers/{maya.pk}/")
    drain(tenant.pk)
    receipt = send("get", f"erasures/{begun.json()['erasure']}/receipt/")
    job = send("get", f"jobs/{begun.json()['job']}/").json()

    assert (begun.status_code, early.status_code, twice.status_code) == (202, 404, 422)
    assert (receipt.json()["customer"], job["state"]) == (str(maya.pk), "done")
    assert is_genuine(receipt.json())


@pytest.mark.parametrize(
    ("method", "path", "right"),
    [
        ("post", "customers/{customer}/merge/", Right.EDIT_CUSTOMERS),
        ("get", "customer-merges/", Right.SEE_CUSTOMERS),
        ("post", "customer-merges/{merge}/unmerge/", Right.EDIT_CUSTOMERS),
        ("get", "merge-proposals/", Right.EDIT_CUSTOMERS),
        ("post", "merge-proposals/find/", Right.EDIT_CUSTOMERS),
        ("post", "merge-proposals/{proposal}/merge/", Right.EDIT_CUSTOMERS),
        ("post", "merge-proposals/{proposal}/refuse/", Right.EDIT_CUSTOMERS),
        ("post", "merge-proposals/{proposal}/reopen/", Right.EDIT_CUSTOMERS),
        ("delete", "customers/{customer}/", Right.ERASE_PERSONS),
        ("get", "erasures/{merge}/receipt/", Right.ERASE_PERSONS),
    ],
)
def test_every_deed_needs_its_right(
    method: str, path: str, right: Right, tenant: Tenant, send: Send
) -> None:
    key, _ = make.api_key(of=tenant)
    one, other, third = (people.person(of=tenant, browser=name) for name in "abc")
    merge, proposal = people.merge(one, other, key), _proposal(other, third)
    address = path.format(customer=third.pk, merge=merge.pk, proposal=proposal.pk)

    answer = send(method, address, rights=[r for r in Right if r != right])

    assert answer.status_code == 403
    with tenant_bound(tenant.pk):
        assert CustomerMerge.objects.for_tenant(tenant).filter(undone_at=None).count() == 1
        assert not Customer.objects.for_tenant(tenant).exclude(erased_at=None).exists()
