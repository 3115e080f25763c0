"""Senders of webhooks as the wire formats describe them: their bodies, signed as they sign."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.test import Client

from cxm.kernel.clock import now
from cxm.kernel.signatures import Family, Message, sign
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from feedback.rules.senders import SENDERS, SenderKind
from feedback.services.webhook_sources import add_secret, create_webhook
from tests import make
from tests.feedback.senders import Sender

if TYPE_CHECKING:
    from datetime import datetime

SECRETS = dict.fromkeys(
    (SenderKind.FORMBRICKS, SenderKind.MAIL), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
)
BODIES: dict[SenderKind, Any] = {
    SenderKind.TYPEFORM: {
        "event_id": "LtWXD3crgy",
        "event_type": "form_response",
        "form_response": {
            "form_id": "lT4Z3j",
            "token": "a3a12ec6",
            "landed_at": "2018-01-18T18:07:02Z",
            "submitted_at": "2018-01-18T18:17:02Z",
            "hidden": {"user_id": "abc123"},
            "calculated": {"score": 9},
            "definition": {
                "fields": [{"id": "f1", "ref": "nps_q", "type": "nps", "title": "Recommend?"}]
            },
            "answers": [
                {
                    "type": "number",
                    "number": 9,
                    "field": {"id": "f1", "type": "nps", "ref": "nps_q"},
                }
            ],
        },
    },
    SenderKind.FORMBRICKS: [
        {
            "webhookId": "w1",
            "event": "responseFinished",
            "data": {
                "id": "r1",
                "surveyId": "s1",
                "finished": True,
                "data": {"q1": 9, "q2": "good"},
                "createdAt": "2025-07-24T07:47:29.507Z",
                "updatedAt": "2025-07-24T07:47:56.116Z",
                "contact": None,
                "tags": [],
                "language": "en",
            },
        }
    ],
    SenderKind.SURVEYMONKEY: {
        "event_type": "response_completed",
        "event_id": "1",
        "object_type": "response",
        "object_id": "123",
        "event_datetime": "2016-01-01T21:56:31+00:00",
        "resources": {"survey_id": "9", "collector_id": "8", "respondent_id": "123"},
    },
    SenderKind.ZENDESK: {
        "ticket_id": "208",
        "score": "good",
        "comment": "Quick, thanks",
        "requester": "ana@example.com",
        "assignee": "bo@example.com",
    },
    SenderKind.INTERCOM: {
        "type": "notification_event",
        "id": "notif_1",
        "topic": "conversation.rating.added",
        "app_id": "a1",
        "created_at": 1671028894,
        "data": {
            "type": "notification_event_data",
            "item": {
                "type": "conversation",
                "id": "123",
                "conversation_rating": {
                    "rating": 5,
                    "remark": "great",
                    "created_at": 1671028800,
                    "updated_at": 1671028894,
                    "contact": {"type": "contact", "id": "c1"},
                    "teammate": {"type": "admin", "id": "7"},
                },
            },
        },
    },
    SenderKind.CHATWOOT: {
        "event": "message_updated",
        "id": 77,
        "content_attributes": {
            "submitted_values": {"csat_survey_response": {"rating": 5, "feedback_message": "great"}}
        },
        "conversation": {
            "id": 12,
            "meta": {"sender": {"id": 9, "email": "a@b.example"}, "assignee": {"id": 3}},
        },
        "account": {"id": 1},
    },
    SenderKind.DELIGHTED: {
        "event_type": "survey_response.created",
        "event_id": "e1",
        "event_data": {
            "id": "2",
            "person": {"id": "1", "email": "ana@example.com", "name": "Ana"},
            "survey_type": "nps",
            "score": 9,
            "comment": None,
            "permalink": "https://app.example/r/x",
            "created_at": 1713497396,
            "updated_at": 1713497396,
            "person_properties": None,
            "notes": [],
            "tags": [],
            "additional_answers": [],
        },
    },
}
# With those who bring no answers, but tell of what was sent.
ALL_BODIES: dict[SenderKind, Any] = BODIES | {
    SenderKind.MAIL: {
        "type": "bounced",
        "data": {
            "message_id": "<0123456789abcdef0123456789abcdef.0@wayfare.example>",
            "email": "ana@example.com",
            "permanent": False,
            "at": "2026-11-20T12:00:05Z",
            "reason": "452 4.2.2 full",
        },
    }
}


@dataclass(frozen=True)
class WebhookSender(Sender):
    """A webhook source of a tenant, and what its sender signs with."""

    kind: SenderKind = SenderKind.TYPEFORM

    @property
    def path(self) -> str:
        """The address that the admin sees."""
        return f"/webhooks/in/{self.source.address}"

    def signed_with(self, secret: str) -> WebhookSender:
        """Give the same sender with another secret."""
        return replace(self, key=secret)

    def headers(
        self, body: bytes, *, at: datetime | None = None, delivery: str = "d1"
    ) -> dict[str, str]:
        """Sign *body* as this sender does, at *at* (now); *delivery* is its id."""
        signed_at = at or now()
        is_iso = self.kind is SenderKind.ZENDESK
        written = f"{signed_at:%Y-%m-%dT%H:%M:%SZ}" if is_iso else f"{signed_at.timestamp():.0f}"
        return _headers(self, body, written, delivery)

    def post(self, body: Any, *, slash: str = "", **signing: Any) -> Any:
        """Send *body* (bytes as they are, else as JSON), signed."""
        sent = raw(body)
        return self.put(sent, self.headers(sent, **signing), slash=slash)

    def put(self, body: bytes, headers: dict[str, str], *, slash: str = "") -> Any:
        """Send *body* with *headers*, whatever they are."""
        client = Client(enforce_csrf_checks=True)
        return client.post(
            self.path + slash, body, content_type="application/json", headers=headers
        )

    def deliver(self, body: Any, **signing: Any) -> None:
        """Send *body*, be told 200, and let the work be done."""
        answer = self.post(body, **signing)
        assert answer.status_code == 200, answer.content
        self.work()

    def work(self) -> None:
        """Do everything that was promised."""
        drain(self.tenant.pk)


def webhook(
    kind: SenderKind, *, secret: str | None = None, mapping: dict[str, str] | None = None
) -> WebhookSender:
    """Make a webhook source of a new tenant; an empty *secret* leaves it without one."""
    member = make.member()
    secret = SECRETS.get(kind, "s3cr3t") if secret is None else secret
    with tenant_bound(member.tenant_id):
        source = create_webhook(
            tenant=member.tenant, title="Feedback", kind=kind, by=member, now=make.NOW
        )
        if secret:
            add_secret(source=source, secret=secret, by=member, now=make.NOW)
        if mapping:
            source.mapping = mapping
            source.save(update_fields=["mapping"])
    return WebhookSender(member.tenant, source, secret, kind)


def raw(body: Any) -> bytes:
    """Write *body* as JSON, where it is not bytes already."""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def _headers(of: WebhookSender, body: bytes, at: str, delivery: str) -> dict[str, str]:
    family = SENDERS[of.kind].family
    message = Message(body, timestamp=at, message_id=delivery, client_id="cid")
    signature = sign(family, secret=of.key, message=message)
    return {
        Family.DELIGHTED: {"X-Delighted-Webhook-Signature": signature},
        Family.TYPEFORM: {"Typeform-Signature": signature},
        Family.ZENDESK: {
            "X-Zendesk-Webhook-Signature": signature,
            "X-Zendesk-Webhook-Signature-Timestamp": at,
            "X-Zendesk-Webhook-Invocation-Id": delivery,
        },
        Family.CHATWOOT: {
            "X-Chatwoot-Signature": signature,
            "X-Chatwoot-Timestamp": at,
            "X-Chatwoot-Delivery": delivery,
        },
        Family.INTERCOM: {"X-Hub-Signature": signature},
        Family.SURVEYMONKEY: {"Sm-Signature": signature, "Sm-Apikey": "cid"},
        Family.STANDARD: {
            "Webhook-Signature": signature,
            "Webhook-Timestamp": at,
            "Webhook-Id": delivery,
        },
    }[family]
