"""Pages of channels and touchpoints, through the browser's door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.touchpoints import services
from cxm.touchpoints.models import Channel, Touchpoint
from tests import make
from tests.make import NOW

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NOUNS = pytest.mark.parametrize("noun", ["channel", "touchpoint"])


def _url(of: Tenant, name: str, *args: UUID) -> str:
    return reverse(f"touchpoints:{name}", args=[of.slug, *args])


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _make(noun: str, of: Tenant, title: str, key: str = "") -> Any:
    return getattr(make, noun)(of=of, title=title, key=key)


def _again(row: Any) -> Any:
    with tenant_bound(row.tenant_id):
        rows = type(row).objects.for_tenant(row.tenant_id).select_related("merged_into")
        return rows.get(pk=row.pk)


def _count(noun: str, of: Tenant) -> int:
    model = {"channel": Channel, "touchpoint": Touchpoint}[noun]
    with tenant_bound(of.pk):
        return model.objects.for_tenant(of).count()


@NOUNS
def test_a_list_costs_the_same_for_one_row_and_for_three(noun: str) -> None:
    member = make.member()
    client = _client(member)
    counts = []

    for more in (1, 2):
        for number in range(more):
            _make(noun, member.tenant, f"Row {more}{number}")
        with CaptureQueriesContext(connection) as queries:
            client.get(_url(member.tenant, f"{noun}-list"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


@NOUNS
@pytest.mark.parametrize("words", ["ECK", "E\0CK"], ids=["plain", "nul"])
def test_a_list_is_filtered_by_words(noun: str, words: str) -> None:
    member = make.member()
    for title in ("Checkout", "Delivery"):
        _make(noun, member.tenant, title)

    answer = _client(member).get(_url(member.tenant, f"{noun}-list"), {"q": words}, headers=HTMX)

    shown = answer.content.decode()
    assert "Checkout" in shown
    assert "Delivery" not in shown
    assert shown.lstrip().startswith('<div id="registry-rows"')


def test_touchpoints_are_found_by_another_name_and_by_channel() -> None:
    member = make.member()
    tenant = member.tenant
    with tenant_bound(tenant.pk):
        web = services.create_channel(tenant=tenant, title="Website", by=member)
        till = services.create_touchpoint(tenant=tenant, title="Till", by=member)
        pay = services.create_touchpoint(tenant=tenant, title="Checkout", channel=web, by=member)
        services.merge_registered(row=till, into=pay, by=member, now=NOW)
    client, url = _client(member), _url(tenant, "touchpoint-list")

    by_alias = client.get(url, {"q": "till"}, headers=HTMX).content.decode()
    by_channel = client.get(url, {"channel": "website"}, headers=HTMX).content.decode()
    elsewhere = client.get(url, {"channel": "app"}, headers=HTMX).content.decode()

    assert ["Checkout" in page for page in (by_alias, by_channel, elsewhere)] == [True, True, False]


@NOUNS
def test_adding_suggests_the_key(noun: str) -> None:
    member = make.member()
    form = {"title": "Pay here", "medium": "web", "ownership": "owned"}
    form |= {"interaction": "action", "initiator": "customer"}

    answer = _client(member).post(_url(member.tenant, f"{noun}-add"), form, follow=True)

    assert "“Pay here” is added." in answer.content.decode()
    assert "pay-here" in answer.content.decode()


@NOUNS
def test_a_taken_key_is_said_at_its_field(noun: str) -> None:
    member = make.member()
    _make(noun, member.tenant, "Website", key="web")
    form = {"title": "New", "key": "web", "medium": "web", "ownership": "owned"}
    form |= {"interaction": "action", "initiator": "customer"}

    answer = _client(member).post(_url(member.tenant, f"{noun}-add"), form)

    assert answer.status_code == 422
    assert "“web” is taken: choose another key." in answer.content.decode()
    assert 'value="New"' in answer.content.decode()
    assert _count(noun, member.tenant) == 1


@NOUNS
def test_editing_changes_all_but_the_key(noun: str) -> None:
    member = make.member()
    row = _make(noun, member.tenant, "Old", key="old")
    form = {"title": "New", "key": "new", "medium": "app", "ownership": "paid"}
    form |= {"interaction": "communication", "initiator": "organisation"}

    _client(member).post(_url(member.tenant, f"{noun}-edit", row.pk), form)

    changed = _again(row)
    assert (changed.title, changed.key) == ("New", "old")


@NOUNS
def test_archiving_can_be_undone(noun: str) -> None:
    member = make.member()
    row = _make(noun, member.tenant, "Checkout")
    client = _client(member)

    archived = client.post(_url(member.tenant, f"{noun}-archive", row.pk), headers=HTMX)
    is_archived = _again(row).archived_at is not None
    client.post(_url(member.tenant, f"{noun}-restore", row.pk))

    assert is_archived
    assert _url(member.tenant, f"{noun}-restore", row.pk) in archived.headers["HX-Trigger"]
    assert _again(row).archived_at is None


@NOUNS
def test_a_merge_is_read_before_it_is_done(noun: str) -> None:
    member = make.member()
    row, into = (_make(noun, member.tenant, title) for title in ("Till", "Checkout"))
    client, url = _client(member), _url(member.tenant, f"{noun}-merge", row.pk)

    preview = client.get(url, {"into": str(into.pk)}).content.decode()
    before = _again(row).merged_into
    client.post(url, {"into": str(into.pk)})

    assert "everything about “Till” is counted as “Checkout”" in preview
    assert before is None
    assert _again(row).merged_into == into


@NOUNS
def test_a_merge_is_taken_apart(noun: str) -> None:
    member = make.member()
    row, into = (_make(noun, member.tenant, title) for title in ("Till", "Checkout"))
    client = _client(member)
    client.post(_url(member.tenant, f"{noun}-merge", row.pk), {"into": str(into.pk)})

    client.post(_url(member.tenant, f"{noun}-unmerge", row.pk))

    assert (_again(row).merged_into, _again(row).archived_at) == (None, None)


@NOUNS
@pytest.mark.parametrize("deed", ["restore", "unmerge"])
def test_a_button_that_cannot_work_says_why(noun: str, deed: str) -> None:
    member = make.member()
    row, into = (_make(noun, member.tenant, title) for title in ("Till", "Checkout"))
    client = _client(member)
    if deed == "restore":
        client.post(_url(member.tenant, f"{noun}-merge", row.pk), {"into": str(into.pk)})

    answer = client.post(_url(member.tenant, f"{noun}-{deed}", row.pk))

    words = {
        "restore": "This one is merged into another: take it apart first.",
        "unmerge": "This one is not merged into another.",
    }
    assert answer.status_code == 422
    assert words[deed] in answer.content.decode()


@NOUNS
def test_what_is_merged_already_is_not_merged_again(noun: str) -> None:
    member = make.member()
    row, into, other = (_make(noun, member.tenant, title) for title in ("Till", "Checkout", "App"))
    client, url = _client(member), _url(member.tenant, f"{noun}-merge", row.pk)
    client.post(url, {"into": str(into.pk)})

    answer = client.post(url, {"into": str(other.pk)})

    assert answer.status_code == 422
    assert _again(row).merged_into == into


def test_titles_are_pasted() -> None:
    member = make.member()
    make.touchpoint(of=member.tenant, title="Checkout")
    form = {"titles": "checkout\n\n  Delivery \nReturn\nDELIVERY\n"}

    answer = _client(member).post(_url(member.tenant, "touchpoint-add-many"), form, follow=True)

    assert "2 touchpoints are added. 1 was there already." in answer.content.decode()
    assert _count("touchpoint", member.tenant) == 3


@pytest.mark.parametrize(
    ("titles", "words"),
    [
        ("", "This field is required."),
        ("x" * 121, "is longer than 120 characters."),
        ("\n".join(f"Title {n}" for n in range(201)), "These are 201 titles"),
    ],
    ids=["none", "too long", "too many"],
)
def test_titles_that_cannot_be_are_refused(titles: str, words: str) -> None:
    member = make.member()

    answer = _client(member).post(_url(member.tenant, "touchpoint-add-many"), {"titles": titles})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert _count("touchpoint", member.tenant) == 0


def test_a_touchpoint_shows_its_other_names() -> None:
    member = make.member()
    till, checkout = (make.touchpoint(of=member.tenant, title=t) for t in ("Till", "Checkout"))
    client = _client(member)
    client.post(_url(member.tenant, "touchpoint-merge", till.pk), {"into": str(checkout.pk)})

    shown = client.get(_url(member.tenant, "touchpoint-detail", checkout.pk)).content.decode()

    assert f"<code>{till.key}</code>" in shown
    assert "Merged into it" in shown


@NOUNS
@pytest.mark.parametrize("deed", ["edit", "archive", "restore", "merge", "unmerge"])
def test_deeds_are_not_found_by_viewers_nor_by_strangers(noun: str, deed: str) -> None:
    member = make.member(role=Role.VIEWER)
    row = _make(noun, member.tenant, "Checkout")
    url = _url(member.tenant, f"{noun}-{deed}", row.pk)
    stranger = make.member()
    theirs = _url(stranger.tenant, f"{noun}-{deed}", row.pk)

    answers = [
        _client(member).post(url),
        _client(stranger).post(url),
        _client(stranger).post(theirs),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert _again(row).archived_at is None


@NOUNS
def test_viewers_see_the_list_without_buttons(noun: str) -> None:
    member = make.member(role=Role.VIEWER)
    _make(noun, member.tenant, "Checkout")

    shown = _client(member).get(_url(member.tenant, f"{noun}-list")).content.decode()

    assert "Checkout" in shown
    assert "/archive/" not in shown
    assert "/add/" not in shown


@NOUNS
def test_an_open_panel_alone_is_given_to_htmx(noun: str) -> None:
    member = make.member()
    url = _url(member.tenant, f"{noun}-add")

    part = _client(member).get(url, headers=HTMX).content.decode()
    whole = _client(member).get(url).content.decode()

    assert part.strip().startswith('<div class="panel-head" id="registry-panel-head">')
    assert 'id="registry-panel-head"' in whole
    assert "<html" in whole
