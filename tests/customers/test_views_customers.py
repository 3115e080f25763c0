"""The list of customers: who stands there, in which order, and what is hidden from whom."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxm.customers.models import AttributeDef, Company, Customer, Segment, SegmentMember
from cxm.customers.rules.masking import customer_alias
from cxm.customers.selectors import customers
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from tests import make
from tests.customers import people

if TYPE_CHECKING:
    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _page(member: Membership, query: str = "", **headers: str) -> str:
    url = reverse("customers:customer-list", args=[member.tenant.slug])
    answer = _client(member).get(f"{url}?{query}", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def _names(member: Membership, query: str = "") -> list[str]:
    """Give the names of the rows of the list, in their order."""
    found = re.findall(r'<th scope="row".*?<a [^>]*>([^<]*)</a>', _page(member, query))
    return [name.strip() for name in found]


def _seen(customer: Customer, days_ago: int | None) -> None:
    with tenant_bound(customer.tenant_id):
        at = None if days_ago is None else make.NOW - timedelta(days=days_ago)
        rows = Customer.objects.for_tenant(customer.tenant_id).filter(pk=customer.pk)
        rows.update(last_seen_at=at)


def _rich(name: str, of: Tenant) -> Customer:
    made = people.person(name, of=of, email=f"{name.lower()}@example.com", browser=f"b-{name}")
    people.employee(made)
    people.fact(made, channel=make.channel(of=of))
    return made


def test_the_list_costs_the_same_for_one_row_and_for_three() -> None:
    member = make.member()
    client = _client(member)
    url = reverse("customers:customer-list", args=[member.tenant.slug])
    counts = []

    for names in (["Anna"], ["Bert", "Cleo"]):
        for name in names:
            _rich(name, member.tenant)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))

    assert counts == [18, 18]


def test_a_search_costs_the_same_for_one_row_and_for_three() -> None:
    member = make.member()
    client = _client(member)
    url = reverse("customers:customer-list", args=[member.tenant.slug])
    counts = []

    for names in (["Anna One"], ["Anna Two", "Anna Three"]):
        for name in names:
            people.person(name, of=member.tenant, email=f"{name[5:]}@example.com")
        with CaptureQueriesContext(connection) as queries:
            client.get(url, {"q": "anna"}, headers=HTMX)
        counts.append(len(queries))

    assert counts == [12, 12]


def test_the_newest_seen_come_first_and_those_never_seen_last() -> None:
    member = make.member()
    for name, days in [("Week", 7), ("Never", None), ("Today", 0), ("Day", 1)]:
        _seen(people.person(name, of=member.tenant), days)

    assert _names(member) == ["Today", "Day", "Week", "Never"]


def test_pages_turn_forth_and_back_over_everybody_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customers, "PAGE_SIZE", 2)
    member = make.member()
    for name, days in [("A", 0), ("B", 1), ("C", 1), ("D", None), ("E", None)]:
        _seen(people.person(name, of=member.tenant), days)

    seen, query = [_page(member)], ""
    while older := re.search(r'href="[^"?]*\?(after=[^"]+)" rel="next"', seen[-1]):
        query = older[1].replace("&amp;", "&")
        seen.append(_page(member, query))
    newer = re.search(r'href="[^"?]*\?(before=[^"]+)" rel="prev"', seen[-1])
    assert newer is not None

    rows = [re.findall(r"<a [^>]*customers/[0-9a-f-]{36}/[^>]*>(\w)</a>", page) for page in seen]
    assert [len(page) for page in rows] == [2, 2, 1]
    assert [name for page in rows for name in page] == ["A", "C", "B", "E", "D"]
    assert _names(member, newer[1]) == rows[1]


@pytest.mark.parametrize("place", ["x", "never~x", "2026-01-01~" + "0" * 32, "~", "9" * 500])
def test_a_place_that_nobody_wrote_shows_the_first_page(place: str) -> None:
    member = make.member()
    people.person("Anna", of=member.tenant)

    assert _names(member, f"after={place}") == ["Anna"]


def test_merged_and_erased_customers_and_visitors_are_not_listed() -> None:
    member = make.member(role=Role.ADMIN)
    tenant = member.tenant
    people.merge(people.person("Old", of=tenant), people.person("One", of=tenant), member)
    people.person("", of=tenant, browser="b-1")
    gone = people.person("Gone", of=tenant)
    with tenant_bound(tenant.pk):
        Customer.objects.for_tenant(tenant).filter(pk=gone.pk).update(erased_at=make.NOW)

    assert _names(member) == ["One"]
    assert "1 customer\n" in _page(member)
    assert _names(member, "kind=visitor") == ["b-1"]


def test_the_list_is_narrowed_by_company_segment_and_attribute() -> None:
    member = make.member(role=Role.ADMIN)
    tenant = member.tenant
    anna, bert = people.person("Anna", of=tenant), people.person("Bert", of=tenant)
    people.employee(anna)
    people.attribute(anna, "seats", 12)
    people.attribute(bert, "seats", 13)
    with tenant_bound(tenant.pk):
        company = Company.objects.for_tenant(tenant).get()
        segment = Segment.objects.create(tenant=tenant, key="loyal", title="Loyal")
        for customer, left in [(anna, None), (bert, make.NOW)]:
            SegmentMember.objects.create(
                tenant=tenant, segment=segment, customer=customer, from_at=make.NOW, to_at=left
            )

    queries = [
        f"company={company.pk}",
        "company=tindra+wholesale",
        "segment=loyal",
        "attribute=seats%3D12",
        "attribute=seats&value=12",
        f"company={company.pk}&segment=loyal&attribute=seats%3D12&kind=known&q=anna",
    ]
    assert [_names(member, query) for query in queries] == [["Anna"]] * 6
    assert _names(member, "segment=loyal&q=bert") == []


def test_what_lies_on_a_merged_row_narrows_the_list_too() -> None:
    member = make.member(role=Role.ADMIN)
    tenant = member.tenant
    old, one = people.person("Old", of=tenant), people.person("One", of=tenant)
    people.employee(old)
    people.attribute(old, "plan", "pro")
    people.merge(old, one, member)

    assert _names(member, "company=Tindra+Wholesale") == ["One"]
    assert _names(member, "attribute=plan%3Dpro") == ["One"]
    assert "Tindra Wholesale" in _page(member)


@pytest.mark.parametrize(
    "query",
    ["kind=alien", "company=nobody", "segment=x", "attribute==", "attribute=" + "k" * 150 + "%3D1"],
)
def test_what_is_not_understood_is_said_and_left_out(query: str) -> None:
    member = make.member()
    people.person("Anna", of=member.tenant)

    page = _page(member, query)

    assert "is not understood and was left out" in page
    assert "Anna" in page


def test_a_search_answers_with_the_rows_alone_best_first() -> None:
    member = make.member()
    for name in ("Anna Berger", "Anna Berg", "Otto"):
        people.person(name, of=member.tenant)

    part = _page(member, "q=anna+berg", **HTMX)

    assert part.lstrip().startswith('<div id="customer-rows"')
    assert re.findall(r">(Anna \w+|Otto)</a>", part) == ["Anna Berg", "Anna Berger"]
    assert "2 found" in part


def test_a_long_count_is_a_guess_or_a_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customers, "MOST_COUNTED", 2)
    member = make.member()
    for name in ("A", "B", "C"):
        people.attribute(people.person(name, of=member.tenant), "plan", "pro")

    assert "More than 2 customers" in _page(member, "attribute=plan%3Dpro")
    assert re.search(r"About \d+ customers", _page(member))


def test_an_empty_workspace_says_how_customers_come() -> None:
    page = _page(make.member(role=Role.ADMIN))

    assert "No customers yet" in page
    assert "Import a file" in page


def _masked_world() -> tuple[Membership, Customer]:
    member = make.member(role=Role.ANALYST)
    maya = people.person(
        "Maya Lindt",
        of=member.tenant,
        email="maya.lindt@example.com",
        phone="+491715552323",
        number="C-77001",
    )
    people.attribute(maya, "last_name", "Lindt")
    people.attribute(maya, "plan", "pro")
    with tenant_bound(member.tenant.pk):
        for key, kind, personal in [
            ("last_name", "text", "personal"),
            ("plan", "choice", "none"),
            ("new", "unmapped", "none"),
        ]:
            AttributeDef.objects.create(
                tenant=member.tenant, key=key, title=key, type=kind, personal=personal
            )
    return member, maya


def test_an_analyst_sees_initials_and_what_is_left_of_identifiers() -> None:
    member, maya = _masked_world()

    page = _page(member)

    assert [name in page for name in ("Maya", "Lindt", "maya", "5552323", "77001")] == [False] * 5
    assert _names(member) == ["M. L."]
    assert "m…@…" in page
    assert "…23" in page
    assert f"Customer {maya.pk.hex[-4:]}" in page


@pytest.mark.parametrize(
    "query",
    [
        "q=maya",
        "q=lindt",
        "q=maya.lin",
        "q=lindd",
        "attribute=last_name%3DSommer",
        "attribute=new%3D",
    ],
)
def test_an_analyst_cannot_feel_for_names(query: str) -> None:
    member, _ = _masked_world()
    unfiltered = _page(member)

    page = _page(member, query)

    assert ("M. L." in page) == query.startswith("attribute")
    assert "Maya" not in page + unfiltered


def test_an_analyst_finds_by_an_exact_identifier_and_by_open_attributes() -> None:
    member, _ = _masked_world()

    assert _names(member, "q=maya.lindt@example.com") == ["M. L."]
    assert _names(member, "attribute=plan%3Dpro") == ["M. L."]
    assert _names(member, "attribute=plan%3Dfree") == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR, Role.GUEST])
def test_those_who_may_not_see_customers_find_no_list(role: Role) -> None:
    member = make.member(role=role)

    answer = _client(member).get(reverse("customers:customer-list", args=[member.tenant.slug]))

    assert answer.status_code == 404


def test_the_list_of_another_tenant_is_not_found() -> None:
    url = reverse("customers:customer-list", args=[make.tenant().slug])

    assert _client(make.member()).get(url).status_code == 404


def test_customers_of_another_tenant_are_not_listed() -> None:
    people.person("Stranger", of=make.tenant())

    assert _names(make.member()) == []


def _palette(member: Membership, query: str) -> Any:
    url = reverse("web:palette-search", args=[member.tenant.slug])
    return _client(member).get(url, {"q": query}).content.decode()


def test_the_palette_finds_people_for_those_who_may_know_them() -> None:
    member, maya = _masked_world()
    agent = make.member(of=member.tenant, role=Role.AGENT)
    viewer = make.member(of=member.tenant, role=Role.VIEWER)
    url = reverse("customers:customer-page", args=[member.tenant.slug, maya.pk])

    assert url in _palette(agent, "lindt")
    assert "Maya Lindt" in _palette(agent, "lindt")
    assert url not in _palette(member, "lindt")
    assert url in _palette(member, "maya.lindt@example.com")
    assert url not in _palette(viewer, "maya.lindt@example.com")


def test_the_palette_calls_people_without_a_name_by_their_number() -> None:
    agent = make.member(role=Role.AGENT)
    analyst = make.member(of=agent.tenant, role=Role.ANALYST)
    buyer = people.person("", of=agent.tenant, number="BL-234848")
    people.fact(buyer, thread_key="A-17")

    assert ">BL-234848" in _palette(agent, "A-17")
    assert "BL-234848" not in _palette(analyst, "A-17")
    assert customer_alias(buyer.pk) in _palette(analyst, "A-17")
