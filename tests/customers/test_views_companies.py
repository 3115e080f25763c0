"""Companies: the list, and the page of one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxm.customers.models import AttributeDef, Company
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from tests import make
from tests.customers import people

if TYPE_CHECKING:
    from typing import Any

    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def _company(of: Tenant, name: str = "Tindra Wholesale", **attributes: Any) -> Company:
    with tenant_bound(of.pk):
        return Company.objects.create(
            tenant=of, name=name, external_id=name, attributes=attributes, changed_at=make.NOW
        )


def _get(member: Membership, name: str, *args: object, **query: str) -> Any:
    client = Client()
    client.force_login(member.user)
    return client.get(reverse(f"customers:{name}", args=[member.tenant.slug, *args]), query)


def _text(answer: Any) -> str:
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_list_costs_the_same_for_one_row_and_for_three() -> None:
    member, client = make.member(), Client()
    client.force_login(member.user)
    url = reverse("customers:company-list", args=[member.tenant.slug])
    counts = []

    for names in (["A"], ["B", "C"]):
        for name in names:
            people.employee(people.person(name, of=member.tenant), name)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))

    assert counts == [11, 11]


def test_companies_are_listed_by_name_with_their_people_once() -> None:
    member = make.member(role=Role.ADMIN)
    tenant = member.tenant
    old, one = people.person("Old", of=tenant), people.person("One", of=tenant)
    for customer in (old, one, people.person("Two", of=tenant)):
        people.employee(customer)
    people.merge(old, one, member)
    _company(tenant, "Alpha")

    page = _text(_get(member, "company-list"))

    assert page.index("Alpha") < page.index("Tindra Wholesale")
    assert re.search(r'\?company=[0-9a-f-]{36}">2</a>', page)


@pytest.mark.parametrize(("q", "found"), [("TIND", True), ("in\0d", True), ("x", False)])
def test_companies_are_found_by_a_part_of_their_name(q: str, found: bool) -> None:
    member = make.member()
    _company(member.tenant)

    assert ("Tindra Wholesale" in _text(_get(member, "company-list", q=q))) is found


def test_an_empty_list_says_how_companies_come() -> None:
    assert "No companies yet" in _text(_get(make.member(), "company-list"))


def test_the_page_shows_people_attributes_and_what_happened_last() -> None:
    member = make.member()
    tenant = member.tenant
    company = _company(tenant, plan="pro", seats="many")
    with tenant_bound(tenant.pk):
        AttributeDef.objects.create(
            tenant=tenant, scope="company", key="seats", title="Seats", type="number"
        )
    maya = people.person("Maya Lindt", of=tenant, email="maya@example.com")
    people.employee(maya)
    people.fact(maya, "order_placed", title="")

    page = _text(_get(member, "company-detail", company.pk))

    assert "1 person known" in page
    assert "Maya Lindt" in page
    assert "maya@example.com" in page
    assert "Order placed" in page
    assert '<dt>Plan</dt><dd class="anywhere">pro</dd>' in page
    assert '<dt>Seats</dt><dd class="anywhere">many <span class="badge is-warn">' in page


def test_the_page_costs_the_same_for_one_person_and_for_three() -> None:
    member, client = make.member(), Client()
    client.force_login(member.user)
    company = _company(member.tenant, plan="pro")
    url = reverse("customers:company-detail", args=[member.tenant.slug, company.pk])
    counts = []

    for names in (["A"], ["B", "C"]):
        for name in names:
            customer = people.person(name, of=member.tenant, email=f"{name}@example.com")
            people.employee(customer, company.name)
            people.fact(customer, channel=make.channel(of=member.tenant))
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))

    assert counts == [23, 23]


def test_an_analyst_sees_of_people_and_personal_attributes_what_is_left() -> None:
    member = make.member(role=Role.ANALYST)
    tenant = member.tenant
    company = _company(tenant, plan="pro", owner="Maya Lindt")
    with tenant_bound(tenant.pk):
        AttributeDef.objects.create(
            tenant=tenant, scope="company", key="plan", title="Plan", type="text", personal="none"
        )
    maya = people.person("Maya Lindt", of=tenant, email="maya@example.com")
    people.employee(maya)
    people.fact(maya, "call", title="Call with Maya Lindt")

    page = _text(_get(member, "company-detail", company.pk))

    assert [word in page for word in ("Maya", "Lindt", "maya")] == [False] * 3
    assert "Call with [name]" in page
    assert "<dt>Plan</dt>" in page
    assert "1 personal attribute" in page


@pytest.mark.parametrize("name", ["company-list", "company-detail"])
def test_companies_are_not_found_by_those_who_may_not_see_customers(name: str) -> None:
    member = make.member(role=Role.VIEWER)
    args = [_company(member.tenant).pk] if name == "company-detail" else []

    assert _get(member, name, *args).status_code == 404


def test_a_company_of_another_tenant_is_not_found() -> None:
    company = _company(make.tenant())

    assert _get(make.member(), "company-detail", company.pk).status_code == 404
