"""Event sources and write keys in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from cxm.tenants.services import token_hash
from feedback.models import EventSource, WriteKey
from tests import make
from tests.feedback.event_bodies import source_of

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db
API = "/api/v1/event-sources/"


@pytest.fixture
def tenant() -> Tenant:
    return make.tenant()


def sender(tenant: Tenant, *rights: Right) -> Any:
    """Give what sends requests with a key of *tenant*: method, path below the list, body."""
    _, text = make.api_key(of=tenant, rights=rights or [Right.MANAGE_SOURCES])
    headers = {"Authorization": f"Bearer {text}"}

    def send(method: str, path: str = "", body: Any = None) -> Any:
        act = getattr(Client(), method)
        if method == "get":
            return act(API + path, headers=headers)
        return act(API + path, body or {}, content_type="application/json", headers=headers)

    return send


def test_a_source_is_made_with_its_first_key(tenant: Tenant) -> None:
    send = sender(tenant)

    answer = send("post", "", {"title": "Web shop", "time_zone": "Asia/Tokyo", "keeps_pages": True})

    body = answer.json()
    key = body.pop("write_key")
    with tenant_bound(tenant.pk):
        stored = WriteKey.objects.for_tenant(tenant).get()
    assert (answer.status_code, body["key"], body["time_zone"], body["keeps_pages"]) == (
        201,
        "web-shop",
        "Asia/Tokyo",
        True,
    )
    assert (stored.key_hash, key["state"]) == (token_hash(key["text"]), "live")
    assert send("get").json() == {"results": [body], "next": None}
    assert send("get", f"{body['id']}/").json() == body


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": "A", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"title": "A", "key": "a"}, "key"),
    ],
    ids=["nothing", "empty", "zone", "unknown-field"],
)
def test_a_source_that_is_not_fit_is_refused_at_its_field(
    tenant: Tenant, body: dict[str, str], field: str
) -> None:
    answer = sender(tenant)("post", "", body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_source_is_changed_archived_and_restored(tenant: Tenant) -> None:
    send = sender(tenant)
    pk = send("post", "", {"title": "Web shop"}).json()["id"]

    changed = send("patch", f"{pk}/", {"title": "Shop"}).json()
    archived = send("post", f"{pk}/archive/").json()
    lists = [send("get", query).json()["results"] for query in ("", "?archived=true")]
    restored = send("post", f"{pk}/restore/").json()

    assert (changed["key"], changed["title"]) == ("web-shop", "Shop")
    assert [[row["id"] for row in rows] for rows in lists] == [[], [pk]]
    assert (bool(archived["archived_at"]), restored["archived_at"]) == (True, None)


def test_a_key_is_made_rotated_and_revoked(tenant: Tenant) -> None:
    send = sender(tenant)
    pk = send("post", "", {"title": "Web shop"}).json()["id"]

    made = send("post", f"{pk}/keys/")
    rotated = send("post", f"{pk}/keys/{made.json()['id']}/rotate/", {"grace": "week"})
    revoked = send("post", f"{pk}/keys/{rotated.json()['id']}/revoke/")
    again = send("post", f"{pk}/keys/{rotated.json()['id']}/revoke/")

    assert [answer.status_code for answer in (made, rotated, revoked, again)] == [
        201,
        201,
        200,
        422,
    ]
    listed = send("get", f"{pk}/keys/").json()["results"]
    assert [row["state"] for row in listed] == ["revoked", "ending", "live"]
    assert {"text" in row for row in listed} == {False}
    assert made.json()["text"].startswith("wf_")
    assert rotated.json()["text"] != made.json()["text"]


def test_a_key_is_rotated_only_with_a_known_grace(tenant: Tenant) -> None:
    send = sender(tenant)
    made = send("post", "", {"title": "Web shop"}).json()

    answer = send("post", f"{made['id']}/keys/{made['write_key']['id']}/rotate/", {"grace": "year"})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["grace"]


def test_a_key_of_another_source_is_not_found(tenant: Tenant) -> None:
    send = sender(tenant)
    one, other = (send("post", "", {"title": title}).json() for title in ("One", "Other"))

    answer = send("post", f"{one['id']}/keys/{other['write_key']['id']}/revoke/")

    assert answer.status_code == 404


def test_sources_are_hidden_from_other_tenants_and_lesser_keys(tenant: Tenant) -> None:
    source = source_of(make.member())

    foreign = sender(tenant)("get", f"{source.pk}/")
    lesser = sender(source.tenant, Right.SEND_EVENTS)("get", f"{source.pk}/")

    assert (foreign.status_code, lesser.status_code) == (404, 403)
    with tenant_bound(source.tenant_id):
        assert EventSource.objects.for_tenant(source.tenant_id).get().archived_at is None
