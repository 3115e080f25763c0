"""Sending events through the JSON API."""

from __future__ import annotations

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from cxm.customers.models import Interaction
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from cxm.work.engine import drain
from feedback.models import EventSource, Inbox, WriteKey
from tests import make
from tests.feedback.senders import send, sender

pytestmark = pytest.mark.django_db
EVENTS = {"events": [{"id": "e1", "customer": {"id": "u1"}, "event": "Paid"}]}


def post(body: Any, key: str, path: str = "/api/v1/events", mark: str = "") -> Any:
    headers = {"Idempotency-Key": mark} if mark else None
    return send(path, body, authorization=f"Bearer {key}", headers=headers)


def test_events_are_taken_in_with_an_api_key() -> None:
    key, text = make.api_key(rights=[Right.SEND_EVENTS])

    answer = post(EVENTS, text)

    with tenant_bound(key.tenant_id):
        inbox = Inbox.objects.for_tenant(key.tenant_id).get()
        source = EventSource.objects.for_tenant(key.tenant_id).get()
    assert (answer.status_code, answer.json()) == (200, {"accepted": 1, "inbox": str(inbox.pk)})
    assert (inbox.source, inbox.adapter, source.title) == ("events:api", "events", "API")
    drain(key.tenant_id)
    with tenant_bound(key.tenant_id):
        names = Interaction.objects.for_tenant(key.tenant_id).values_list("name", "source")
        assert list(names) == [("Paid", "events:api")]


@pytest.mark.parametrize("path", ["/api/v1/events", "/api/v1/events/"])
def test_a_write_key_sends_to_its_own_source(path: str) -> None:
    of = sender()

    answer = post({**EVENTS, "source": "web-shop"}, of.key, path)

    assert answer.status_code == 200
    [inbox] = of.bodies()
    assert (inbox.source, inbox.event_source_id) == ("events:web-shop", of.source.pk)
    with tenant_bound(of.tenant.pk):
        assert WriteKey.objects.for_tenant(of.tenant).get().last_used_at is not None


def test_a_write_key_opens_no_other_address() -> None:
    of = sender()

    assert (
        Client()
        .get("/api/v1/touchpoints/", headers={"Authorization": f"Bearer {of.key}"})
        .status_code
        == 401
    )


def test_an_api_key_may_name_a_source() -> None:
    of = sender()
    _, text = make.api_key(of=of.tenant, rights=[Right.SEND_EVENTS])

    assert post({**EVENTS, "source": "web-shop"}, text).status_code == 200
    assert of.bodies()[0].source == "events:web-shop"


def test_packed_events_are_taken_in() -> None:
    of = sender()

    assert post(gzip.compress(json.dumps(EVENTS).encode()), of.key).json()["accepted"] == 1


REFUSED: list[tuple[Any, int, str | None]] = [
    ({}, 422, "events"),
    ({"events": 5}, 422, "events"),
    ("text", 422, "events"),
    ({**EVENTS, "source": "nowhere"}, 422, "source"),
    ({**EVENTS, "source": 5}, 422, "source"),
    (b"{not json", 400, None),
    (b"", 400, None),
    (b"x" * 4_000_001, 413, None),
    (gzip.compress(b" " * 4_000_001), 413, None),
]


def test_what_cannot_be_read_is_refused_by_field_and_not_stored() -> None:
    of = sender()
    _, text = make.api_key(of=of.tenant, rights=[Right.SEND_EVENTS])

    for key in (of.key, text):
        answers = [post(body, key) for body, _, _ in REFUSED]
        told = [
            (a.status_code, a.json()["errors"][0]["field"] if a.json()["errors"] else None)
            for a in answers
        ]
        assert told == [(status, field) for _, status, field in REFUSED]
    assert of.bodies() == []


def test_without_the_right_or_a_key_nothing_is_taken() -> None:
    _, text = make.api_key(rights=[Right.SEE_FIGURES])

    statuses = [post(EVENTS, key).status_code for key in (text, "wf_wrong", "cxm_x_y", "wrong")]

    assert statuses == [403, 401, 401, 401]
    assert send("/api/v1/events", EVENTS).status_code == 401


def test_an_archived_source_takes_nothing() -> None:
    of = sender()
    _, text = make.api_key(of=of.tenant, rights=[Right.SEND_EVENTS])
    with tenant_bound(of.tenant.pk):
        EventSource.objects.for_tenant(of.tenant).update(archived_at=make.NOW)

    assert post({**EVENTS, "source": "web-shop"}, text).status_code == 422
    assert post(EVENTS, of.key).status_code == 401


def test_a_request_with_its_idempotency_key_is_stored_once() -> None:
    of = sender()

    first, again = (post(EVENTS, of.key, mark="batch-7") for _ in range(2))
    other = post({"events": []}, of.key, mark="batch-7")

    assert (first.json(), other.status_code) == (again.json(), 409)
    assert len(of.bodies()) == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_fifty_requests_at_once_with_one_idempotency_key_are_one() -> None:
    of = sender()

    def push(number: int) -> tuple[int, str]:
        try:
            body = EVENTS if number % 5 else {"events": []}
            answer = post(body, of.key, mark="batch-7")
            return answer.status_code, answer.json().get("inbox", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(push, range(50)))

    assert {status for status, _ in told} == {200, 409}
    assert len({inbox for status, inbox in told if status == 200}) == 1
    assert len(of.bodies()) == 1
