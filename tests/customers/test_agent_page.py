"""The page of one customer: what it shows, to whom, what can be done there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection

from cxm.customers.models import Customer
from cxm.kernel.context_parts import ContextPart, context_parts
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from tests import make
from tests.customers import served
from tests.customers.people import attribute, employee, fact, identity, person
from tests.customers.served import client_of, queries_of, text, url_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    """It is NOW."""
    with time_machine.travel(make.NOW, tick=False):
        yield


def rich(tenant: Tenant, *, interactions: int = 3) -> Customer:
    """Make a customer about whom everything is known, with a row merged into it."""
    customer = person(of=tenant, email="maya@example.com", number="C-1", browser="brow-77")
    employee(customer)
    attribute(customer, "plan", "Business plan")
    attribute(customer, "street", "Harbour Street")
    served.described("plan", "Plan", of=tenant)
    served.described("street", "Street", of=tenant, personal="personal")
    served.in_segment(customer, "Loyal buyers")
    served.promise(customer, "Refund for Maya Lindt", hours=-30)
    served.merged_into(customer, other := person("M. Lindt", of=tenant, number="D-2"))
    checkout, app = make.touchpoint(of=tenant), make.channel(of=tenant)
    served.facts(customer, interactions, touchpoint=checkout, channel=app)
    fact(other, "from the other row")
    return customer


def answered(tenant: Tenant, customer: Customer, value: int = 2) -> None:
    """Let a customer with the number C-1 answer a survey about delivery."""
    make.load(
        make.record(value, touchpoint="delivery", customer="C-1", comment="Late, says Maya Lindt"),
        of=tenant,
    )
    assert customer.tenant_id == tenant.pk


def test_page_shows_who_it_is_what_is_open_and_what_happened() -> None:
    tenant = make.tenant()
    customer = rich(tenant)

    page = text(client_of(tenant).get(url_of(customer)))

    wanted = (
        *("Maya Lindt", "Tindra Wholesale", "maya@example.com", "C-1", "D-2", "brow-77"),
        *("Loyal buyers", "Business plan", "Harbour Street", "Refund for Maya Lindt"),
        *("30 hours overdue", "Order placed", "From the other row", "Since 11 Nov 2026"),
    )
    assert [piece for piece in wanted if piece not in page] == []


def test_page_of_a_masked_customer_tells_nothing_of_who_it_is() -> None:
    tenant = make.tenant()
    customer = rich(tenant)
    answered(tenant, customer)
    fact(customer, "wrote", title="Maya Lindt wrote", text="I am Maya, maya@example.com")
    detail = fact(customer, props={"street": "Harbour Street"}, thread_key="maya@example.com")
    client = client_of(tenant, Role.ANALYST)

    pages = [
        text(client.get(url_of(customer, rest)))
        for rest in ("", "parts/", "filter/", f"interactions/{detail.pk}/")
    ]

    secret = ("Maya", "maya@", "Lindt", "C-1", "D-2", "brow-77", "Harbour Street")
    assert [(piece, n) for piece in secret for n, page in enumerate(pages) if piece in page] == []
    assert all("M. L." in page for page in pages)
    assert "[name]" in pages[1]
    assert "Business plan" in pages[0]
    assert "1 personal attribute hidden" in pages[0]


@pytest.mark.parametrize("how_many", [1, 300])
def test_page_asks_the_same_however_much_happened(how_many: int) -> None:
    tenant = make.tenant()
    customer = rich(tenant, interactions=how_many)
    answered(tenant, customer)
    client = client_of(tenant)

    assert queries_of(client, url_of(customer)) == MOST_QUERIES
    assert queries_of(client, url_of(customer)) == MOST_QUERIES


def test_parts_show_answers_scores_summary_and_colleagues() -> None:
    tenant = make.tenant()
    customer = rich(tenant)
    answered(tenant, customer)
    employee(person("Otto Kern", of=tenant))

    page = text(client_of(tenant).get(url_of(customer, "parts/"), headers=HTMX))

    wanted = ("Late, says Maya Lindt", "Where it hurts", "Delivery", "Otto Kern", "In short")
    assert [piece for piece in wanted if piece not in page] == []
    assert "Promised" not in page
    assert "One open promise: Refund for Maya Lindt (30 hours overdue)." in page


def test_a_broken_part_leaves_the_rest_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = make.tenant()
    customer = rich(tenant)

    def broken(_subject: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    parts = {**context_parts._parts, "answers": ContextPart("answers", broken, list)}
    monkeypatch.setattr(context_parts, "_parts", parts)

    page = text(client_of(tenant).get(url_of(customer, "parts/"), headers=HTMX))

    assert "could not be read just now" in page
    assert "In short" in page


def test_without_script_one_link_shows_the_whole_page() -> None:
    tenant = make.tenant()
    customer = rich(tenant)
    answered(tenant, customer)
    client = client_of(tenant)

    assert url_of(customer, "parts/") in text(client.get(url_of(customer)))
    whole = text(client.get(url_of(customer, "parts/")))

    assert all(piece in whole for piece in ("<html", "Last answers", "Timeline", "Promises"))


def test_a_merged_row_leads_to_its_root_with_the_query() -> None:
    tenant = make.tenant()
    root, other = person(of=tenant), person(of=tenant)
    served.merged_into(root, other)

    answer = client_of(tenant).get(url_of(other, "?kind=note"))

    assert (answer.status_code, answer["Location"]) == (302, url_of(root, "?kind=note"))


def test_an_erased_person_shows_what_remains_and_takes_nothing() -> None:
    tenant = make.tenant()
    customer = person("", of=tenant)
    fact(customer)
    with tenant_bound(tenant.pk):
        Customer.objects.for_tenant(tenant).filter(pk=customer.pk).update(erased_at=make.NOW)
    client = client_of(tenant)

    page = text(client.get(url_of(customer)))
    refused = client.post(url_of(customer, "notes/"), {"text": "Hello"})

    assert "was erased on 20 Nov 2026" in page
    assert "Order placed" in page
    assert "Write note" not in page
    assert refused.status_code == 422


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR, Role.GUEST])
def test_page_is_not_found_by_those_without_the_right(role: Role) -> None:
    tenant = make.tenant()

    assert client_of(tenant, role).get(url_of(person(of=tenant))).status_code == 404


def test_page_of_another_tenant_is_not_found() -> None:
    mine, theirs = make.tenant(), make.tenant()
    customer = person(of=theirs)
    happened = fact(customer)
    client, base = client_of(mine), f"/t/{mine.slug}/customers/{customer.pk}/"

    answers = [
        client.get(base + rest).status_code
        for rest in ("", "parts/", "filter/", f"interactions/{happened.pk}/")
    ]

    assert answers == [404, 404, 404, 404]


def test_opening_is_noted_once_an_hour_for_each_person_and_member() -> None:
    tenant = make.tenant()
    customer, other = person(of=tenant), person(of=tenant)
    served.merged_into(customer, other)
    client, colleague = client_of(tenant), client_of(tenant)
    with time_machine.travel(make.NOW, tick=False) as clock:
        client.get(url_of(customer))
        client.get(url_of(other))
        client.get(url_of(customer, "parts/"))
        colleague.get(url_of(customer))
        clock.shift(timedelta(minutes=61))
        client.get(url_of(customer))

    with tenant_bound(tenant.pk):
        noted = AuditEntry.objects.for_tenant(tenant).filter(action="customer-opened")
        told = [(entry.object_id, entry.object_name) for entry in noted]
    assert told == [(customer.pk, f"Customer {customer.pk.hex[-4:]}")] * 3


def test_scrolling_appends_what_is_older() -> None:
    tenant = make.tenant()
    customer = person(of=tenant)
    served.facts(customer, 60)
    client = client_of(tenant)
    page = client.get(url_of(customer)).content.decode()
    more = page.partition('id="timeline-more" hx-get="')[2].partition('"')[0]

    part = client.get(more.replace("&amp;", "&"), headers=HTMX).content.decode()

    assert part.count('<li class="timeline-entry') == 10
    assert "This is where it began" in part
    assert "<html" not in part


def test_filters_stay_in_the_links_of_the_timeline() -> None:
    tenant = make.tenant()
    customer = person(of=tenant)
    served.facts(customer, 60, kind="page")

    page = text(client_of(tenant).get(url_of(customer, "?kind=page&q=order")))

    assert "?kind=page&amp;q=order&amp;after=" in page
    assert "<span>Kind</span> Page view" in page


def test_nonsense_in_the_query_shows_the_plain_page() -> None:
    tenant = make.tenant()
    customer = rich(tenant)
    query = "?kind=x&after=x&before=%00&on=x&q=%00&thread=%00&channel=%27"

    page = text(client_of(tenant).get(url_of(customer, query)))

    assert "Maya Lindt" in page


def test_detail_names_the_rule_and_its_source_in_words() -> None:
    tenant = make.tenant()
    customer = person(of=tenant)
    point = make.touchpoint(of=tenant, title="Checkout")
    rule = make.rule("order_paid", to=point, source="events:web-shop")
    happened = fact(customer, touchpoint=point, touchpoint_rule=rule)

    page = text(
        client_of(tenant).get(url_of(customer, f"interactions/{happened.pk}/"), headers=HTMX)
    )

    assert "Checkout, given by the rule for “order_paid” from Web shop." in page


def test_detail_tells_where_the_touchpoint_came_from_and_what_was_sent() -> None:
    tenant = make.tenant()
    customer = person(of=tenant)
    happened = fact(
        customer,
        touchpoint=make.touchpoint(of=tenant, title="Checkout"),
        props={"order": {"items": [{"sku": "A-1"}], "paid": True, "note": None}},
    )

    page = text(
        client_of(tenant).get(url_of(customer, f"interactions/{happened.pk}/"), headers=HTMX)
    )

    assert "Checkout, named by the source itself." in page
    assert "order.items[0].sku</code></dt><dd>A-1</dd>" in page
    assert "order.paid</code></dt><dd>yes</dd>" in page


def test_detail_of_somebody_else_is_not_found() -> None:
    tenant = make.tenant()
    customer, happened = person(of=tenant), fact(person(of=tenant))

    answer = client_of(tenant).get(url_of(customer, f"interactions/{happened.pk}/"))

    assert answer.status_code == 404


def test_identifiers_beyond_six_are_counted() -> None:
    tenant = make.tenant()
    customer = person(of=tenant)
    for number in range(9):
        identity(customer, "anonymous", f"browser-{number}")

    assert "and 3 more" in text(client_of(tenant).get(url_of(customer)))


def test_an_unknown_id_is_not_found() -> None:
    tenant = make.tenant()

    assert client_of(tenant).get(f"/t/{tenant.slug}/customers/{new_id()}/").status_code == 404


def test_what_came_from_outside_is_never_markup() -> None:
    tenant = make.tenant()
    hostile = "<script>alert('{0}')</script>\"&{}"
    customer = person(hostile, of=tenant)
    happened = fact(
        customer,
        hostile,
        kind="note",
        title=hostile,
        text=hostile,
        thread_key=hostile,
        source=hostile,
        channel=make.channel(of=tenant, title=hostile),
        touchpoint=make.touchpoint(of=tenant, title=f"{hostile} too"),
        props={hostile: hostile},
    )
    client = client_of(tenant)

    pages = [
        text(client.get(url_of(customer, rest)))
        for rest in ("", "parts/", "filter/", f"interactions/{happened.pk}/")
    ]

    assert [page for page in pages if "<script>alert" in page] == []
    assert all("&lt;script&gt;alert(&#x27;{0}&#x27;)" in page for page in pages)
