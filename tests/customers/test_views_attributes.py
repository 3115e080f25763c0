"""The page of settings that says what attributes are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxm.customers.models import AttributeDef
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from tests import make
from tests.customers import people

if TYPE_CHECKING:
    from typing import Any

    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db
DESCRIBED = {"title": "Seats", "type": "number", "personal": "none"}


def _attribute(of: Tenant, key: str = "seats", **fields: str) -> AttributeDef:
    with tenant_bound(of.pk):
        return AttributeDef.objects.create(
            **{"tenant": of, "key": key, "title": key, "type": "unmapped", **fields}
        )


def _again(attribute: AttributeDef) -> AttributeDef:
    with tenant_bound(attribute.tenant_id):
        return AttributeDef.objects.for_tenant(attribute.tenant_id).get(pk=attribute.pk)


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _url(tenant: Tenant, name: str = "attribute-list", *args: object) -> str:
    return reverse(f"customers:{name}", args=[tenant.slug, *args])


def _list(member: Membership, query: str = "") -> str:
    answer = _client(member).get(f"{_url(member.tenant)}?{query}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def _edit(member: Membership, attribute: AttributeDef, sent: dict[str, str] | None = None) -> Any:
    url = _url(attribute.tenant, "attribute-edit", attribute.pk)
    client = _client(member)
    return client.get(url) if sent is None else client.post(url, sent)


def test_the_list_costs_the_same_for_one_row_and_for_three() -> None:
    member = make.member()
    client, url = _client(member), _url(member.tenant)
    counts = []

    for keys in (["a"], ["b", "c"]):
        for key in keys:
            _attribute(member.tenant, key)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))

    assert counts == [12, 12]


def test_what_nobody_has_described_comes_first_and_what_is_built_in_not_at_all() -> None:
    member = make.member()
    for key, kind in [("alpha", "text"), ("zeta", "unmapped"), ("email", "unmapped")]:
        _attribute(member.tenant, key, type=kind)

    page = _list(member)

    assert re.findall(r'<th scope="row" class="name"><span>(\w+)', page) == ["zeta", "alpha"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [("q=LPH", ["alpha"]), ("scope=company", ["beta"]), ("unmapped=1", ["beta"]), ("scope=x", 2)],
)
def test_the_list_is_filtered(query: str, shown: list[str] | int) -> None:
    member = make.member()
    _attribute(member.tenant, "alpha", type="text")
    _attribute(member.tenant, "beta", scope="company")

    found = re.findall(r'<th scope="row" class="name"><span>(\w+)', _list(member, query))

    assert found == shown or len(found) == shown


def test_values_that_do_not_fit_are_shown_and_counted() -> None:
    member = make.member()
    _attribute(member.tenant, type="number")
    for name, seats in [("A", 12), ("B", "many"), ("C", 12)]:
        people.attribute(people.person(name, of=member.tenant), "seats", seats)

    page = _list(member)

    assert '<span class="value">12</span>' in page
    assert 'does not fit:</span> <span class="value">many</span>' in page
    assert "3 of 3" in page


def test_an_analyst_sees_examples_of_what_is_not_personal_only() -> None:
    member = make.member(role=Role.ANALYST)
    customer = people.person(of=member.tenant)
    for key, value, personal in [("plan", "pro-plan", "none"), ("born", "1990-01-01", "personal")]:
        _attribute(member.tenant, key, type="text", personal=personal)
        people.attribute(customer, key, value)

    page = _list(member)

    assert "pro-plan" in page
    assert "1990-01-01" not in page
    assert "row-actions" not in page


def test_an_attribute_is_described_and_its_values_stay() -> None:
    member = make.member(role=Role.MANAGER)
    attribute = _attribute(member.tenant)
    customer = people.person(of=member.tenant)
    people.attribute(customer, "seats", "many")

    answer = _edit(member, attribute, DESCRIBED)

    told = _again(attribute)
    with tenant_bound(member.tenant.pk):
        entry = AuditEntry.objects.for_tenant(member.tenant).get(action="attribute-described")
    assert answer["Location"] == _url(member.tenant)
    assert (told.key, told.title, told.type, told.personal) == ("seats", "Seats", "number", "none")
    assert entry.changes["type"] == ["unmapped", "number"]
    assert "many" in _list(member)


def test_the_form_offers_a_guess_of_what_it_is() -> None:
    member = make.member(role=Role.MANAGER)
    attribute = _attribute(member.tenant, "seat_count")
    people.attribute(people.person(of=member.tenant), "seat_count", 12)

    page = _edit(member, attribute).content.decode()

    assert 'value="Seat count"' in page
    assert '<option value="number" selected>' in page
    assert "For example 12." in page
    assert "csrfmiddlewaretoken" in page


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"title": "x" * 121}, {"type": "poem"}, {"personal": ""}]
)
def test_bad_input_changes_nothing(wrong: dict[str, str]) -> None:
    member = make.member(role=Role.MANAGER)
    attribute = _attribute(member.tenant)

    answer = _edit(member, attribute, {**DESCRIBED, **wrong})

    assert answer.status_code == 422
    assert _again(attribute).type == "unmapped"


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AGENT, Role.VIEWER])
def test_attributes_are_described_by_those_who_may(role: Role) -> None:
    member = make.member(role=role)
    attribute = _attribute(member.tenant)

    assert _edit(member, attribute, DESCRIBED).status_code == 404
    assert _again(attribute).type == "unmapped"


def test_attributes_of_another_tenant_are_not_found() -> None:
    member, attribute = make.member(), _attribute(make.tenant())

    url = _url(member.tenant, "attribute-edit", attribute.pk)

    assert _client(member).post(url, DESCRIBED).status_code == 404
    assert _again(attribute).type == "unmapped"
