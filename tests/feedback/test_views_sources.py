"""The pages of event sources and write keys, through the browser's door."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.tenants.services import token_hash
from feedback.models import EventSource, WriteKey
from feedback.services.event_sources import archive_source
from tests import make
from tests.feedback.event_bodies import arrive, source_of, track
from tests.feedback.source_pages import html, url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
KEY_TEXT = re.compile(r"wf_[A-Za-z0-9_-]{32}")


@pytest.fixture
def member(client: Client) -> Membership:
    signed_in = make.member(role=Role.ADMIN)
    client.force_login(signed_in.user)
    return signed_in


@pytest.fixture
def source(member: Membership) -> EventSource:
    return source_of(member)


def key_of(source: EventSource) -> WriteKey:
    """Read the newest key of a source."""
    with tenant_bound(source.tenant_id):
        keys = WriteKey.objects.for_tenant(source.tenant_id).filter(event_source=source)
        return keys.order_by("-created_at", "-pk")[0]


# The list, and making one.


def test_the_empty_list_explains_and_offers_the_first(client: Client, member: Membership) -> None:
    page = html(client.get(url(member, "event-source-list")))

    assert "Nothing sends events yet" in page
    assert f'href="{url(member, "event-source-new")}"' in page


def test_the_list_tells_what_came_today(client: Client, source: EventSource) -> None:
    arrive(source, track(key="1"), track(key="2"), "refused")
    arrive(source, track(key="3"), is_loaded=False)
    arrive(source, track(key="4"), at=now() - timedelta(days=2))

    page = html(client.get(url(source.created_by, "event-source-list")))

    today = page.split('data-label="Events today" class="num">')[1].split("</td>")[0]
    refused = page.split('data-label="Refused today" class="num">')[1].split("</td>")[0]
    assert today == '3<span class="sub">1 body waiting</span>'
    assert refused == f'<a href="{url(source, "event-source-refused")}">1</a>'
    assert "1 that works" in page


def test_the_list_costs_the_same_for_one_source_and_for_three(
    client: Client, member: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    other = make.member()
    source_of(member)
    for title in ("A", "B", "C"):
        arrive(source_of(other, title), track())

    for who in (member, other):
        client.force_login(who.user)
        with django_assert_num_queries(13):
            client.get(url(who, "event-source-list"))


def test_the_list_tells_when_something_last_happened_however_it_was_loaded(
    client: Client, source: EventSource
) -> None:
    asked = url(source.created_by, "event-source-list")
    before = html(client.get(asked))
    make.events("paid", of=source.tenant, source=f"events:{source.key}", day=2)

    after = html(client.get(asked))

    cell = after.split('data-label="Last heard from">')[1].split("</td>")[0]
    at = (make.NOW - timedelta(days=2)).strftime("%-d %b %Y, %H:%M")
    assert ("Never: connect it" in before, cell) == (True, at)


def test_archived_sources_have_a_list_of_their_own(client: Client, source: EventSource) -> None:
    assert source.created_by
    listed = url(source.created_by, "event-source-list")
    with tenant_bound(source.tenant_id):
        archive_source(source=source, is_archived=True, by=source.created_by, now=now())

    pages = [html(client.get(listed, query)) for query in ({}, {"archived": "1"})]

    assert ["Web shop" in page for page in pages] == [False, True]


def test_a_new_source_shows_its_key_this_once(client: Client, member: Membership) -> None:
    answer = client.post(url(member, "event-source-new"), {"title": "Web shop", "kind": "client"})

    [text] = set(KEY_TEXT.findall(html(answer)))
    with tenant_bound(member.tenant_id):
        made = EventSource.objects.for_tenant(member.tenant).select_related("tenant").get()
    assert key_of(made).key_hash == token_hash(text)
    assert "no-store" in answer["Cache-Control"]
    assert KEY_TEXT.findall(html(client.get(url(made, "event-source-connect")))) == []


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": "x" * 121}, "at most 120 characters"),
        ({"title": "A", "time_zone": "Mars/Olympus"}, "Mars/Olympus is not one of"),
    ],
    ids=["empty", "long", "zone"],
)
def test_a_source_that_is_not_fit_is_refused_at_its_field(
    client: Client, member: Membership, sent: dict[str, str], words: str
) -> None:
    answer = client.post(url(member, "event-source-new"), {"kind": "client", **sent})

    assert (answer.status_code, words in html(answer)) == (422, True)
    with tenant_bound(member.tenant_id):
        assert not EventSource.objects.for_tenant(member.tenant).exists()


# Its pages.


def test_connect_names_this_site_in_every_snippet(client: Client, source: EventSource) -> None:
    page = html(client.get(url(source, "event-source-connect")))

    assert page.count("http://testserver") == 7
    assert key_of(source).hint in page
    assert page.count("YOUR_WRITE_KEY") == 6


def test_settings_rename_and_choose_how_it_is_read(client: Client, source: EventSource) -> None:
    where = url(source, "event-source-settings")

    answer = client.post(
        where, {"title": "Shop", "time_zone": "Asia/Tokyo", "keeps_pages": "on"}, follow=True
    )

    assert "“Shop” is changed." in html(answer)
    with tenant_bound(source.tenant_id):
        source.refresh_from_db()
    assert (source.title, source.time_zone, source.keeps_pages) == ("Shop", "Asia/Tokyo", True)


def test_settings_without_a_title_are_refused(client: Client, source: EventSource) -> None:
    answer = client.post(url(source, "event-source-settings"), {"title": " "})

    assert (answer.status_code, "This field is required." in html(answer)) == (422, True)


def test_a_source_is_archived_and_restored(client: Client, source: EventSource) -> None:
    gone = client.post(url(source, "event-source-archive"), follow=True)
    keys = html(client.get(url(source, "write-key-list")))
    back = client.post(url(source, "event-source-restore"), follow=True)

    assert "This source is archived" in html(gone)
    assert "Make another key" not in keys
    assert "takes events in again" in html(back)


def test_a_key_is_made_replaced_and_revoked(client: Client, source: EventSource) -> None:
    made = client.post(url(source, "write-key-create"))
    [text] = set(KEY_TEXT.findall(html(made)))
    old = key_of(source)
    replaced = client.post(url(source, "write-key-rotate", old.pk), {"grace": "day"})
    [successor] = set(KEY_TEXT.findall(html(replaced)))
    revoked = client.post(url(source, "write-key-revoke", key_of(source).pk), follow=True)

    assert old.key_hash == token_hash(text)
    assert successor != text
    assert "Works until" in html(replaced)
    assert "it does not work any more." in html(revoked)
    assert ["no-store" in page["Cache-Control"] for page in (made, replaced)] == [True, True]


def test_a_key_is_not_replaced_without_saying_when_it_ends(
    client: Client, source: EventSource
) -> None:
    answer = client.post(url(source, "write-key-rotate", key_of(source).pk), {"grace": "never"})

    assert (answer.status_code, "Nothing was changed." in html(answer)) == (422, True)
    assert key_of(source).expires_at is None


def test_a_key_that_is_over_is_said_to_be(client: Client, source: EventSource) -> None:
    key = key_of(source)
    client.post(url(source, "write-key-revoke", key.pk))

    answers = [
        client.post(url(source, name, key.pk), {"grace": "day"})
        for name in ("write-key-revoke", "write-key-rotate")
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert ["This key does not work any more." in html(answer) for answer in answers] == [True] * 2


def test_the_keys_cost_the_same_for_one_and_for_three(
    client: Client, source: EventSource, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(2):
        with django_assert_num_queries(11):
            client.get(url(source, "write-key-list"))
        for _ in range(2):
            client.post(url(source, "write-key-create"))


# Who may not.

PAGES: list[tuple[str, Callable[[WriteKey, Any], list[Any]]]] = [
    ("event-source-connect", lambda _key, _inbox: []),
    ("event-source-settings", lambda _key, _inbox: []),
    ("event-source-archive", lambda _key, _inbox: []),
    ("event-source-restore", lambda _key, _inbox: []),
    ("event-source-live", lambda _key, _inbox: []),
    ("event-source-test", lambda _key, _inbox: []),
    ("event-source-event", lambda _key, inbox: [inbox, 0]),
    ("event-source-replay", lambda _key, inbox: [inbox]),
    ("event-source-refused", lambda _key, _inbox: []),
    ("event-source-refused-file", lambda _key, _inbox: []),
    ("write-key-list", lambda _key, _inbox: []),
    ("write-key-create", lambda _key, _inbox: []),
    ("write-key-rotate", lambda key, _inbox: [key.pk]),
    ("write-key-revoke", lambda key, _inbox: [key.pk]),
]


@pytest.mark.parametrize(("name", "args"), PAGES, ids=[name for name, _ in PAGES])
def test_a_source_is_not_found_by_others(
    client: Client, source: EventSource, name: str, args: Callable[[WriteKey, Any], list[Any]]
) -> None:
    inbox_id = arrive(source, track())
    own = url(source, name, *args(key_of(source), inbox_id))
    colleague = make.member(of=source.tenant, role=Role.MANAGER)
    stranger = make.member(role=Role.OWNER)
    theirs = own.replace(source.tenant.slug, stranger.tenant.slug)
    statuses = []

    for who, where in ((colleague, own), (stranger, own), (stranger, theirs)):
        client.force_login(who.user)
        statuses += [client.get(where).status_code, client.post(where).status_code]

    # A page that takes no such method says so before it looks who asks.
    assert set(statuses) <= {404, 405}
    assert statuses.count(404) >= 3
    with tenant_bound(source.tenant_id):
        source.refresh_from_db()
        assert source.archived_at is None
        assert WriteKey.objects.for_tenant(source.tenant_id).get().revoked_at is None
