"""One customer in the JSON API: the context, the timeline, notes, promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from cxm.customers.models import Interaction, Promise
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Right
from tests import make
from tests.customers import served
from tests.customers.people import attribute, employee, fact, person

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cxm.customers.models import Customer
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db
CONTEXT = "/api/v1/customer-context"
MASKED = (Right.SEE_CUSTOMERS, Right.SEE_RESPONSES)
PARTS = ["head", "promises", "timeline", "summary", "colleagues", "answers", "scores"]


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    """It is NOW."""
    with time_machine.travel(make.NOW, tick=False):
        yield


class Caller:
    """A program with a key."""

    def __init__(self, tenant: Tenant, rights: Sequence[Right] = tuple(Right)) -> None:
        self.key, text = make.api_key(of=tenant, rights=rights)
        self.headers = {"Authorization": f"Bearer {text}"}

    def get(self, url: str, query: dict[str, str] | None = None, **headers: str) -> Any:
        """Read *url*."""
        return Client().get(url, query or {}, headers=self.headers | headers)

    def post(self, url: str, body: dict[str, Any]) -> Any:
        """Write to *url*."""
        return Client().post(url, body, content_type="application/json", headers=self.headers)


def rich(tenant: Tenant) -> Customer:
    customer = person(of=tenant, email="maya@example.com", number="C-1")
    employee(customer)
    employee(person("Otto Kern", of=tenant))
    attribute(customer, "street", "Harbour Street")
    served.promise(customer, "Refund for Maya", hours=-2)
    fact(customer, text="Maya was here", thread_key="C-1")
    make.load(make.record(2, customer="C-1", touchpoint="delivery", comment="Maya!"), of=tenant)
    return customer


def test_context_holds_what_the_page_shows() -> None:
    tenant = make.tenant()
    customer = rich(tenant)

    body = Caller(tenant).get(CONTEXT, {"email": "MAYA@example.com "}).json()

    assert [body["customer"], body["label"], body["is_masked"]] == [
        str(customer.pk),
        "Maya Lindt",
        False,
    ]
    assert [part for part in PARTS if part not in body] == []
    assert body["head"]["attributes"] == {"street": "Harbour Street"}
    assert body["promises"][0]["is_overdue"] is True
    assert body["answers"][0]["words"] == ["Maya!"]
    assert body["scores"][0]["everybody"]["n"] == 1
    assert [one["label"] for one in body["colleagues"]] == ["Otto Kern"]


def test_context_is_the_same_with_a_slash_at_the_end_of_its_address() -> None:
    tenant = make.tenant()
    rich(tenant)
    caller = Caller(tenant)

    plain, slash = (caller.get(url, {"external_id": "C-1"}) for url in (CONTEXT, f"{CONTEXT}/"))

    assert (slash.status_code, slash.json()) == (200, plain.json())


def test_context_is_masked_for_keys_that_may_not_see_persons() -> None:
    tenant = make.tenant()
    rich(tenant)

    answer = Caller(tenant, MASKED).get(CONTEXT, {"email": "maya@example.com"})

    words = answer.content.decode()
    assert answer.json()["is_masked"] is True
    secret = ("Maya", "maya@", "C-1", "Harbour", "Otto")
    assert [piece for piece in secret if piece in words] == []
    assert answer.json()["head"]["hidden_attributes"] == 1


def test_answers_and_scores_need_the_right_to_read_answers() -> None:
    tenant = make.tenant()
    rich(tenant)

    body = Caller(tenant, [Right.SEE_CUSTOMERS]).get(CONTEXT, {"external_id": "C-1"}).json()

    assert (body["answers"], body["scores"]) == ([], [])


def test_fields_choose_parts() -> None:
    tenant = make.tenant()
    customer = rich(tenant)
    caller = Caller(tenant)

    body = caller.get(CONTEXT, {"customer": str(customer.pk), "fields": "answers, head"}).json()
    wrong = caller.get(CONTEXT, {"customer": str(customer.pk), "fields": "mood"})

    assert [part for part in PARTS if part in body] == ["head", "answers"]
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "fields")


def test_an_unchanged_context_is_not_sent_again() -> None:
    tenant = make.tenant()
    customer = rich(tenant)
    caller, query = Caller(tenant), {"customer": str(customer.pk)}
    tag = caller.get(CONTEXT, query)["ETag"]

    same = caller.get(CONTEXT, query, **{"If-None-Match": tag})
    fact(customer, "something new")
    changed = caller.get(CONTEXT, query, **{"If-None-Match": tag})

    assert (same.status_code, same.content, same["ETag"]) == (304, b"", tag)
    assert changed.status_code == 200


def test_the_tag_of_a_masked_context_is_another_one() -> None:
    tenant = make.tenant()
    query = {"customer": str(rich(tenant).pk)}

    tags = [Caller(tenant, rights).get(CONTEXT, query)["ETag"] for rights in (tuple(Right), MASKED)]

    assert tags[0] != tags[1]


def test_missing_and_foreign_customers_are_the_same_404() -> None:
    tenant, other = make.tenant(), make.tenant()
    foreign = person(of=other, email="foreign@example.com")
    caller = Caller(tenant)

    answers = [
        caller.get(CONTEXT, {"email": "nobody@example.com"}),
        caller.get(CONTEXT, {"email": "foreign@example.com"}),
        caller.get(CONTEXT, {"customer": str(foreign.pk)}),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, None),
        ({"email": "a@example.com", "phone": "123456"}, None),
        ({"customer": "x"}, "customer"),
        ({"mail": "a@example.com"}, "mail"),
        ({"external_id": "C-1"}, "namespace"),
        ({"email": "a\0@example.com"}, "email"),
    ],
)
def test_a_wrong_question_names_the_field(query: dict[str, str], field: str | None) -> None:
    tenant = make.tenant()
    person(of=tenant, number="C-1", namespace="crm")
    person(of=tenant, number="C-1", namespace="shop")

    answer = Caller(tenant).get(CONTEXT, query)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_reading_a_person_is_noted_under_the_key() -> None:
    tenant = make.tenant()
    customer, caller = person(of=tenant), Caller(tenant)
    caller.get(CONTEXT, {"customer": str(customer.pk)})
    caller.get(CONTEXT, {"customer": str(customer.pk)})

    with tenant_bound(tenant.pk):
        [entry] = AuditEntry.objects.for_tenant(tenant).filter(action="customer-opened")
    assert (entry.api_key_id, entry.object_id) == (caller.key.pk, customer.pk)


def test_the_timeline_comes_in_pages() -> None:
    tenant = make.tenant()
    customer, caller = person(of=tenant), Caller(tenant)
    served.facts(customer, 60)
    url = f"/api/v1/customers/{customer.pk}/interactions/"

    first = caller.get(url).json()
    second = caller.get(first["next"]).json()

    found = [row["interaction"] for row in first["results"] + second["results"]]
    assert (len(first["results"]), len(set(found)), second["next"]) == (50, 60, None)


def test_the_timeline_can_be_filtered() -> None:
    tenant = make.tenant()
    customer, caller = person(of=tenant), Caller(tenant)
    fact(customer, "seen", kind="page")
    fact(customer, "bought")
    url = f"/api/v1/customers/{customer.pk}/interactions/"

    found = caller.get(url, {"kind": "page"}).json()["results"]
    wrong = caller.get(url, {"kind": "dance"})

    assert [row["title"] for row in found] == ["Seen"]
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "kind")


def test_notes_and_promises_can_be_written_and_ended() -> None:
    tenant = make.tenant()
    customer, caller = person(of=tenant), Caller(tenant)
    base = f"/api/v1/customers/{customer.pk}"

    note = caller.post(f"{base}/notes/", {"text": "Calls late"})
    kept, dropped = (
        caller.post(
            f"{base}/promises/", {"text": "Refund", "due_at": "2026-11-21T12:00:00+01:00"}
        ).json()
        for _ in range(2)
    )
    listed = caller.get("/api/v1/promises/").json()["results"]
    ends = [
        caller.post(f"/api/v1/promises/{kept['id']}/keep/", {}).json(),
        caller.post(f"/api/v1/promises/{dropped['id']}/drop/", {}).json(),
    ]
    again = caller.post(f"/api/v1/promises/{kept['id']}/drop/", {})

    assert note.status_code == 201
    assert {row["id"] for row in listed} == {kept["id"], dropped["id"]}
    assert (ends[0]["kept_at"], ends[1]["dropped_at"]) == ("2026-11-20T12:00:00Z",) * 2
    assert again.status_code == 422
    assert caller.get("/api/v1/promises/").json()["results"] == []


@pytest.mark.parametrize(
    ("rest", "body", "field"),
    [
        ("notes/", {}, "text"),
        ("notes/", {"text": " "}, "text"),
        ("promises/", {"text": "Refund"}, "due_at"),
        ("promises/", {"text": "Refund", "due_at": "2026-11-20T11:00:00Z"}, "due_at"),
        ("promises/", {"text": "x" * 301, "due_at": "2026-11-21T11:00:00Z"}, "text"),
    ],
)
def test_refused_bodies_name_the_field_and_leave_nothing(
    rest: str, body: dict[str, str], field: str
) -> None:
    tenant = make.tenant()
    customer = person(of=tenant)

    answer = Caller(tenant).post(f"/api/v1/customers/{customer.pk}/{rest}", body)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    with tenant_bound(tenant.pk):
        assert not Interaction.objects.for_tenant(tenant).exists()
        assert not Promise.objects.for_tenant(tenant).exists()


def test_writing_needs_the_right_and_the_tenant() -> None:
    tenant = make.tenant()
    customer = person(of=tenant)
    url, body = f"/api/v1/customers/{customer.pk}/notes/", {"text": "Hello"}

    refused = [
        Caller(tenant, MASKED).post(url, body).status_code,
        Caller(make.tenant()).post(url, body).status_code,
    ]

    assert refused == [403, 404]


def test_promises_of_masked_customers_tell_no_names() -> None:
    tenant = make.tenant()
    served.promise(person(of=tenant), "Call Maya Lindt")

    [row] = Caller(tenant, MASKED).get("/api/v1/promises/").json()["results"]

    assert row["text"] == "Call [name]"
