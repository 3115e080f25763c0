"""Customers, companies and attributes in the JSON API."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxm.customers.models import AttributeDef, Company, Customer
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from tests import make
from tests.customers import people

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db
MASKED = (Right.SEE_CUSTOMERS,)


class Api:
    """Speaks with the API for one tenant."""

    def __init__(self, of: Tenant, *rights: Right) -> None:
        _, text = make.api_key(of=of, rights=rights or tuple(Right))
        self.headers = {"X-Api-Key": text}

    def __call__(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        sent = json.dumps(body) if body is not None else ""
        answer = Client().generic(
            method, f"/api/v1/{path}", sent, "application/json", headers=self.headers
        )
        return answer.status_code, answer.json()

    def names(self, query: str = "") -> list[str]:
        """Give the names of the customers listed."""
        status, body = self("GET", f"customers/?{query}")
        assert status == 200
        return [row["name"] for row in body["results"]]


def _attribute(of: Tenant, key: str = "plan", **fields: str) -> AttributeDef:
    with tenant_bound(of.pk):
        return AttributeDef.objects.create(
            **{"tenant": of, "key": key, "title": key.title(), "type": "text", **fields}
        )


def test_customers_are_listed_those_that_came_last_first() -> None:
    tenant = make.tenant()
    people.person("Anna", of=tenant, email="anna@example.com", phone="+491715552323")
    bert = people.person("Bert", of=tenant)
    people.person("", of=tenant, browser="b-1")

    status, body = Api(tenant)("GET", "customers/")

    assert (status, body["next"]) == (200, None)
    assert [row["name"] for row in body["results"]] == ["Bert", "Anna"]
    assert body["results"][0] == {
        "id": str(bert.pk),
        "kind": "known",
        "label": "Bert",
        "name": "Bert",
        "email": "",
        "phone": "",
        "language": "",
        "time_zone": "",
        "is_masked": False,
        "first_seen_at": "2026-11-11T12:00:00Z",
        "last_seen_at": "2026-11-20T12:00:00Z",
        "created_at": body["results"][0]["created_at"],
    }


def test_a_page_costs_the_same_for_one_row_and_for_three() -> None:
    tenant = make.tenant()
    api, counts = Api(tenant), []
    api("GET", "customers/")

    for names in (["A"], ["B", "C"]):
        for name in names:
            people.person(name, of=tenant)
        with CaptureQueriesContext(connection) as queries:
            api("GET", "customers/")
        counts.append(len(queries))

    assert counts == [5, 5]


def test_pages_follow_the_cursor() -> None:
    tenant = make.tenant()
    for name in ("A", "B", "C"):
        people.person(name, of=tenant)
    api = Api(tenant)

    _, first = api("GET", "customers/?limit=2")
    _, second = api("GET", first["next"].partition("/api/v1/")[2])

    assert [row["name"] for row in first["results"] + second["results"]] == ["C", "B", "A"]
    assert second["next"] is None


def test_the_list_is_filtered() -> None:
    tenant = make.tenant()
    anna, _ = people.person("Anna", of=tenant), people.person("Bert", of=tenant)
    people.person("", of=tenant, browser="b-1")
    people.employee(anna)
    people.attribute(anna, "plan", "pro")
    with tenant_bound(tenant.pk):
        company = Company.objects.for_tenant(tenant).get()
    api = Api(tenant)

    queries = ["search=ann", f"company={company.pk}", "attribute=plan%3Dpro"]
    assert [api.names(query) for query in queries] == [["Anna"]] * 3
    assert api.names("kind=visitor") == [""]


@pytest.mark.parametrize(
    "query",
    [
        "kind=x",
        "company=x",
        f"company={'0' * 8}-0000-4000-8000-{'0' * 12}",
        "segment=none",
        "attribute=x",
        "updated_since=soon",
        "unknown=1",
        "search=" + "x" * 201,
    ],
)
def test_a_wrong_filter_is_refused_by_name(query: str) -> None:
    status, body = Api(make.tenant())("GET", f"customers/?{query}")

    assert (status, body["errors"][0]["field"]) == (422, query.partition("=")[0])


def test_only_what_changed_since_a_moment_is_listed() -> None:
    tenant = make.tenant()
    by = make.member(of=tenant, role=Role.ADMIN)
    old, told, merged, gone = (people.person(name, of=tenant) for name in "OTMG")
    with tenant_bound(tenant.pk):
        Customer.objects.for_tenant(tenant).update(
            created_at=make.NOW - timedelta(days=9), last_seen_at=make.NOW - timedelta(days=9)
        )
    people.attribute(told, "plan", "pro")
    people.merge(gone, merged, by)
    people.person("New", of=tenant)

    names = Api(tenant).names("updated_since=2026-11-20T00:00:00Z")

    assert names == ["New", "M", "T"]
    assert old.display_name not in names


def test_one_customer_comes_with_identities_companies_and_attributes() -> None:
    tenant = make.tenant()
    by = make.member(of=tenant, role=Role.ADMIN)
    old = people.person("M. Lindt", of=tenant, number="C-1")
    maya = people.person("Maya Lindt", of=tenant, email="maya@example.com")
    people.attribute(old, "plan", "free")
    people.attribute(old, "seats", "many")
    people.attribute(maya, "plan", "pro")
    people.employee(old)
    people.merge(old, maya, by)
    _attribute(tenant, "seats", type="number")

    status, body = Api(tenant)("GET", f"customers/{old.pk}/")

    assert status == 200
    assert (body["id"], body["name"]) == (str(maya.pk), "Maya Lindt")
    assert sorted(body["ids"]) == sorted([str(old.pk), str(maya.pk)])
    found = [(one["kind"], one["namespace"], one["value"]) for one in body["identities"]]
    assert found == [("external", "crm", "C-1"), ("email", "", "maya@example.com")]
    assert [one["name"] for one in body["companies"]] == ["Tindra Wholesale"]
    plan, seats = body["attributes"]
    assert plan == {
        "key": "plan",
        "title": "Plan",
        "value": "pro",
        "words": "pro",
        "is_fitting": True,
    }
    assert (seats["value"], seats["is_fitting"]) == ("many", False)


def _masked_world() -> tuple[Tenant, Customer]:
    tenant = make.tenant()
    maya = people.person(
        "Maya Lindt",
        of=tenant,
        email="maya.lindt@example.com",
        phone="+491715552323",
        number="C-77001",
    )
    people.attribute(maya, "last_name", "Lindt")
    people.attribute(maya, "plan", "pro")
    _attribute(tenant, "plan", personal="none")
    return tenant, maya


def test_a_key_without_the_right_reads_what_is_left_of_a_person() -> None:
    tenant, maya = _masked_world()
    api = Api(tenant, *MASKED)

    _, listed = api("GET", "customers/")
    _, one = api("GET", f"customers/{maya.pk}/")

    text = json.dumps([listed, one])
    assert [secret in text for secret in ("Maya", "Lindt", "maya", "555", "77001")] == [False] * 5
    [row] = listed["results"]
    shown = (row["name"], row["email"], row["phone"], row["is_masked"])
    assert shown == ("M. L.", "m…@…", "…23", True)
    assert [attribute["key"] for attribute in one["attributes"]] == ["plan"]
    assert one["hidden_attributes"] == 1


def test_a_key_without_the_right_cannot_feel_for_names() -> None:
    tenant, _ = _masked_world()
    api = Api(tenant, *MASKED)

    assert [api.names(f"search={text}") for text in ("maya", "lindt", "lindd")] == [[], [], []]
    assert api.names("search=maya.lindt%40example.com") == ["M. L."]
    assert api("GET", "customers/?attribute=last_name%3DLindt")[0] == 422


def test_an_erased_customer_has_nobody_in_it() -> None:
    tenant = make.tenant()
    gone = people.person("", of=tenant)
    with tenant_bound(tenant.pk):
        Customer.objects.for_tenant(tenant).filter(pk=gone.pk).update(erased_at=make.NOW)
    api = Api(tenant)

    _, body = api("GET", f"customers/{gone.pk}/")

    assert body["erased_at"] == "2026-11-20T12:00:00Z"
    assert (body["name"], body["identities"], body["attributes"]) == ("", [], [])
    assert api.names() == []


def test_companies_are_listed_and_read() -> None:
    tenant = make.tenant()
    maya = people.person(of=tenant)
    member = people.employee(maya)
    with tenant_bound(tenant.pk):
        Company.objects.for_tenant(tenant).update(attributes={"plan": "pro", "seats": 3})
    _attribute(tenant, scope="company", personal="none")
    api = Api(tenant)

    _, listed = api("GET", "companies/?q=tind")
    _, body = api("GET", f"companies/{member.company_id}/")
    _, masked = Api(tenant, *MASKED)("GET", f"companies/{member.company_id}/")

    assert [row["name"] for row in listed["results"]] == ["Tindra Wholesale"]
    assert (body["people"], body["last_seen_at"]) == (1, "2026-11-20T12:00:00Z")
    assert [(one["key"], one["value"]) for one in body["attributes"]] == [
        ("plan", "pro"),
        ("seats", 3),
    ]
    assert [one["key"] for one in masked["attributes"]] == ["plan"]
    assert masked["hidden_attributes"] == 1


def test_attributes_are_listed_and_described() -> None:
    tenant = make.tenant()
    attribute = _attribute(tenant, "seats", type="unmapped")
    _attribute(tenant, "plan")
    api = Api(tenant)

    _, listed = api("GET", "attributes/?unmapped=true")
    status, body = api("PATCH", f"attributes/{attribute.pk}/", {"type": "number"})
    _, described = api("GET", "attributes/?unmapped=false&scope=customer")

    assert [row["key"] for row in listed["results"]] == ["seats"]
    assert (status, body["type"], body["title"]) == (200, "number", "Seats")
    assert [row["key"] for row in described["results"]] == ["plan", "seats"]


@pytest.mark.parametrize("sent", [{"type": "poem"}, {"title": ""}, {"key": "x"}])
def test_a_wrong_description_is_refused(sent: dict[str, str]) -> None:
    tenant = make.tenant()
    attribute = _attribute(tenant)

    status, body = Api(tenant)("PATCH", f"attributes/{attribute.pk}/", sent)

    assert (status, body["errors"][0]["field"]) == (422, next(iter(sent)))


def test_each_right_opens_its_own() -> None:
    tenant = make.tenant()
    attribute, customer = _attribute(tenant), people.person(of=tenant)
    reading, other = Api(tenant, *MASKED), Api(tenant, Right.SEE_RESPONSES)

    paths = ["customers/", f"customers/{customer.pk}/", "companies/", "attributes/"]
    assert [other("GET", path)[0] for path in paths] == [403] * 4
    assert reading("PATCH", f"attributes/{attribute.pk}/", {"title": "X"})[0] == 403


def test_rows_of_another_tenant_are_not_found() -> None:
    tenant = make.tenant()
    customer, attribute = people.person(of=tenant), _attribute(tenant)
    company_id = people.employee(customer).company_id
    api = Api(make.tenant())

    paths = [f"customers/{customer.pk}/", f"companies/{company_id}/", f"attributes/{attribute.pk}/"]
    assert [api("GET", path)[0] for path in paths] == [404] * 3
    assert api("PATCH", paths[2], {"title": "X"})[0] == 404
    assert [api("GET", path)[1]["results"] for path in ("customers/", "companies/")] == [[], []]
