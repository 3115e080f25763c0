"""The addresses of event clients: who may send, what is answered, what is stored."""

from __future__ import annotations

import gzip
import hashlib
import json
from io import BytesIO
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.work.models import Outbox
from feedback.models import EventSource, WriteKey
from feedback.services.event_sources import archive_source, revoke_key
from feedback.views import ingest
from tests import make
from tests.feedback.senders import basic, deliver, send, sender

if TYPE_CHECKING:
    from feedback.models import Inbox
    from tests.feedback.senders import Sender

pytestmark = pytest.mark.django_db
TRACK = {"type": "track", "event": "Order placed", "userId": "u1", "messageId": "m1"}
BATCH = {"batch": [TRACK]}
POSTHOG_EVENT = {"event": "Order placed", "distinct_id": "u1", "uuid": "p1"}


def codes(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


# Who may send


def test_a_key_opens_the_door_in_every_form() -> None:
    of = sender()
    key = of.key
    forms: dict[str, Any] = {
        "basic": send("/v1/batch", BATCH, authorization=basic(key)),
        "basic without colon": send("/v1/batch", BATCH, authorization=basic(key, colon="")),
        "bearer": send("/v1/batch", BATCH, authorization=f"Bearer {key}"),
        "writeKey": send("/v1/batch", {**BATCH, "writeKey": key}),
        "api_key": send("/batch/", {"batch": [POSTHOG_EVENT], "api_key": key}),
        "token": send("/e/", {**POSTHOG_EVENT, "token": key}),
        "token of an event": send("/e/", {**POSTHOG_EVENT, "properties": {"token": key}}),
        "token of a list": send("/e/", [{**POSTHOG_EVENT, "properties": {"token": key}}]),
        "bearer of another and writeKey": send(
            "/v1/batch", {**BATCH, "writeKey": key}, authorization="Bearer access-token"
        ),
    }

    assert {form: answer.status_code for form, answer in forms.items()} == dict.fromkeys(forms, 200)
    assert len(of.bodies()) == len(forms)


WRONG: list[tuple[str, str, str]] = [
    ("", "", "no_write_key"),
    ("Basic", "", "no_write_key"),
    ("Basic %%%", "", "no_write_key"),
    ("Digest abc", "", "no_write_key"),
    (basic("wf_nobody"), "", "invalid_write_key"),
    ("Bearer wf_nobody", "", "invalid_write_key"),
    ("", "wf_nobody\u0000", "invalid_write_key"),
    ("", "\ud800", "invalid_write_key"),
]


def test_without_a_key_nothing_is_stored() -> None:
    of = sender()

    answers: list[Any] = [
        send("/v1/batch", {**BATCH, "writeKey": key}, authorization=header)
        for header, key, _ in WRONG
    ]

    assert [codes(answer) for answer in answers] == [(401, code) for _, _, code in WRONG]
    assert sorted(answers[0].json()) == ["code", "details", "message"]
    assert answers[0].json()["details"] == {}
    assert of.bodies() == []


def test_a_key_that_is_over_is_refused() -> None:
    revoked, archived, ended = sender(), sender(), sender()
    with tenant_bound(revoked.tenant.pk):
        key = WriteKey.objects.for_tenant(revoked.tenant).get()
        revoke_key(key=key, by=make.member(of=revoked.tenant), now=now())
    with tenant_bound(archived.tenant.pk):
        by = make.member(of=archived.tenant)
        archive_source(source=archived.source, is_archived=True, by=by, now=now())
    with tenant_bound(ended.tenant.pk):
        WriteKey.objects.for_tenant(ended.tenant).update(expires_at=make.NOW)

    answers = [
        send("/v1/batch", BATCH, authorization=basic(of.key)) for of in (revoked, archived, ended)
    ]

    assert [codes(answer) for answer in answers] == [(401, "invalid_write_key")] * 3


def test_after_twenty_wrong_keys_a_minute_a_sender_is_asked_to_wait() -> None:
    of = sender()
    wrong = [send("/v1/batch", BATCH, authorization=basic("wf_wrong")) for _ in range(21)]

    assert [answer.status_code for answer in wrong] == [401] * 20 + [429]
    assert 1 <= int(wrong[-1]["Retry-After"]) <= 60
    assert send("/v1/batch", BATCH, authorization=basic(of.key)).status_code == 200


def test_use_of_a_key_is_noted_once_a_minute() -> None:
    of = sender()

    def last_used() -> Any:
        with tenant_bound(of.tenant.pk):
            return WriteKey.objects.for_tenant(of.tenant).get().last_used_at

    send("/v1/batch", BATCH, authorization=basic(of.key))
    first = last_used()
    send("/v1/batch", BATCH, authorization=basic(of.key))

    assert first is not None
    assert last_used() == first


# What is answered


FAMILIES: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    (ingest.SEGMENT_PATHS, {"success": True}),
    (ingest.POSTHOG_PATHS, {"status": "Ok"}),
]


@pytest.mark.parametrize(("paths", "words"), FAMILIES, ids=["segment", "posthog"])
def test_every_address_answers_200_with_and_without_a_slash(
    paths: tuple[str, ...], words: dict[str, Any]
) -> None:
    of = sender()
    body = {**TRACK, "api_key": of.key}

    answers: dict[str, Any] = {
        f"/{path}{slash}": send(f"/{path}{slash}", body) for path in paths for slash in ("", "/")
    }

    told = {path: (answer.status_code, answer.json()) for path, answer in answers.items()}
    assert told == dict.fromkeys(answers, (200, words))


@pytest.mark.parametrize("path", ["/decide", "/decide/", "/flags", "/flags/?v=2"])
def test_posthog_clients_are_told_that_there_are_no_flags(path: str) -> None:
    answer: Any = send(path, {"token": "any", "distinct_id": "u1"})

    assert answer.status_code == 200
    assert (answer.json()["flags"], answer.json()["featureFlags"]) == ({}, {})


def test_no_address_is_redirected_to_https(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    of = sender()
    paths = [*ingest.SEGMENT_PATHS, *ingest.POSTHOG_PATHS, *ingest.FLAG_PATHS, "api/v1/events"]

    statuses = {
        f"/{path}{slash}": send(
            f"/{path}{slash}", {**BATCH, "events": []}, authorization=f"Bearer {of.key}"
        ).status_code
        for path in paths
        for slash in ("", "/")
    }

    assert statuses == dict.fromkeys(statuses, 200)


UNREADABLE: list[tuple[bytes, int, str]] = [
    (b"", 400, "bad_json"),
    (b"not json", 400, "bad_json"),
    (b'{"batch": [', 400, "bad_json"),
    (b"[" * 100_000, 400, "bad_json"),
    (b"5", 400, "not_readable"),
    (b'"text"', 400, "not_readable"),
    (gzip.compress(b"{}")[:-9], 400, "not_readable"),
    (b"\x1f\x8bbroken", 400, "not_readable"),
    (b"data=%25%25", 400, "not_readable"),
    (b"x" * 4_000_001, 413, "too_large"),
    (gzip.compress(b" " * 4_000_001), 413, "too_large"),
]


def test_a_body_that_cannot_be_read_is_refused_whole() -> None:
    of = sender()

    answers: list[Any] = [
        send("/v1/batch", body, authorization=basic(of.key)) for body, _, _ in UNREADABLE
    ]

    assert [codes(answer) for answer in answers] == [(s, code) for _, s, code in UNREADABLE]
    closed = [answer.status_code for answer in answers if answer.get("Connection") == "close"]
    assert closed == [413, 413]
    assert of.bodies() == []


def test_posthog_takes_up_to_20_mb() -> None:
    of = sender()
    event = {**POSTHOG_EVENT, "properties": {"text": "x" * 30_000}}
    long = {"api_key": of.key, "batch": [event] * 150}

    assert send("/batch/", long).status_code == 200
    assert send("/batch/", b"x" * 20_000_001).status_code == 413


def test_when_the_database_is_away_clients_are_asked_to_come_back() -> None:
    of = sender()

    with patch("feedback.views.ingest.write_door", side_effect=OperationalError("away")):
        answer: Any = send("/v1/batch", BATCH, authorization=basic(of.key))

    assert codes(answer) == (503, "unavailable")
    assert int(answer["Retry-After"]) >= 1


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/t", "/e/", "/flags/"])
def test_browsers_of_any_site_may_send(path: str) -> None:
    of = sender()
    asked = Client().options(
        path,
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    sent = send(
        path,
        {**TRACK, "writeKey": of.key, "api_key": of.key},
        content_type="text/plain",
        headers={"Origin": "https://shop.example"},
    )

    assert asked.status_code == 200
    assert "POST" in asked["Access-Control-Allow-Methods"]
    assert "content-type" in asked["Access-Control-Allow-Headers"]
    assert (sent.status_code, sent["Access-Control-Allow-Origin"]) == (200, "*")
    assert "Access-Control-Allow-Credentials" not in sent
    assert sent.cookies == {}


def test_a_refusal_may_be_read_by_browsers_as_well() -> None:
    assert send("/v1/t", TRACK)["Access-Control-Allow-Origin"] == "*"


def test_other_methods_are_told_how_to_send() -> None:
    answer: Any = Client().get("/v1/batch")

    assert codes(answer) == (405, "wrong_method")
    assert answer["Allow"] == "POST, OPTIONS"


# What is stored


def stored(of: Sender) -> Inbox:
    [inbox] = of.bodies()
    return inbox


def test_a_body_is_stored_as_it_came_before_it_is_answered() -> None:
    of = sender()
    body = gzip.compress(json.dumps(BATCH).encode())

    send(
        "/v1/batch?ver=2&secret=s&_=17",
        body,
        authorization=basic(of.key),
        content_type="application/x-www-form-urlencoded",
        headers={"User-Agent": "client/1", "X-Retry-Count": "2", "Cookie": "a=b"},
    )

    inbox = stored(of)
    assert (bytes(inbox.body), inbox.sha256) == (body, hashlib.sha256(body).hexdigest())
    assert (inbox.source, inbox.adapter, inbox.state) == ("events:web-shop", "segment", "stored")
    assert inbox.envelope == {
        "adapter": "segment",
        "version": 1,
        "path": "/v1/batch",
        "query": {"_": "17", "ver": "2"},
        "headers": {
            "content-type": "application/x-www-form-urlencoded",
            "user-agent": "client/1",
            "x-retry-count": "2",
        },
    }
    with tenant_bound(of.tenant.pk):
        promised = Outbox.objects.for_tenant(of.tenant).get(task="feedback.load-events")
    assert promised.arguments == {"inbox_id": str(inbox.pk)}


def test_labels_of_a_body_are_not_believed() -> None:
    of = sender()
    plain, packed = json.dumps(BATCH).encode(), gzip.compress(json.dumps(BATCH).encode())

    mislabelled = [
        send("/v1/batch", plain, authorization=basic(of.key), headers={"Content-Encoding": "gzip"}),
        send("/v1/batch", packed, authorization=basic(of.key)),
        send("/v1/batch", packed, authorization=basic(of.key), content_type="text/plain"),
        send("/v1/batch", plain, authorization=basic(of.key), content_type="image/png"),
    ]

    assert [answer.status_code for answer in mislabelled] == [200] * 4


def test_a_body_that_is_sent_in_pieces_is_read_whole() -> None:
    of = sender()
    body = json.dumps(BATCH).encode()
    pieces: dict[str, Any] = {"wsgi.input": BytesIO(body), "wsgi.input_terminated": True}

    answer = Client().generic(
        "POST", "/v1/batch", headers={"Authorization": basic(of.key)}, **pieces
    )

    assert answer.status_code == 200
    assert bytes(stored(of).body) == body


def test_six_statements_take_a_body_in(
    django_assert_num_queries: Any,
) -> None:
    of = sender()
    send("/v1/batch", BATCH, authorization=basic(of.key))

    # The key's door, BEGIN (a savepoint in tests), the source, the body, the promise, COMMIT.
    with django_assert_num_queries(6):
        send("/v1/batch", BATCH, authorization=basic(of.key))


def test_what_was_sent_reaches_its_own_tenant_alone() -> None:
    mine, other = sender(), sender()

    deliver(mine, "/v1/batch", BATCH)

    assert (len(mine.bodies()), len(other.bodies())) == (1, 0)
    with tenant_bound(other.tenant.pk):
        assert EventSource.objects.for_tenant(other.tenant).count() == 1
