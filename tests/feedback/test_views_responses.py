"""The pages of responses, through the browser's door."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from cxm.customers.models import Customer
from cxm.metrics.rules.histogram import Histogram
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.models import Rating
from tests import make
from tests.feedback.response_pages import (
    HTMX,
    counted,
    html,
    list_url,
    rows_in,
    signed_in,
    title,
    url_of,
)

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def test_list_says_how_many_answers_a_metric_has(client: Client) -> None:
    member = signed_in(client)
    make.load(make.record(9), make.record(3), make.record(1, metric="csat_5"), of=member.tenant)

    page = html(client.get(list_url(member.tenant, "metric=nps")))

    assert (title(page), rows_in(page)) == ("2 answers", 2)


def test_list_without_a_metric_is_of_responses(client: Client) -> None:
    member = signed_in(client)
    make.load(make.record(9), make.record(None, comment="Fine"), of=member.tenant)

    page = html(client.get(list_url(member.tenant)))

    assert (title(page), rows_in(page)) == ("2 responses", 2)


def test_long_lists_are_turned_page_by_page_without_losing_a_row(client: Client) -> None:
    member = signed_in(client)
    make.load(*[make.record(9, day=i // 40) for i in range(120)], of=member.tenant)
    url, seen, pages = list_url(member.tenant, "metric=nps"), [], []

    while url:
        page = html(client.get(url))
        pages.append(rows_in(page))
        seen += re.findall(r'<tr id="response-row-([0-9a-f-]+)"', page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        url = older.group(1).replace("&amp;", "&") if older else ""

    assert pages == [50, 50, 20]
    assert len(set(seen)) == 120


def test_newer_leads_back_to_the_page_before(client: Client) -> None:
    member = signed_in(client)
    make.load(*[make.record(9, day=i) for i in range(60)], of=member.tenant)
    first = html(client.get(list_url(member.tenant)))
    older = re.search(r'href="([^"]+)" rel="next"', first)
    second = html(client.get(older.group(1).replace("&amp;", "&")))  # type: ignore[union-attr]
    newer = re.search(r'href="([^"]+)" rel="prev"', second)

    back = html(client.get(newer.group(1).replace("&amp;", "&")))  # type: ignore[union-attr]

    ids = re.findall(r'<tr id="response-row-([0-9a-f-]+)"', back)
    assert ids == re.findall(r'<tr id="response-row-([0-9a-f-]+)"', first)
    assert 'rel="prev"' not in back


@pytest.mark.parametrize("query", ["metric=nps", ""], ids=["ratings", "responses"])
def test_list_reads_as_often_for_one_row_as_for_three(
    client: Client, query: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    few, many = signed_in(client), make.member(role=Role.MANAGER)
    for member, rows in ((few, 1), (many, 3)):
        records = [
            make.record(9, comment="Good", customer=f"c{i}", touchpoint=f"t{i}", channel="web")
            for i in range(rows)
        ]
        make.load(*records, of=member.tenant)

    queries = {"metric=nps": 15, "": 16}[query]
    for member in (few, many):
        client.force_login(member.user)
        with django_assert_num_queries(queries):
            client.get(list_url(member.tenant, query))


def test_comment_is_shown_with_the_searched_words_marked(client: Client) -> None:
    member = signed_in(client)
    make.load(
        make.record(2, comment="The <b>courier</b> was late again"),
        make.record(9, comment="All fine"),
        of=member.tenant,
    )

    page = html(client.get(list_url(member.tenant, "metric=nps&q=LATE")))

    assert title(page) == "1 answer"
    assert "&lt;b&gt;courier&lt;/b&gt; was <mark>late</mark> again" in page


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("late", 2),
        ("late -parcel", 1),
        ('"very late"', 1),
        ("parcel or fine", 2),
        ("nothing-of-this", 0),
        ("!!! ((", 0),
        ("'; DROP TABLE feedback_rating; --", 0),
    ],
)
def test_search_reads_words_phrases_and_exclusions(client: Client, q: str, found: int) -> None:
    member = signed_in(client)
    comments = ["Parcel late", "It was very late", "Fine"]
    make.load(*[make.record(5, comment=comment) for comment in comments], of=member.tenant)

    pages = [html(client.get(list_url(member.tenant, [("q", q), *m]))) for m in ([], [NPS])]

    assert [rows_in(page) for page in pages] == [found, found]


NPS = ("metric", "nps")


def test_search_does_not_leave_the_tenant(client: Client) -> None:
    member, stranger = signed_in(client), make.tenant()
    make.load(make.record(5, comment="late"), of=stranger)

    page = html(client.get(list_url(member.tenant, "q=late")))

    assert rows_in(page) == 0


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("metric=nope", "“nope” is not the key of a metric: it was left out."),
        ("touchpoint=nope", "“nope” is not the key of a touchpoint: it was left out."),
        ("from=yesterday", "“yesterday” is not a date such as 2026-11-21: it was left out."),
        ("from=2026-02-02&to=2026-01-01", "The period ends before it begins"),
        ("score=" + "9" * 400, "is not a whole number: it was left out."),
        ("metric=nps&score=11", "“11” is not on the scale of"),
        ("score=%00", "is not a whole number"),
        ("q=" + "x" * 10_000, "The search was longer than 200 characters"),
        ("q=a%00b", "The search held signs that no text has"),
        ("state=secret", "“secret” is not one of counted, held, deleted"),
        ("comment=maybe", "“maybe” is not one of yes, no"),
        ("without=love", "“love” is not one of touchpoint, channel, survey"),
        ("%3Cscript%3E=1", "“&lt;script&gt;” is not a filter: it was left out."),
        ("survey=" + "s%00" * 100, "is not the key of a survey"),
    ],
    ids=lambda value: value[:24],
)
def test_what_is_not_understood_is_said_and_left_out(client: Client, query: str, note: str) -> None:
    member = signed_in(client)
    make.load(make.record(9, comment="ab"), of=member.tenant)

    response = client.get(list_url(member.tenant, query))

    assert response.status_code == 200
    assert note in html(response)


@pytest.mark.parametrize(
    "place", ["x", "2026-01-01~", "~", "9" * 500, "2026-01-01~%00", "a~b", "a~b~c"]
)
@pytest.mark.parametrize("name", ["after", "before", "row"])
def test_a_place_nobody_wrote_shows_the_first_page(client: Client, name: str, place: str) -> None:
    member = signed_in(client)
    make.load(make.record(9), of=member.tenant)

    pages = [
        html(client.get(list_url(member.tenant, f"{name}={place}&{query}")))
        for query in ("", "metric=nps")
    ]

    assert [rows_in(page) for page in pages] == [1, 1]


def test_chips_take_one_filter_away_each(client: Client) -> None:
    member = signed_in(client)
    make.load(make.record(9, touchpoint="checkout", channel="web"), of=member.tenant)

    page = html(client.get(list_url(member.tenant, "channel=web&metric=nps&touchpoint=checkout")))

    chips = re.findall(r'<a class="chip is-on" href="([^"]+)"><span>(\w+)</span> (\w+)', page)
    path = reverse("feedback:response-list", args=[member.tenant.slug])
    assert chips == [
        (f"{path}?metric=nps&amp;touchpoint=checkout", "Channel", "Web"),
        (f"{path}?channel=web&amp;metric=nps", "Touchpoint", "Checkout"),
    ]


def test_panel_shows_everything_of_a_response(client: Client) -> None:
    member = signed_in(client)
    [response] = make.load(
        make.record(3, touchpoint="checkout", channel="web", customer="C-77", comment="Too\nslow"),
        of=member.tenant,
    )

    page = html(client.get(url_of("panel", member.tenant, response), headers=HTMX))

    assert page.lstrip().startswith('<div class="panel-head"')
    for shown in ("C-77", "Checkout", "Web", "Too\nslow", ", unfavourable, ", "file:survey"):
        assert shown in page


@pytest.mark.parametrize(
    ("role", "customer", "is_led"),
    [
        (Role.MANAGER, "C-77", True),
        (Role.ANALYST, "C-77", True),
        (Role.VIEWER, "C-77", False),
        (Role.MANAGER, "", False),
    ],
)
def test_panel_leads_to_the_customer_where_that_page_may_be_opened(
    client: Client, role: Role, customer: str, is_led: bool
) -> None:
    member = signed_in(client, role)
    [response] = make.load(make.record(3, customer=customer), of=member.tenant)

    page = html(client.get(url_of("panel", member.tenant, response), headers=HTMX))

    links = re.findall(rf'href="(/t/{member.tenant.slug}/customers/[^"]+)"', page)
    assert len(links) == is_led
    assert all(client.get(link).status_code == 200 for link in links)


def test_panel_is_a_whole_page_without_htmx(client: Client) -> None:
    member = signed_in(client)
    [response] = make.load(make.record(3, comment="Too slow"), of=member.tenant)

    page = html(client.get(url_of("panel", member.tenant, response) + "?metric=nps"))

    assert (title(page), page.count("Too slow")) == ("1 answer", 2)
    assert 'aria-current="true"><td' in re.sub(r">\s+<", "><", page)


def test_panel_leads_to_its_neighbours_in_the_list(client: Client) -> None:
    member = signed_in(client)
    make.load(*[make.record(9, day=day) for day in range(3)], of=member.tenant)
    with tenant_bound(member.tenant.pk):
        newest, middle, oldest = Rating.objects.for_tenant(member.tenant).order_by("-day")
    url = f"{reverse('feedback:response-panel', args=[member.tenant.slug, middle.response_id])}"

    page = html(client.get(f"{url}?metric=nps&row={middle.pk.hex}", headers=HTMX))

    def link(rating: Rating, key: str) -> tuple[str, str]:
        to = reverse("feedback:response-panel", args=[member.tenant.slug, rating.response_id])
        return f'href="{to}?metric=nps&amp;row={rating.pk.hex}"', f'data-shortcut="{key}"'

    for parts in (link(newest, "["), link(oldest, "]")):
        assert all(part in page for part in parts)


def test_panel_lists_the_customers_other_responses_over_merges(client: Client) -> None:
    member = signed_in(client)
    first, second, _ = make.load(
        make.record(9, customer="a"),
        make.record(8, customer="b"),
        make.record(7, customer="c"),
        of=member.tenant,
    )
    with tenant_bound(member.tenant.pk):
        absorbed = Customer.objects.for_tenant(member.tenant).get(pk=str(second.customer_id))
        absorbed.root_id = str(first.customer_id)
        absorbed.save(update_fields=["root"])

    page = html(client.get(url_of("panel", member.tenant, first), headers=HTMX))

    others = page.split("Also from this customer")[1]
    assert re.findall(r"/responses/([0-9a-f-]+)/", others.split("</ul>")[0]) == [str(second.pk)]


@pytest.mark.parametrize("name", ["panel", "hold", "release", "delete", "restore"])
def test_responses_are_not_found_from_another_tenant(client: Client, name: str) -> None:
    member, stranger = signed_in(client), make.tenant()
    [response] = make.load(make.record(4), of=stranger)
    url = url_of(name, member.tenant, response)

    answer = client.get(url) if name == "panel" else client.post(url, {"reason": "Test"})

    assert answer.status_code == 404
    assert counted(stranger) == Histogram.of([4])


def test_the_list_is_not_found_for_guests_and_strangers(client: Client) -> None:
    guest, stranger = make.member(role=Role.GUEST), make.member()
    url = list_url(guest.tenant)

    statuses = []
    for member in (guest, stranger):
        client.force_login(member.user)
        statuses.append(client.get(url).status_code)

    assert statuses == [404, 404]


def test_an_empty_workspace_is_told_how_answers_arrive(client: Client) -> None:
    member = signed_in(client)

    page = html(client.get(list_url(member.tenant)))

    assert "No responses yet" in page
    assert title(page) == "0 responses"


def test_days_are_those_of_the_tenant_and_the_last_one_counts(client: Client) -> None:
    tenant = make.tenant(time_zone="Pacific/Auckland")
    member = make.member(of=tenant)
    client.force_login(member.user)
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # the 2nd of March in Auckland
    make.load(make.record(9, answered_at=late), of=tenant)

    titles = [
        title(html(client.get(list_url(tenant, f"metric=nps&from={day}&to={day}"))))
        for day in ("2026-03-01", "2026-03-02")
    ]

    assert titles == ["0 answers", "1 answer"]
