"""Asking one customer from their page: once, with the reason where they are not asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.models import Distribution, Invitation
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.outreach import delivered, distribution, rule

if TYPE_CHECKING:
    from django.http import HttpResponse

    from cxm.customers.models import Customer
    from cxm.tenants.models import Membership


@pytest.fixture
def member(db: None) -> Membership:
    return make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN)


@pytest.fixture
def hand(member: Membership) -> Client:
    return _browser(member)


@pytest.fixture
def row(member: Membership) -> Distribution:
    with tenant_bound(member.tenant_id):
        return distribution(asked_survey(member), by=member, audience="api")


@pytest.fixture
def ana(member: Membership) -> Customer:
    with tenant_bound(member.tenant_id):
        customer: Customer | None = delivered(member.tenant, "ana@example.com").customer
    assert customer
    return customer


def _browser(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _url(member: Membership, name: str, customer: Customer) -> str:
    return reverse(f"feedback:{name}", args=[member.tenant.slug, customer.pk])


def _invitations(member: Membership) -> list[Invitation]:
    with tenant_bound(member.tenant_id):
        return list(Invitation.objects.for_tenant(member.tenant))


def _post(client: Client, member: Membership, customer: Customer, **told: Any) -> HttpResponse:
    return client.post(_url(member, "customer-ask", customer), told)  # type: ignore[return-value]


def test_pressing_twice_asks_once(
    hand: Client, member: Membership, row: Distribution, ana: Customer
) -> None:
    page = hand.get(_url(member, "customer-asked", ana)).content.decode()
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    told = {"key": found[1], "distribution": str(row.pk)}

    first, second = _post(hand, member, ana, **told), _post(hand, member, ana, **told)

    [asked] = _invitations(member)
    assert (asked.customer_id, asked.state) == (ana.pk, "queued")
    assert first.headers["Location"] == second.headers["Location"]
    assert str(asked.pk) in first.headers["Location"]


def test_why_somebody_is_not_asked_stands_at_the_choice(
    hand: Client, member: Membership, row: Distribution, ana: Customer
) -> None:
    with tenant_bound(member.tenant_id):
        rule("quiet_period", of=member.tenant, days=30)
    _post(hand, member, ana, key=new_id(), distribution=row.pk)

    refused = _post(hand, member, ana, key=new_id(), distribution=row.pk)

    assert refused.status_code == 422
    shown = refused.content.decode()
    assert "Not asked: asked or answered too recently." in shown
    assert f'value="{row.pk}" selected' in shown
    assert len(_invitations(member)) == 1


@pytest.mark.parametrize(
    "told", [{}, {"distribution": "x"}, {"key": "x"}, {"distribution": "\x00", "key": "\x00"}]
)
def test_what_is_malformed_asks_nobody(
    hand: Client, member: Membership, row: Distribution, ana: Customer, told: dict[str, str]
) -> None:
    assert row.state == "active"
    assert _post(hand, member, ana, **told).status_code == 422
    assert _invitations(member) == []


def test_where_nothing_asks_the_page_says_what_to_do(
    hand: Client, member: Membership, row: Distribution, ana: Customer
) -> None:
    with tenant_bound(member.tenant_id):
        Distribution.objects.for_tenant(member.tenant).update(state="paused")

    page = hand.get(_url(member, "customer-asked", ana)).content.decode()

    assert "Nothing asks at the moment" in page
    assert "Ask now</button>" not in page
    refused = _post(hand, member, ana, key=new_id(), distribution=row.pk)
    assert (refused.status_code, _invitations(member)) == (422, [])


def test_who_may_not_edit_sees_no_button_and_asks_nobody(
    member: Membership, row: Distribution, ana: Customer
) -> None:
    other = _browser(make.member(of=member.tenant, role=Role.VIEWER))

    assert "Ask now" not in other.get(_url(member, "customer-asked", ana)).content.decode()
    assert _post(other, member, ana, key=new_id(), distribution=row.pk).status_code in (403, 404)
    assert _invitations(member) == []


def test_those_of_others_are_not_there(hand: Client, member: Membership, row: Distribution) -> None:
    pier = make.member(of=make.tenant(name="Pier"), role=Role.ADMIN)
    with tenant_bound(pier.tenant_id):
        bob = delivered(pier.tenant, "bob@example.com").customer
    assert bob

    assert _post(hand, member, bob, key=new_id(), distribution=row.pk).status_code == 404
    refused = _post(_browser(pier), pier, bob, key=new_id(), distribution=row.pk)
    assert refused.status_code == 422
    assert _invitations(member) == []
