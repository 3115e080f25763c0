"""Other tools' webhooks: who may send, what is answered, what is stored, what becomes of it."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from analytics.services.rollups import verify_rollups
from cxm.customers.models import Identity, Interaction
from cxm.customers.rules.records import Ref
from cxm.customers.services.suppressing import suppress
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.work.models import Outbox
from feedback.models import EventSource, Rating, Response, Survey, Verbatim
from feedback.rules.senders import SenderKind
from feedback.services.event_loading import load_inbox
from feedback.services.event_sources import archive_source
from feedback.services.webhook_sources import add_secret, pause_source
from feedback.views.ingest import WRONG_KEYS_A_MINUTE
from tests import make
from tests.feedback.webhook_senders import BODIES, WebhookSender, raw, webhook

pytestmark = pytest.mark.django_db
each_sender = pytest.mark.parametrize("kind", list(BODIES), ids=lambda kind: kind.value)
dated = pytest.mark.parametrize(
    "kind", [SenderKind.ZENDESK, SenderKind.CHATWOOT, SenderKind.FORMBRICKS]
)
TYPEFORM = SenderKind.TYPEFORM


def made(of: WebhookSender) -> tuple[int, int]:
    """Count the responses, and the interactions that are none."""
    responses = of.rows(Response.objects.for_tenant(of.tenant), "pk")
    others = Interaction.objects.for_tenant(of.tenant).exclude(kind="response")
    return len(responses), len(of.rows(others, "pk"))


def source_now(of: WebhookSender) -> EventSource:
    with tenant_bound(of.tenant.pk):
        return EventSource.objects.for_tenant(of.tenant).get(pk=of.source.pk)


def typeform(**changed: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(raw(BODIES[TYPEFORM]))
    body["form_response"] |= changed
    return body


# Each sender's sample


@each_sender
def test_a_sample_is_loaded_once_however_often_it_comes(kind: SenderKind) -> None:
    of = webhook(kind)

    for delivery in ("d1", "d1", "d2"):
        of.deliver(BODIES[kind], delivery=delivery)

    assert made(of) == ((0, 1) if kind is SenderKind.SURVEYMONKEY else (1, 0))
    assert {(body.state, body.error) for body in of.bodies()} == {("parsed", "")}


@each_sender
def test_a_sample_with_one_changed_byte_is_refused_and_not_stored(kind: SenderKind) -> None:
    of = webhook(kind)
    body = raw(BODIES[kind])
    changed = body.replace(b"9", b"8", 1) if b"9" in body else body.replace(b"a", b"b", 1)

    answer = of.put(changed, of.headers(body))

    assert (answer.status_code, answer.json()["code"]) == (401, "signature_wrong")
    assert set(answer.json()) == {"code", "message", "details"}
    source = source_now(of)
    assert (of.bodies(), source.wrong_count, source.wrong_why) == ([], 1, "wrong")


@each_sender
def test_an_unsigned_sample_is_refused_where_there_is_a_secret(kind: SenderKind) -> None:
    of = webhook(kind)

    answer = of.put(raw(BODIES[kind]), {})

    assert (answer.status_code, answer.json()["code"]) == (401, "signature_missing")
    assert of.bodies() == []


@each_sender
def test_without_a_secret_only_those_may_send_that_need_none(kind: SenderKind) -> None:
    of = webhook(kind, secret="")
    may = kind in {SenderKind.TYPEFORM, SenderKind.FORMBRICKS, SenderKind.CHATWOOT}

    answer = of.put(raw(BODIES[kind]), {})

    assert (answer.status_code, len(of.bodies())) == ((200, 1) if may else (401, 0))


@dated
def test_a_signature_of_another_time_is_refused(kind: SenderKind) -> None:
    of = webhook(kind)

    answer = of.post(BODIES[kind], at=now() - timedelta(seconds=301))

    assert (answer.status_code, answer.json()["code"]) == (401, "signature_stale")
    assert of.bodies() == []


def test_what_each_sample_becomes() -> None:
    scores = {}
    for kind in BODIES:
        of = webhook(kind)
        of.deliver(BODIES[kind])
        rows = Rating.objects.for_tenant(of.tenant)
        scores[kind.value] = of.rows(rows, "metric__key", "value", "question_key")

    assert scores == {
        "typeform": [("nps", 9, "nps_q")],
        "formbricks": [],
        "surveymonkey": [],
        "zendesk": [("csat_2", 2, "thumbs")],
        "intercom": [("csat_5", 5, "rating")],
        "chatwoot": [("csat_5", 5, "rating")],
        "delighted": [("nps", 9, "score")],
    }


# Storing


def test_what_was_answered_is_stored_and_promised_at_once() -> None:
    of = webhook(TYPEFORM)

    answer = of.post(BODIES[TYPEFORM])

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    [body] = of.bodies()
    assert (bytes(body.body), body.state, body.adapter) == (
        raw(BODIES[TYPEFORM]),
        "stored",
        "typeform",
    )
    [arguments] = of.rows(
        Outbox.objects.for_tenant(of.tenant).filter(task__contains="load"), "arguments"
    )
    assert str(body.pk) in json.dumps(arguments)
    of.work()
    assert made(of) == (1, 0)


def test_a_load_that_is_cut_off_is_done_again_whole() -> None:
    of = webhook(TYPEFORM)
    of.post(BODIES[TYPEFORM])
    [body] = of.bodies()

    with tenant_bound(of.tenant.pk), transaction.atomic():
        load_inbox(tenant_id=of.tenant.pk, inbox_id=body.pk, now=make.NOW)
        transaction.set_rollback(True)
    before = made(of)
    of.work()

    assert (before, made(of)) == ((0, 0), (1, 0))


def test_neither_signature_nor_address_is_kept_with_a_body() -> None:
    of = webhook(TYPEFORM)

    of.post(BODIES[TYPEFORM])

    kept = json.dumps(of.bodies()[0].envelope)
    assert "ignature" not in kept
    assert of.source.address not in kept


@pytest.mark.parametrize("slash", ["", "/"])
def test_an_address_never_redirects(slash: str) -> None:
    of = webhook(TYPEFORM)

    assert of.post(BODIES[TYPEFORM], slash=slash).status_code == 200


@pytest.mark.parametrize("method", ["get", "head"])
def test_who_only_looks_is_told_nothing_but_that_it_is_there(method: str) -> None:
    answers = [
        getattr(Client(), method)(path).status_code
        for path in (webhook(TYPEFORM).path, "/webhooks/in/nobody")
    ]

    assert answers == [200, 200]


def test_an_unknown_or_archived_address_is_never_called_missing() -> None:
    of = webhook(TYPEFORM)
    with tenant_bound(of.tenant.pk):
        member = make.member(of=of.tenant)
        archive_source(source=of.source, is_archived=True, by=member, now=make.NOW)

    answers = [of.post(BODIES[TYPEFORM]), Client().post("/webhooks/in/nobody")]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(401, "unknown_address")] * 2
    assert of.bodies() == []


def test_too_many_wrong_ones_are_told_to_wait() -> None:
    of = webhook(TYPEFORM)

    answers = [of.put(b"{}", {}) for _ in range(WRONG_KEYS_A_MINUTE + 1)]

    assert [a.status_code for a in answers] == [401] * WRONG_KEYS_A_MINUTE + [429]
    assert answers[-1]["Retry-After"].isdecimal()
    assert source_now(of).wrong_count == WRONG_KEYS_A_MINUTE
    assert of.post(BODIES[TYPEFORM]).status_code == 200


def test_both_secrets_work_while_one_replaces_the_other() -> None:
    of = webhook(TYPEFORM)
    with tenant_bound(of.tenant.pk):
        by = make.member(of=of.tenant)
        add_secret(source=of.source, secret="another", by=by, now=make.NOW)

    answers = [of.signed_with(s).post(BODIES[TYPEFORM]) for s in ("s3cr3t", "another", "third")]

    assert [a.status_code for a in answers] == [200, 200, 401]


def test_a_paused_source_stores_and_loads_when_it_goes_on() -> None:
    of = webhook(TYPEFORM)
    with tenant_bound(of.tenant.pk):
        member = make.member(of=of.tenant)
        pause_source(source=of.source, is_paused=True, by=member, now=make.NOW)

    of.deliver(BODIES[TYPEFORM])

    assert ([body.state for body in of.bodies()], made(of)) == (["stored"], (0, 0))
    with tenant_bound(of.tenant.pk):
        pause_source(source=source_now(of), is_paused=False, by=member, now=make.NOW)
    of.work()
    assert ([body.state for body in of.bodies()], made(of)) == (["parsed"], (1, 0))


def test_a_packed_body_is_signed_as_it_comes() -> None:
    of = webhook(TYPEFORM)

    of.deliver(gzip.compress(raw(BODIES[TYPEFORM])))

    assert made(of) == (1, 0)


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"", "failed"),
        (b"\xff\x00", "failed"),
        (b'{"event_type": ', "failed"),
        (b"[1, null]", "partly"),
        (b'{"form_response": 1, "event_type": "form_response"}', "partly"),
        (b'{"other": "sender"}', "failed"),
        (b'[{"form_response": {}}]', "parsed"),
    ],
)
def test_a_body_that_cannot_be_read_is_stored_and_told(body: bytes, state: str) -> None:
    of = webhook(TYPEFORM)

    of.deliver(body)

    assert [b.state for b in of.bodies()] == [state]
    assert made(of) == (0, 0)


def test_a_body_over_the_limit_is_refused() -> None:
    of = webhook(TYPEFORM)

    answer = of.post(b" " * 4_000_001)

    assert (answer.status_code, answer.json()["code"], of.bodies()) == (413, "too_large", [])


# Versions


def test_a_newer_version_takes_the_place_and_an_older_never_does() -> None:
    of = webhook(SenderKind.DELIGHTED)
    event: dict[str, Any] = BODIES[SenderKind.DELIGHTED]

    for number, (score, comment, at) in enumerate(
        [(9, None, 100), (3, "Slow", 300), (9, "Late", 200), (3, "Slow", 400), (8, "No", 350)]
    ):
        changed = {"score": score, "comment": comment, "updated_at": 1713497396 + at}
        data = {**event["event_data"], **changed}
        of.deliver({**event, "event_id": f"e{number}", "event_data": data})

    ratings = of.rows(Rating.objects.for_tenant(of.tenant), "value", "state")
    assert ratings == [(3, "counted"), (9, "replaced")]
    assert of.rows(Verbatim.objects.for_tenant(of.tenant), "text") == [("Slow",)]
    with tenant_bound(of.tenant.pk):
        assert verify_rollups(tenant=of.tenant, now=now()).differences == 0


def test_a_partial_response_becomes_complete() -> None:
    of = webhook(TYPEFORM)
    partial = {**typeform(), "event_type": "form_response_partial"}

    of.deliver(partial)
    states = [of.rows(Response.objects.for_tenant(of.tenant), "state")]
    of.deliver(typeform(submitted_at="2018-01-18T18:20:02Z"))
    states.append(of.rows(Response.objects.for_tenant(of.tenant), "state"))

    assert states == [[("partial",)], [("complete",)]]


# Who and where


def test_answers_find_the_customer_by_what_they_name() -> None:
    of = webhook(SenderKind.INTERCOM)
    make.load(make.record(9, key="before"), of=of.tenant)
    body: dict[str, Any] = json.loads(raw(BODIES[SenderKind.INTERCOM]))
    rating = body["data"]["item"]["conversation_rating"]
    rating["contact"] |= {"external_id": "crm-7", "email": "ana@example.com"}

    of.deliver(body)

    found = Identity.objects.for_tenant(of.tenant)
    assert of.rows(found, "kind", "namespace", "value") == [
        ("email", "", "ana@example.com"),
        ("external", "", "crm-7"),
        ("external", "intercom", "c1"),
    ]
    assert len(set(of.rows(found, "customer__root"))) == 1


def test_a_name_that_comes_along_is_the_customers() -> None:
    of = webhook(SenderKind.DELIGHTED)

    of.deliver(BODIES[SenderKind.DELIGHTED])

    rows = Response.objects.for_tenant(of.tenant)
    assert of.rows(rows, "customer__display_name", "customer__email") == [
        ("Ana", "ana@example.com")
    ]


def test_a_new_secret_begins_the_count_of_wrong_ones_anew() -> None:
    of = webhook(TYPEFORM)
    of.put(b"{}", {})
    with tenant_bound(of.tenant.pk):
        by = make.member(of=of.tenant)
        add_secret(source=of.source, secret="right", by=by, now=make.NOW)

    assert (source_now(of).wrong_count, source_now(of).wrong_why) == (0, "")


def test_touchpoint_and_channel_come_from_the_answer_else_from_the_source() -> None:
    of = webhook(TYPEFORM, mapping={"touchpoint": "checkout", "channel": "web"})
    for key in ("checkout", "support"):
        make.touchpoint(of=of.tenant, key=key)
    make.channel(of=of.tenant, key="web")

    of.deliver(typeform(token="one"))
    of.deliver(typeform(token="two", hidden={"touchpoint": "support"}))
    of.deliver(typeform(token="three", hidden={"touchpoint": "unknown"}))

    rows = Rating.objects.for_tenant(of.tenant)
    assert of.rows(rows, "touchpoint__key", "channel__key") == [
        ("checkout", "web"),
        ("checkout", "web"),
        ("support", "web"),
    ]


def test_a_survey_of_the_sender_becomes_one_of_ours() -> None:
    of = webhook(TYPEFORM)

    of.deliver(typeform())
    of.deliver(typeform(form_id="LT4Z3J", token="t2"))

    keys = of.rows(Survey.objects.for_tenant(of.tenant), "key")
    assert len(keys) == 2
    assert all(key.startswith("typeform-lt4z3j-") for (key,) in keys)


def test_an_erased_person_who_answers_is_nobody() -> None:
    of = webhook(SenderKind.ZENDESK)
    with tenant_bound(of.tenant.pk):
        suppress(tenant=of.tenant, refs=[Ref("email", "", "ana@example.com")], now=now())

    of.deliver(BODIES[SenderKind.ZENDESK])

    responses = Response.objects.for_tenant(of.tenant)
    assert of.rows(responses, "customer", "answers") == [(None, {})]
    assert of.rows(Verbatim.objects.for_tenant(of.tenant), "text") == []
    assert b"ana@" not in bytes(of.bodies()[0].body)
