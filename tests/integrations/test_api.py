"""Webhooks and deliveries in the JSON API."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.tenants.rules import Right
from tests import make
from tests.integrations.hooking import CREATED, deliveries, happens, turn, webhook
from tests.integrations.receiver import Answer, receiving

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
BODY = {"title": "CRM", "url": "https://crm.example/hook", "kinds": [CREATED]}


class _Api:
    """A client with a key of one workspace."""

    def __init__(self, member: Membership, *rights: Right) -> None:
        _, text = make.api_key(of=member.tenant, rights=rights or (Right.MANAGE_KEYS,))
        self._client = Client(headers={"Authorization": f"Bearer {text}"})

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return self._client.generic(
            method,
            f"/api/v1/{path}",
            b"" if body is None else json.dumps(body),
            content_type="application/json",
            headers=headers,
        )


@pytest.fixture
def api(member: Membership) -> _Api:
    return _Api(member)


def test_a_webhook_lives_and_is_removed_by_a_key(api: _Api) -> None:
    made = api("POST", "webhooks/", BODY).json()
    address = f"webhooks/{made['id']}/"

    changed = api("PATCH", address, {"title": "Store", "is_thin": True}).json()
    rotated = api("POST", f"{address}secrets/", {"grace": "day"})
    secrets = api("GET", f"{address}secrets/").json()["results"]
    paused = api("POST", f"{address}pause/").json()
    resumed = api("POST", f"{address}resume/").json()
    listed = api("GET", "webhooks/").json()["results"]
    gone = api("DELETE", address)

    assert made["secret"].startswith("whsec_")
    assert (changed["title"], changed["is_thin"], changed["url"]) == ("Store", True, BODY["url"])
    assert rotated.status_code == 201
    assert rotated.json()["secrets"] == secrets
    assert [one["expires_at"] is None for one in secrets] == [True, False]
    assert (paused["state"], paused["reason"], resumed["state"]) == ("paused", "person", "active")
    assert [one["id"] for one in listed] == [made["id"]]
    assert "secret" not in listed[0]
    assert (gone.status_code, api("GET", address).status_code) == (204, 404)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "http://10.0.0.1/"}, "url"),
        ({"url": "https://crm.example/\u0000"}, "url"),
        ({"kinds": ["no.such"]}, "kinds"),
        ({"kinds": []}, "kinds"),
        ({"kinds": "all"}, "kinds"),
        ({"form": "xml"}, "form"),
        ({"kinds": ["import.finished"], "form": "delighted"}, "kinds"),
        ({"secret": "whsec_mine"}, "secret"),
        ({"title": ""}, "title"),
    ],
)
def test_bad_bodies_are_refused_with_the_field(body: dict[str, Any], field: str, api: _Api) -> None:
    answer = api("POST", "webhooks/", {**BODY, **body})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].split(".")[0] == field


def test_a_test_and_a_replay_are_posts_that_bear_repeating(
    api: _Api, member: Membership, settings
) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1"]
    with receiving(Answer(500, body=b"no"), Answer(200)) as receiver:
        hook, _ = webhook(member, receiver.url())
        key = {"Idempotency-Key": "once"}
        first = api("POST", f"webhooks/{hook.pk}/test/", **key)
        second = api("POST", f"webhooks/{hook.pk}/test/", **key)
        (delivery,) = deliveries(member.tenant)
        turn(member.tenant, delivery.created_at)
        read = api("GET", f"deliveries/{delivery.pk}/").json()
        tried = api("GET", f"deliveries/{delivery.pk}/attempts/").json()["results"]
        sent_again = api("POST", f"deliveries/{delivery.pk}/replay/")
        turn(member.tenant, delivery.created_at + timedelta(hours=1))

    assert (first.status_code, second.json()) == (202, first.json())
    assert (read["state"], read["status"], read["kind"]) == ("dead", 500, "ping")
    assert [(one["status"], one["response_head"]) for one in tried] == [(500, "no")]
    assert (sent_again.status_code, sent_again.json()["state"]) == (202, "waiting")
    assert [got.headers["webhook-id"] for got in receiver.got] == [read["message_id"]] * 2


def test_the_log_is_listed_by_webhook_state_and_kind(api: _Api, member: Membership) -> None:
    hook, _ = webhook(member)
    other, _ = webhook(member, kinds=["import.finished"])
    happens(member.tenant)
    happens(member.tenant, "import.finished")

    def found(query: str) -> list[str]:
        return [one["webhook"] for one in api("GET", f"deliveries/{query}").json()["results"]]

    assert found("") == [str(other.pk), str(hook.pk)]
    assert found(f"?webhook={hook.pk}&state=waiting") == [str(hook.pk)]
    assert found("?kind=import.finished") == [str(other.pk)]
    assert found("?state=dead") == []
    assert api("GET", "deliveries/?state=lost").status_code == 422


def test_a_time_is_sent_again_or_refused(api: _Api, member: Membership) -> None:
    hook, _ = webhook(member)
    start, end = make.NOW.isoformat(), (make.NOW + timedelta(hours=1)).isoformat()
    body = {"webhook": str(hook.pk), "start": start, "end": end}
    nothing = api("POST", "deliveries/replay/", body)
    backwards = api("POST", "deliveries/replay/", {**body, "end": body["start"]})
    strange = api("POST", "deliveries/replay/", {**body, "webhook": str(member.pk)})

    assert (nothing.status_code, backwards.status_code, strange.status_code) == (422, 422, 404)
    assert backwards.json()["errors"][0]["field"] == "end"


def test_keys_without_the_right_are_refused(member: Membership) -> None:
    webhook(member)
    api = _Api(member, Right.MANAGE_SOURCES)

    assert [api("GET", "webhooks/").status_code, api("GET", "deliveries/").status_code] == [403] * 2
