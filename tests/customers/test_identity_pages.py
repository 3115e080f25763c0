"""Pages of identities: joining, taking apart, deciding about pairs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxm.customers.models import Customer, CustomerMerge, MergeProposal
from cxm.customers.services.joining import unmerge_customers
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.customers import people

if TYPE_CHECKING:
    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def _url(of: Tenant, name: str, *args: object) -> str:
    return reverse(f"customers:{name}", args=[of.slug, *args])


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _pair(by: Membership, **second: str) -> tuple[Customer, Customer]:
    one = people.person("Maya Lindt", of=by.tenant, email="maya@lindt.example")
    return one, people.person("Maja Lindt", of=by.tenant, **(second or {"phone": "+4917155523"}))


def _proposal(one: Customer, other: Customer, state: str = "open") -> MergeProposal:
    first, second = sorted((one.pk, other.pk))
    with tenant_bound(one.tenant_id):
        return MergeProposal.objects.create(
            tenant=one.tenant,
            first_id=first,
            second_id=second,
            reason="phone",
            at=make.NOW,
            state=state,
        )


def _state(proposal: MergeProposal) -> str:
    with tenant_bound(proposal.tenant_id):
        return MergeProposal.objects.for_tenant(proposal.tenant_id).get(pk=proposal.pk).state


# Identities


def test_the_page_explains_why_two_records_are_one_person() -> None:
    by = make.member()
    one, other = _pair(by)
    people.fact(other, kind="response")
    people.merge(other, one, by, reason="same voice")

    shown = _client(by).get(_url(by.tenant, "customer-identities", one.pk)).content.decode()

    assert "2 records, one person" in shown
    assert "+4917155523" in shown
    assert "Joined by hand: “same voice”" in shown
    name, stays = f"Maja Lindt ({other.pk.hex[-4:]})", f"Maya Lindt ({one.pk.hex[-4:]})"
    assert f"{name} was joined with {stays} on 20 Nov 2026 by A member." in shown
    assert "1 interaction, 1 response" in shown


def test_the_record_of_a_merged_customer_leads_to_the_one_shown() -> None:
    by = make.member()
    one, other = _pair(by)
    people.merge(other, one, by)

    answer = _client(by).get(_url(by.tenant, "customer-identities", other.pk))

    assert answer["Location"] == _url(by.tenant, "customer-identities", one.pk)


def test_those_who_may_not_see_persons_see_masked_identifiers() -> None:
    by = make.member()
    one, other = _pair(by)
    people.merge(other, one, by, reason="Maja Lindt called")
    analyst = make.member(of=by.tenant, role=Role.ANALYST)

    page = _client(analyst).get(_url(by.tenant, "customer-identities", one.pk)).content.decode()

    secrets = ("maya@lindt.example", "5523<", "Maya", "Maja", "Lindt")
    assert [secret for secret in secrets if secret in page] == []
    assert "m…@…" in page


def test_the_page_costs_the_same_whatever_was_merged() -> None:
    by = make.member()
    one = people.person(of=by.tenant, number="C-1")
    client, url, counts = _client(by), _url(by.tenant, "customer-identities", one.pk), []
    client.get(url)

    for more in (1, 2):
        for number in range(more):
            people.merge(people.person(of=by.tenant, browser=f"{more}{number}"), one, by)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))

    assert counts[0] == counts[1]


# Joining


@pytest.mark.parametrize("asked", ["+49 171 555 23", "by id", "by link"])
def test_another_customer_is_named_by_an_identifier_or_a_link(asked: str) -> None:
    by = make.member()
    one, other = _pair(by)
    link = f"https://x.example/t/acme/customers/{other.pk}/"
    said = {"by id": str(other.pk), "by link": link}.get(asked, asked)

    page = _client(by).get(_url(by.tenant, "customer-merge", one.pk), {"other": said})

    shown = page.content.decode()
    assert page.status_code == 200
    assert "Maja Lindt will be shown as Maya Lindt, with no interactions." in shown


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("nobody@example.com", "No customer has this number or address."),
        ("", "Name the other customer."),
        ("maya@lindt.example", "This is the same customer: name another one."),
    ],
)
def test_who_cannot_be_found_is_said_at_the_field(asked: str, words: str) -> None:
    by = make.member()
    one, _ = _pair(by)

    page = _client(by).get(_url(by.tenant, "customer-merge", one.pk), {"other": asked})

    assert page.status_code == 422
    assert words in page.content.decode()


@pytest.mark.parametrize("stays", ["this", "other"])
def test_two_customers_are_joined_as_the_one_chosen(stays: str) -> None:
    by = make.member()
    one, other = _pair(by)
    url = f"{_url(by.tenant, 'customer-merge', one.pk)}?other={other.pk}"

    answer = _client(by).post(url, {"stays": stays, "reason": "same voice"})

    root = one if stays == "this" else other
    assert answer["Location"] == _url(by.tenant, "customer-identities", root.pk)
    assert people.roots_of(one, other) == [root.pk, root.pk]
    with tenant_bound(by.tenant_id):
        assert CustomerMerge.objects.for_tenant(by.tenant).get().evidence == {
            "reason": "same voice"
        }


def test_two_numbers_need_a_tick() -> None:
    by = make.member()
    one = people.person(of=by.tenant, number="C-1")
    other = people.person(of=by.tenant, number="C-2")
    url = f"{_url(by.tenant, 'customer-merge', one.pk)}?other={other.pk}"

    refused = _client(by).post(url, {"stays": "this"})
    done = _client(by).post(url, {"stays": "this", "confirm": "on"})

    assert refused.status_code == 422
    assert "Both have a customer number of their own in crm" in refused.content.decode()
    assert done.status_code == 302
    assert people.roots_of(other) == [one.pk]


def test_a_choice_that_is_none_is_refused() -> None:
    by = make.member()
    one, other = _pair(by)

    answer = _client(by).post(
        f"{_url(by.tenant, 'customer-merge', one.pk)}?other={other.pk}", {"stays": "both"}
    )

    assert answer.status_code == 422
    assert people.roots_of(one, other) == [one.pk, other.pk]


# Taking apart


def test_taking_apart_says_what_moves_and_moves_it() -> None:
    by = make.member()
    one, other = _pair(by)
    people.fact(other)
    merge = people.merge(other, one, by)
    url = _url(by.tenant, "customer-unmerge", merge.pk)

    before = _client(by).get(url).content.decode()
    answer = _client(by).post(url)

    other_name, name = f"Maja Lindt ({other.pk.hex[-4:]})", f"Maya Lindt ({one.pk.hex[-4:]})"
    assert f"{other_name} will stand apart from {name} again, with 1 interaction" in before
    assert answer["Location"] == _url(by.tenant, "customer-identities", one.pk)
    assert people.roots_of(one, other) == [one.pk, other.pk]


def test_what_is_apart_already_is_refused_in_words() -> None:
    by = make.member()
    merge = people.merge(*_pair(by), by)
    with tenant_bound(by.tenant_id):
        unmerge_customers(merge=merge, by=by, now=make.NOW)

    answer = _client(by).post(_url(by.tenant, "customer-unmerge", merge.pk))

    assert answer.status_code == 422
    assert "These two were taken apart already." in answer.content.decode()


# Pairs


def test_a_pair_is_shown_side_by_side() -> None:
    by = make.member()
    one, other = _pair(by)
    people.employee(one)
    people.fact(one)
    _proposal(one, other)

    shown = _client(by).get(_url(by.tenant, "proposal-list")).content.decode()

    assert "the same phone number and similar names" in shown
    for text in ("maya@lindt.example", "+4917155523", "Tindra Wholesale", "Alike", "One side"):
        assert text in shown
    assert "both are shown as Maya Lindt" in shown


def test_the_list_of_pairs_costs_the_same_for_one_and_for_three() -> None:
    by = make.member()
    client, counts = _client(by), []
    url = _url(by.tenant, "proposal-list")
    client.get(url)

    for more in (1, 2):
        for number in range(more):
            one = people.person(of=by.tenant, browser=f"a{more}{number}")
            _proposal(one, people.person(of=by.tenant, browser=f"b{more}{number}"))
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("is_htmx", [False, True])
def test_a_pair_is_merged_from_the_list(*, is_htmx: bool) -> None:
    by = make.member()
    one, other = _pair(by)
    people.fact(one)
    proposal = _proposal(one, other)
    url = _url(by.tenant, "proposal-merge", proposal.pk)

    answer = _client(by).post(url, headers=HTMX if is_htmx else {})

    assert people.roots_of(one, other) == [one.pk, one.pk]
    assert _state(proposal) == "merged"
    if is_htmx:
        toast = json.loads(answer["HX-Trigger"])["toast"]
        assert toast["words"] == "Maja Lindt is shown as Maya Lindt now."
        assert toast["undo_url"].endswith("/unmerge/")
        assert answer.content.decode().lstrip().startswith('<div id="proposal-rows"')
    else:
        assert answer["Location"] == _url(by.tenant, "proposal-list")


def test_a_pair_that_is_not_the_same_is_remembered_and_can_be_asked_again() -> None:
    by = make.member()
    proposal = _proposal(*_pair(by))
    client, listed = _client(by), _url(by.tenant, "proposal-list")

    client.post(_url(by.tenant, "proposal-refuse", proposal.pk))
    refused = client.get(listed, {"state": "refused"}).content.decode()
    state = _state(proposal)
    client.post(_url(by.tenant, "proposal-reopen", proposal.pk), headers=HTMX)

    assert "Ask again" in refused
    assert (state, _state(proposal)) == ("refused", "open")


@pytest.mark.parametrize("deed", ["merge", "refuse"])
def test_a_pair_decided_by_somebody_else_is_told(deed: str) -> None:
    by = make.member()
    proposal = _proposal(*_pair(by), state="refused")

    answer = _client(by).post(_url(by.tenant, f"proposal-{deed}", proposal.pk), headers=HTMX)

    assert answer.status_code == 422
    assert "Somebody has decided about this pair already." in answer.content.decode()


def test_a_pair_with_two_numbers_is_led_to_the_question() -> None:
    by = make.member()
    one, other = (people.person(of=by.tenant, number=number) for number in "12")
    proposal = _proposal(one, other)
    client = _client(by)

    listed = client.get(_url(by.tenant, "proposal-list")).content.decode()
    plain = client.post(_url(by.tenant, "proposal-merge", proposal.pk))
    by_htmx = client.post(_url(by.tenant, "proposal-merge", proposal.pk), headers=HTMX)

    target = f"{_url(by.tenant, 'customer-merge', one.pk)}?other={other.pk}"
    assert target in listed
    assert (plain["Location"], by_htmx["HX-Redirect"]) == (target, target)
    assert _state(proposal) == "open"


def test_looking_for_duplicates_is_a_job() -> None:
    by = make.member()
    for email in ("maya.lindt@x.example", "mayalindt@x.example"):
        people.person(of=by.tenant, email=email)
    client = _client(by)

    client.post(_url(by.tenant, "proposal-find"))
    drain(by.tenant_id)

    shown = client.get(_url(by.tenant, "proposal-list")).content.decode()
    assert "the same e-mail address in two spellings" in shown


# Who may


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("customer-identities", Role.VIEWER),
        ("customer-merge", Role.AGENT),
        ("customer-unmerge", Role.ANALYST),
        ("customer-erase", Role.MANAGER),
        ("proposal-list", Role.AGENT),
        ("proposal-find", Role.AGENT),
        ("proposal-merge", Role.VIEWER),
        ("proposal-refuse", Role.VIEWER),
        ("proposal-reopen", Role.VIEWER),
    ],
)
def test_who_has_not_the_right_and_who_is_a_stranger_finds_nothing(name: str, role: Role) -> None:
    by = make.member()
    one, other = _pair(by)
    arguments: dict[str, list[object]] = {
        "customer": [one.pk],
        "customer-unmerge": [people.merge(other, one, by).pk],
        "proposal": [_proposal(one, people.person(of=by.tenant, browser="b")).pk],
        "proposal-list": [],
        "proposal-find": [],
    }
    asked = arguments.get(name, arguments[name.partition("-")[0]])
    mine, theirs = make.member(of=by.tenant, role=role), make.member()
    tries = []
    for member, tenant in ((mine, by.tenant), (theirs, by.tenant), (theirs, theirs.tenant)):
        if member is theirs and tenant is theirs.tenant and not asked:
            continue
        client, url = _client(member), _url(tenant, name, *asked)
        tries += [client.get(url).status_code, client.post(url).status_code]

    assert set(tries) <= {404, 405}
    assert people.roots_of(one, other) == [one.pk, one.pk]
