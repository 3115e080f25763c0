"""Customers' pages say what is true, in the words and the time of the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from cxm.customers.models import CustomerMerge
from cxm.customers.services.attributes import describe_attribute
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.services.event_sources import create_source
from tests import make
from tests.customers import served
from tests.customers.people import attribute, fact, identity, merge, person
from tests.customers.served import client_of, text, url_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.customers.models import Customer

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    """It is NOW."""
    with time_machine.travel(make.NOW, tick=False):
        yield


def detail(customer: Customer, role: Role) -> str:
    happened = fact(customer, "order placed", source="events:web-shop")
    member = make.member(of=customer.tenant)
    with tenant_bound(customer.tenant_id):
        create_source(tenant=customer.tenant, title="Web shop", by=member, now=make.NOW)
    url = url_of(customer, f"interactions/{happened.pk}/")
    return text(client_of(customer.tenant, role).get(url, headers=HTMX))


def test_an_interaction_leads_back_to_the_live_view_of_its_source() -> None:
    page = detail(person(of=make.tenant()), Role.ADMIN)

    assert "/live/?q=order%20placed" in page
    assert "Live view of Web shop" in page


def test_an_interaction_leads_nobody_where_they_may_not_go() -> None:
    page = detail(person(of=make.tenant()), Role.AGENT)

    assert "/live/" not in page
    assert "<dd>Web shop</dd>" in page


def test_a_phone_number_is_spelled_as_it_was_told() -> None:
    tenant = make.tenant()
    customer = person(of=tenant, phone="+49 89 99998-013")
    identity(customer, "phone", "+4940123456")
    client = client_of(tenant)

    page, listed = (
        text(client.get(url)) for url in (url_of(customer), f"/t/{tenant.slug}/customers/")
    )

    for shown in (page, listed):
        assert "+49 89 99998-013" in shown
        assert "+49 401 234 56" in shown
        assert "+498999998013" not in shown


def test_a_customer_number_says_in_words_whose_it_is() -> None:
    customer = person(of=make.tenant(), number="C-1", namespace="web_shop")

    page = text(client_of(customer.tenant).get(url_of(customer)))

    assert "Customer number, Web shop" in page


def test_a_day_among_the_attributes_is_written_as_a_day() -> None:
    tenant = make.tenant()
    customer = person(of=tenant)
    attribute(customer, "since", "2026-05-18")
    member = make.member(of=tenant)
    described = served.described("since", "Contract since", of=tenant)
    with tenant_bound(tenant.pk):
        describe_attribute(
            attribute=described, by=member, title="Contract since", type="date", personal="none"
        )

    page = text(client_of(tenant).get(url_of(customer)))

    assert "<dd>18 May 2026</dd>" in page


def test_merges_are_told_in_the_time_of_the_workspace() -> None:
    tenant = make.tenant(time_zone="Asia/Tokyo")
    customer, other = person(of=tenant), person("M. Lindt", of=tenant)
    merge(other, customer, make.member(of=tenant))
    with tenant_bound(tenant.pk):
        at = CustomerMerge.objects.for_tenant(tenant).get().at

    page = text(client_of(tenant).get(url_of(customer, "identities/")))

    assert f"{(at.hour + 9) % 24:02}:{at.minute:02}</time>" in page


def test_merges_and_notes_are_no_contact() -> None:
    tenant = make.tenant()
    customer = person(of=tenant)
    fact(customer, "called us", occurred_at=make.NOW.replace(month=1))
    fact(customer, "merged", kind="merge")
    fact(customer, "note", kind="note")

    page = text(client_of(tenant).get(url_of(customer, "parts/"), headers=HTMX))

    assert ": Called us." in page
    assert "Nothing happened in the last 90 days." in page


@pytest.mark.parametrize(
    ("query", "words"),
    [("", "This is where it began."), ("?source=events%3Ashop", "Nothing older fits.")],
)
def test_the_end_of_a_timeline_says_what_it_is(query: str, words: str) -> None:
    customer = person(of=make.tenant())
    fact(customer)

    page = text(client_of(customer.tenant).get(url_of(customer) + query))

    assert words in page
    assert ("<span>Source</span> Shop" in page) == bool(query)
