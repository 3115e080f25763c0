"""The pages about what arrived from an event source: the live view, and what was refused."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

import pytest

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import RIGHTS, Right, Role
from feedback.models import EventSource, Inbox
from tests import make
from tests.feedback.event_bodies import arrive, body_of, source_of, track
from tests.feedback.source_pages import html, url

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def member(client: Client) -> Membership:
    signed_in = make.member(role=Role.ADMIN)
    client.force_login(signed_in.user)
    return signed_in


@pytest.fixture
def source(member: Membership) -> EventSource:
    return source_of(member)


def refuse(source: EventSource, count: int) -> None:
    for number in range(count):
        arrive(source, {"type": "track", "messageId": f"bad-{number}", "userId": "u1"})


def test_refused_events_are_listed_with_reason_and_item(
    client: Client, source: EventSource
) -> None:
    nameless = {"type": "track", "messageId": "no-name-here", "userId": "u1"}
    arrive(source, nameless, track(timestamp="soon"))
    arrive(source, nameless)

    page = html(client.get(url(source, "event-source-refused")))
    times = html(client.get(url(source, "event-source-refused"), {"code": "bad_time"}))

    assert "<code>no_name</code>" in page
    assert "<code>timestamp</code>" in page
    assert "&quot;messageId&quot;: &quot;no-name-here&quot;" in page
    assert "no-name-here" not in times.split('id="refused-rows"')[1]
    assert page.count('<span class="sub">2 times</span>') == 1


def test_refused_events_cost_the_same_for_one_and_for_three(
    client: Client, source: EventSource, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for more in (1, 2):
        refuse(source, more)
        with django_assert_num_queries(12):
            client.get(url(source, "event-source-refused"))


def test_the_file_holds_what_was_refused_and_no_formula(
    client: Client, source: EventSource
) -> None:
    arrive(source, {"type": "track", "messageId": "=1+1", "userId": "u1"}, track(timestamp="soon"))
    where = url(source, "event-source-refused-file")

    answer: Any = client.get(where)
    filtered: Any = client.get(where, {"code": "bad_time"})

    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert rows[0][:4] == ["received at", "code", "message", "path"]
    assert sorted((row[1], row[5], row[7]) for row in rows[1:]) == [
        ("bad_time", "m1", "1"),
        ("no_name", "'=1+1", "1"),
    ]
    assert len(filtered.getvalue().decode().splitlines()) == 2
    assert answer["Content-Disposition"] == 'attachment; filename="refused-web-shop.csv"'
    with tenant_bound(source.tenant_id):
        entries = AuditEntry.objects.for_tenant(source.tenant_id)
        assert entries.filter(action="refused-events-exported").count() == 2


def test_the_file_goes_on_beyond_its_first_page(
    client: Client, source: EventSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback.services.refused_file.ROWS_AT_ONCE", 2)
    refuse(source, 3)
    arrive(source, *[{"type": "track", "messageId": f"x{n}", "userId": "u"} for n in range(4)])

    answer: Any = client.get(url(source, "event-source-refused-file"))

    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    ids = [row[5] for row in rows[1:]]
    assert sorted(ids) == ["bad-0", "bad-1", "bad-2", "x0", "x1", "x2", "x3"]


def test_items_are_hidden_from_those_who_may_not_see_persons(
    client: Client, source: EventSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RIGHTS, Role.ADMIN, RIGHTS[Role.ADMIN] - {Right.SEE_PERSONS})
    inbox_id = arrive(source, {"type": "track", "messageId": "b1", "userId": "ada@example.com"})

    file: Any = client.get(url(source, "event-source-refused-file"))
    pages = [
        html(client.get(url(source, name, *args)))
        for name, args in (
            ("event-source-refused", ()),
            ("event-source-live", ()),
            ("event-source-event", (inbox_id, 0)),
        )
    ]

    assert "no_name" in file.getvalue().decode()
    assert ["ada@" in text for text in [*pages, file.getvalue().decode()]] == [False] * 4


# The live view.


def test_the_live_view_shows_what_arrived(client: Client, source: EventSource) -> None:
    arrive(source, track("Order placed", user="u-7"), "not an object")

    page = html(client.get(url(source, "event-source-live")))

    assert "Order placed" in page
    assert re.search(r'href="/t/[\w-]+/customers/[\w-]+/">id u-7</a>', page)
    assert "An event is a JSON object" in page
    assert "/touchpoints/rules/add/?event_name=Order%20placed&amp;kind=event" in page


def test_a_look_that_finds_nothing_new_answers_nothing(client: Client, source: EventSource) -> None:
    arrive(source, track())
    where = url(source, "event-source-live")
    [seen] = re.findall(r'id="live-seen" value="(\w+)"', html(client.get(where)))

    same = client.get(where, {"seen": seen}, headers=HTMX)
    arrive(source, track("Another", key="2"))
    news = client.get(where, {"seen": seen}, headers=HTMX)

    assert (same.status_code, same.content) == (204, b"")
    assert news.status_code == 200
    assert html(news).startswith('<div id="live-events"')
    assert "Another" in html(news)


def test_a_paused_view_does_not_look_again(client: Client, source: EventSource) -> None:
    where = url(source, "event-source-live")

    live, paused = (html(client.get(where, query)) for query in ({}, {"paused": "1"}))

    parts = [page.split('id="live-events"')[1].split(">")[0] for page in (live, paused)]
    assert ["every 2s" in part for part in parts] == [True, False]
    assert "Go on" in paused


def test_the_live_view_costs_the_same_for_one_event_and_for_three(
    client: Client, member: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    other = make.member()
    few, many = source_of(member), source_of(other)
    arrive(few, track())
    for key in ("1", "2", "3"):
        arrive(many, track(key=key, user=key))

    for who, of in ((member, few), (other, many)):
        client.force_login(who.user)
        with django_assert_num_queries(16):
            client.get(url(of, "event-source-live"))


def test_one_event_opens_beside_the_list(client: Client, source: EventSource) -> None:
    inbox_id = arrive(source, track(properties={"total": 49.90}, timestamp="2026-11-21T10:00:00"))
    where = url(source, "event-source-event", inbox_id, 0)

    whole, part = html(client.get(where)), html(client.get(where, headers=HTMX))

    assert 'id="live-events"' in whole
    assert part.startswith('<div class="panel-head" id="arrival-panel-head">')
    assert "&quot;total&quot;: 49.9" in part
    assert "It came without a time zone" in part


@pytest.mark.parametrize("position", [1, 10**30])
def test_an_event_that_is_not_there_is_not_found(
    client: Client, source: EventSource, position: int
) -> None:
    inbox_id = arrive(source, track())

    assert client.get(url(source, "event-source-event", inbox_id, position)).status_code == 404


def test_a_test_event_is_sent_from_the_page(client: Client, source: EventSource) -> None:
    answer = client.post(url(source, "event-source-test"), follow=True)

    assert "A test event is on its way" in html(answer)
    assert '<span class="badge is-accent">Waiting</span>' in html(answer)


def test_an_archived_source_takes_no_test_event(client: Client, source: EventSource) -> None:
    client.post(url(source, "event-source-archive"))

    answer = client.post(url(source, "event-source-test"))

    assert (answer.status_code, "Restore it first." in html(answer)) == (422, True)
    with tenant_bound(source.tenant_id):
        assert not Inbox.objects.for_tenant(source.tenant_id).exists()


def test_a_body_that_failed_is_read_again(client: Client, source: EventSource) -> None:
    inbox_id = arrive(source, body=b"not json")
    panel = html(client.get(url(source, "event-source-event", inbox_id, 0)))

    answer = client.post(url(source, "event-source-replay", inbox_id), follow=True)

    assert "Read the body again" in panel
    assert "The body is read again" in html(answer)
    assert body_of(source, inbox_id).state == Inbox.State.STORED


def test_a_body_that_is_gone_is_not_read_again(client: Client, source: EventSource) -> None:
    inbox_id = arrive(source, body=b"")

    answer = client.post(url(source, "event-source-replay", inbox_id))

    assert (answer.status_code, "not kept any more" in html(answer)) == (422, True)
