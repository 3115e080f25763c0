"""Channels and touchpoints in the JSON API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxm.tenants.rules import Right
from tests import make

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db
KINDS = pytest.mark.parametrize("kind", ["channel", "touchpoint"])
DEEDS = ["archive", "restore", "merge", "unmerge"]


class Api:
    """Speaks with the API for one tenant."""

    def __init__(self, of: Tenant, *rights: Right) -> None:
        _, text = make.api_key(of=of, rights=rights or tuple(Right))
        self.headers = {"X-Api-Key": text}

    def __call__(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        sent = json.dumps(body) if body is not None else ""
        answer = Client().generic(
            method, f"/api/v1/{path}", sent, "application/json", headers=self.headers
        )
        return answer.status_code, answer.json()


def _make(kind: str, of: Tenant, title: str = "Checkout") -> Any:
    return getattr(make, kind)(of=of, title=title)


@KINDS
def test_a_list_is_one_page_in_as_many_queries_for_three_rows_as_for_one(kind: str) -> None:
    tenant = make.tenant()
    api, counts = Api(tenant), []
    _make(kind, tenant)
    api("GET", f"{kind}s/")

    for more in (0, 2):
        for _ in range(more):
            _make(kind, tenant)
        with CaptureQueriesContext(connection) as queries:
            api("GET", f"{kind}s/")
        counts.append(len(queries))

    status, body = api("GET", f"{kind}s/")
    assert counts[0] == counts[1]
    assert (status, len(body["results"]), body["next"]) == (200, 3, None)


def test_a_channel_is_read_as_it_was_written() -> None:
    api = Api(make.tenant())

    status, made = api("POST", "channels/", {"title": "Shop", "medium": "store", "key": "shop"})
    read = api("GET", f"channels/{made['id']}/")

    assert status == 201
    assert read == (200, made)
    assert {name: made[name] for name in ("key", "title", "medium", "ownership")} == {
        "key": "shop",
        "title": "Shop",
        "medium": "store",
        "ownership": "owned",
    }


def test_a_touchpoint_names_its_channel_by_key() -> None:
    tenant = make.tenant()
    make.channel(of=tenant, key="web")
    api = Api(tenant)

    _, made = api("POST", "touchpoints/", {"title": "Pay", "channel": "web"})
    _, changed = api("PATCH", f"touchpoints/{made['id']}/", {"channel": None})
    status, refused = api("POST", "touchpoints/", {"title": "Pay", "channel": "app"})

    assert (made["channel"], changed["channel"], changed["title"]) == ("web", None, "Pay")
    assert status == 422
    assert refused["errors"][0]["field"] == "channel"


@KINDS
def test_the_key_cannot_be_changed(kind: str) -> None:
    tenant = make.tenant()
    row = _make(kind, tenant)

    status, refused = Api(tenant)("PATCH", f"{kind}s/{row.pk}/", {"key": "new"})

    assert status == 422
    assert refused["errors"][0]["code"] == "unknown_field"


def test_many_touchpoints_are_added_at_once() -> None:
    tenant = make.tenant()
    make.touchpoint(of=tenant, title="Pay")

    status, body = Api(tenant)("POST", "touchpoints/add-many/", {"titles": ["PAY", "Deliver"]})

    assert status == 201
    assert [row["key"] for row in body["made"]] == ["deliver"]


@KINDS
def test_archived_rows_have_a_list_of_their_own(kind: str) -> None:
    tenant = make.tenant()
    api, row = Api(tenant), _make(kind, tenant)

    _, archived = api("POST", f"{kind}s/{row.pk}/archive/")
    _, live = api("GET", f"{kind}s/")
    _, away = api("GET", f"{kind}s/?archived=true")
    _, restored = api("POST", f"{kind}s/{row.pk}/restore/")

    assert (archived["archived_at"] is not None, restored["archived_at"]) == (True, None)
    assert ([row["id"] for row in live["results"]], len(away["results"])) == ([], 1)


@KINDS
def test_a_merge_is_done_and_taken_apart(kind: str) -> None:
    tenant = make.tenant()
    api, row, into = Api(tenant), _make(kind, tenant), _make(kind, tenant)

    merged = api("POST", f"{kind}s/{row.pk}/merge/", {"into": str(into.pk)})
    apart = api("POST", f"{kind}s/{row.pk}/unmerge/")

    assert (merged[0], merged[1]["merged_into"]) == (200, into.key)
    assert (apart[0], apart[1]["merged_into"], apart[1]["archived_at"]) == (200, None, None)


@KINDS
def test_nothing_is_merged_into_itself_nor_into_what_is_anothers(kind: str) -> None:
    tenant = make.tenant()
    api, row, theirs = Api(tenant), _make(kind, tenant), _make(kind, make.tenant())

    answers = [
        api("POST", f"{kind}s/{row.pk}/merge/", {"into": str(into.pk)}) for into in (row, theirs)
    ]

    assert [(status, body["errors"][0]["field"]) for status, body in answers] == [
        (422, "into"),
        (422, "into"),
    ]


@KINDS
@pytest.mark.parametrize("deed", DEEDS)
def test_deeds_need_the_right_and_ones_own_row(kind: str, deed: str) -> None:
    tenant = make.tenant()
    row, theirs = _make(kind, tenant), _make(kind, make.tenant())

    unfit, _ = Api(tenant, Right.SEE_REGISTRIES)("POST", f"{kind}s/{row.pk}/{deed}/")
    foreign, _ = Api(tenant)("POST", f"{kind}s/{theirs.pk}/{deed}/")

    assert (unfit, foreign) == (403, 404)
