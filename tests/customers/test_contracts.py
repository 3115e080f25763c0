"""Contracts over the API, by file, on pages, and out of them when somebody is erased."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxm.customers.models import Company, Contract, Customer
from cxm.customers.rules.contracts import ContractRowError, read_contract
from cxm.customers.services.erasing import start_erasing
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from cxm.work.engine import drain
from tests import make
from tests.analytics.contracting import row, take_in

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db
PATH = "/api/v1/contracts/"
GOOD = {
    "external_id": "C-1",
    "customer": "A-1",
    "started_on": "2026-01-01",
    "amount_per_month": "49.90",
    "currency": "eur",
}


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


def call(client: Client, of: Tenant, method: str, path: str = "", **options: Any) -> Any:
    _, secret = make.api_key(of=of, rights=options.pop("rights", tuple(Right)))
    body = options.pop("body", None)
    sent = {"data": body, "content_type": "application/json"} if body else options
    return getattr(client, method)(
        f"{PATH}{path}", headers={"Authorization": f"Bearer {secret}"}, **sent
    )


def contracts(of: Tenant) -> list[Contract]:
    with tenant_bound(of.pk):
        return list(Contract.objects.for_tenant(of).order_by("external_id"))


def test_contracts_are_taken_in_once_corrected_listed_and_removed(
    client: Client, acme: Tenant
) -> None:
    company = {**GOOD, "external_id": "C-2", "company": "ORG-1", "namespace": "crm"}
    del company["customer"]
    body = {"source": "billing", "contracts": [GOOD, company]}

    first = call(client, acme, "post", body=body).json()
    again = call(client, acme, "post", body=body).json()
    ended = {**GOOD, "ended_on": "2026-06-30", "end_reason": "Price"}
    corrected = call(client, acme, "post", body={**body, "contracts": [ended]}).json()
    listed = call(client, acme, "get").json()["results"]
    [one] = [line for line in listed if line["external_id"] == "C-1"]
    read = call(client, acme, "get", f"{one['id']}/").json()
    removed = call(client, acme, "delete", f"{one['id']}/")

    assert first == {"made": 2, "changed": 0, "same": 0, "refused": []}
    assert (again["made"], again["same"], corrected["changed"]) == (0, 2, 1)
    assert (read["ended_on"], read["end_reason"], read["currency"]) == (
        "2026-06-30",
        "Price",
        "EUR",
    )
    assert removed.status_code == 204
    assert [one.external_id for one in contracts(acme)] == ["C-2"]


def test_rows_are_refused_one_by_one_and_the_others_written(client: Client, acme: Tenant) -> None:
    rows = [GOOD, {**GOOD, "external_id": "C-2", "amount_per_month": "1.005"}, GOOD]

    told = call(client, acme, "post", body={"contracts": rows}).json()

    assert told["made"] == 1
    assert [(one["place"], one["field"]) for one in told["refused"]] == [
        (1, "amount_per_month"),
        (2, "external_id"),
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"external_id": " "}, "external_id"),
        ({"external_id": "x" * 201}, "external_id"),
        ({"customer": ""}, "customer"),
        ({"email": "ana@example.com"}, "customer"),
        ({"customer": "", "email": "ana"}, "email"),
        ({"customer": "null"}, "customer"),
        ({"plan": ["Pro"]}, "plan"),
        ({"started_on": "1.2.2026"}, "started_on"),
        ({"started_on": "0026-01-01"}, "started_on"),
        ({"ended_on": "2025-12-31"}, "ended_on"),
        ({"amount_per_month": "-1"}, "amount_per_month"),
        ({"amount_per_month": "NaN"}, "amount_per_month"),
        ({"amount_per_month": "many"}, "amount_per_month"),
        ({"currency": "€"}, "currency"),
        ({"price": "3"}, "price"),
    ],
)
def test_what_is_wrong_in_a_row_is_named(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(ContractRowError) as caught:
        read_contract({**GOOD, **wrong})

    assert caught.value.field == field


def test_rights_and_tenants_keep_contracts_apart(client: Client, acme: Tenant) -> None:
    call(client, acme, "post", body={"contracts": [GOOD]})
    [one] = contracts(acme)
    other, seeing = make.tenant(), (Right.SEE_CUSTOMERS,)

    assert call(client, other, "get", f"{one.pk}/").status_code == 404
    assert call(client, other, "delete", f"{one.pk}/").status_code == 404
    assert call(client, acme, "get", f"{one.pk}/", rights=seeing).status_code == 200
    assert call(client, acme, "delete", f"{one.pk}/", rights=seeing).status_code == 403
    assert call(client, acme, "post", body={"contracts": [GOOD]}, rights=seeing).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"ended_on": "2025-12-31"},
        {"amount_per_month": -1},
        {"currency": "eu"},
        {"company": None},
    ],
)
def test_the_database_refuses_what_cannot_be(acme: Tenant, wrong: dict[str, object]) -> None:
    with tenant_bound(acme.pk):
        company = Company.objects.create(
            tenant=acme, name="Org", external_id="1", changed_at=make.NOW
        )
        fields: dict[str, Any] = {
            "company": company,
            "source": "api",
            "external_id": "C-1",
            "started_on": "2026-01-01",
            "amount_per_month": 1,
            "currency": "EUR",
            "changed_at": make.NOW,
        }
        with pytest.raises(IntegrityError), transaction.atomic():
            Contract.objects.create(tenant=acme, **{**fields, **wrong})


FILE = b"""external_id;customer;plan;started_on;ended_on;amount_per_month;currency;end_reason
C-1;A-1;Fibre 100;2026-01-01;;29.90;EUR;

C-2;A-2;Fibre 250;2026-01-01;2026-03-31;39.90;EUR;Moved away
C-3;A-3;Fibre 250;soon;;39.90;EUR;
"""


def send(client: Client, member: Membership, content: bytes) -> Any:
    client.force_login(member.user)
    address = reverse("customers:contract-import", args=[member.tenant.slug])
    file = SimpleUploadedFile("contracts.csv", content)
    return client.post(address, {"file": file, "source": "crm"})


def test_a_file_is_taken_in_and_its_wrong_lines_are_named(client: Client) -> None:
    ann = make.member(role=Role.MANAGER)

    answer = send(client, ann, FILE)

    words = answer.content.decode()
    assert answer.status_code == 200
    assert "2 new, 0 corrected, 0 known just so, 1 refused" in words
    assert re.search(r'data-label="Line">5</td>', words)
    assert [(one.external_id, one.source, one.end_reason) for one in contracts(ann.tenant)] == [
        ("C-1", "crm", ""),
        ("C-2", "crm", "Moved away"),
    ]


def test_a_decimal_comma_is_refused_and_never_read_as_two_columns(client: Client) -> None:
    ann = make.member(role=Role.MANAGER)
    heads = b"external_id,customer,currency,started_on,amount_per_month,plan"

    answer = send(client, ann, heads + b"\nC-1,A-1,EUR,2026-01-01,49,90,Gold\n")

    assert "more cells than columns" in answer.content.decode()
    assert contracts(ann.tenant) == []


def test_who_may_not_see_persons_reads_no_addresses(client: Client, acme: Tenant) -> None:
    told = {
        **GOOD,
        "external_id": "anna@x.example-2024",
        "ended_on": "2026-06-30",
        "end_reason": "Moved, ask anna@x.example",
    }
    call(client, acme, "post", body={"contracts": [told]})

    def listed(*rights: Right) -> str:
        return str(call(client, acme, "get", rights=rights).content.decode())

    assert "anna@x.example-2024" in listed(Right.SEE_CUSTOMERS, Right.SEE_PERSONS)
    assert "anna@x.example" not in listed(Right.SEE_CUSTOMERS)
    [kept] = contracts(acme)
    assert kept.end_reason.startswith("Moved, ask")
    assert "anna" not in kept.end_reason


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"number,price\n1,2\n", "“number” is no column of contracts"),
        (b"plan,plan\n1,2\n", "each once"),
        (b"\xff\xfe\x00", "file"),
    ],
)
def test_a_file_that_is_no_list_of_contracts_is_refused(
    client: Client, content: bytes, words: str
) -> None:
    ann = make.member(role=Role.MANAGER)

    answer = send(client, ann, content)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert contracts(ann.tenant) == []


def test_those_who_may_not_change_customers_bring_no_file(client: Client) -> None:
    ann = make.member(role=Role.AGENT)
    client.force_login(ann.user)

    page = client.get(reverse("customers:contract-list", args=[ann.tenant.slug]))
    answer = send(client, ann, FILE)

    assert (page.status_code, b"Bring a file" in page.content) == (200, False)
    assert answer.status_code == 404
    assert contracts(ann.tenant) == []


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, {"Old", "New", "Next"}),
        ({"state": "ended"}, {"Old"}),
        ({"state": "runs"}, {"New"}),
        ({"state": "to-come"}, {"Next"}),
        ({"plan": "New"}, {"New"}),
    ],
)
def test_contracts_are_listed_by_state_and_plan(
    client: Client, query: dict[str, str], names: set[str]
) -> None:
    ann = make.member()
    take_in(
        row("ana", "2020-01-01", "2020-12-31", plan="Old"),
        row("ana", "2021-01-01", plan="New"),
        row("ana", "2199-01-01", plan="Next"),
        of=ann.tenant,
    )
    client.force_login(ann.user)

    page = client.get(reverse("customers:contract-list", args=[ann.tenant.slug]), query)

    assert set(re.findall(r'data-label="Plan">(\w+)<', page.content.decode())) == names


def test_the_list_asks_the_same_for_one_and_for_three(client: Client) -> None:
    ann = make.member()
    client.force_login(ann.user)
    address = reverse("customers:contract-list", args=[ann.tenant.slug])
    counts = []

    for names in (["a"], ["b", "c"]):
        take_in(*(row(name, "2026-01-01") for name in names), of=ann.tenant)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))

    assert len(set(counts)) == 1


def test_a_customer_and_a_company_show_their_contracts(client: Client) -> None:
    ann = make.member()
    take_in(row("ana", "2026-01-01", "2026-03-31", end_reason="Moved away"), of=ann.tenant)
    take_in(row("", "2026-01-01", company="ORG-1", plan="Business"), of=ann.tenant)
    with tenant_bound(ann.tenant_id):
        customer = Customer.objects.for_tenant(ann.tenant).get()
        company = Company.objects.for_tenant(ann.tenant).get()
    client.force_login(ann.user)

    own = client.get(reverse("customers:customer-page", args=[ann.tenant.slug, customer.pk]))
    theirs = client.get(reverse("customers:company-detail", args=[ann.tenant.slug, company.pk]))

    assert "1 Jan 2026 to 31 Mar 2026: Moved away" in own.content.decode()
    assert "<b>Business</b>, 100.00 EUR a month" in theirs.content.decode()


def test_of_an_erased_person_the_amount_alone_is_kept() -> None:
    ann = make.member()
    sent = row("maya", "2026-01-01", external_id="maya-1", end_reason="Maya moved")
    take_in(sent, of=ann.tenant)
    with tenant_bound(ann.tenant_id):
        customer = Customer.objects.for_tenant(ann.tenant).select_related("tenant").get()
        start_erasing(customer=customer, by=ann, now=make.NOW)
    drain(ann.tenant_id)

    [kept] = contracts(ann.tenant)
    again = take_in({**sent, "external_id": "maya-2"}, of=ann.tenant)

    assert (kept.end_reason, str(kept.amount_per_month)) == ("", "100.00")
    assert kept.external_id.startswith("erased:")
    assert [one.message for one in again.refused] == [
        "This person was erased: nothing is kept about them."
    ]
