"""What mail services tell: read as JSON or as mail servers write it, noted once, and obeyed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cxm.customers.models import Consent, Suppression
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from feedback.models import Inbox, Invitation, InvitationEvent, RejectedEvent
from feedback.rules.distribution.words import InvitationState
from feedback.rules.senders import SenderKind
from feedback.services.distribution.planning import Candidate, plan
from feedback.services.distribution.running import ask
from tests import make
from tests.feedback import outreach
from tests.feedback.drafting import asked_survey
from tests.feedback.webhook_senders import webhook
from tests.make import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from feedback.models import Distribution
    from tests.feedback.webhook_senders import WebhookSender

pytestmark = pytest.mark.django_db
ANA = "ana@example.com"
type Invite = Callable[..., Invitation]


@pytest.fixture
def mail() -> WebhookSender:
    return webhook(SenderKind.MAIL)


@pytest.fixture
def asking(mail: WebhookSender) -> Distribution:
    member = make.member(of=mail.tenant)
    with tenant_bound(mail.tenant.pk):
        return outreach.distribution(asked_survey(member), by=member)


def invited(asking: Distribution, email: str = ANA, *, at: datetime = NOW) -> Invitation:
    """Give an invitation that was sent to a person at *at*."""
    with tenant_bound(asking.tenant_id):
        outreach.delivered(asking.tenant, email, order=str(new_id()))
        ask(tenant_id=asking.tenant_id, now=NOW)
        rows = Invitation.objects.for_tenant(asking.tenant_id)
        row = rows.order_by("-pk").first()
        assert row is not None
        rows.filter(pk=row.pk).update(state="sent", sent_at=at, reason="")
        return rows.get(pk=row.pk)


def told(kind: str, row: Invitation | None = None, **data: Any) -> dict[str, Any]:
    named = {"message_id": f"<{row.pk.hex}.0@wayfare.example>"} if row else {}
    return {"type": kind, "data": {**named, **data}}


def seen(row: Invitation) -> tuple[str, str]:
    with tenant_bound(row.tenant_id):
        found = Invitation.objects.for_tenant(row.tenant_id).get(pk=row.pk)
        return found.state, found.reason


def barred(of: WebhookSender) -> list[str]:
    with tenant_bound(of.tenant.pk):
        rows = Suppression.objects.for_tenant(of.tenant)
        return sorted(rows.values_list("reason", flat=True))


def test_a_delivered_mail_is_assumed_no_more(mail: WebhookSender, asking: Distribution) -> None:
    row = invited(asking)

    mail.deliver(told("delivered", row, at="2026-11-20T12:00:05Z"))

    assert seen(row) == ("delivered", "")
    with tenant_bound(row.tenant_id):
        found = Invitation.objects.for_tenant(row.tenant_id).get(pk=row.pk)
        assert found.delivered_at is not None
        assert not found.is_delivery_assumed


def test_what_comes_back_for_good_is_written_to_no_more(
    mail: WebhookSender, asking: Distribution
) -> None:
    row = invited(asking)

    for delivery in ("d1", "d2"):
        body = told("bounced", row, email=ANA, reason=f"550 5.1.1 <{ANA}> unknown")
        mail.deliver(body, delivery=delivery)

    assert seen(row) == ("bounced", "bounced")
    assert barred(mail) == ["bounced"]
    with tenant_bound(row.tenant_id):
        [event] = InvitationEvent.objects.for_tenant(row.tenant_id).filter(kind="bounced")
        assert event.detail == "550 5.1.1 <[address]> unknown"
        again = Candidate(row.customer_id, "again", NOW + timedelta(days=1))
        [planned] = plan(distribution=asking, candidates=[again], now=NOW + timedelta(days=1))
        assert (planned.state, planned.reason) == ("suppressed", "bounced")


def test_three_in_a_row_that_come_back_for_now_are_one_for_good(
    mail: WebhookSender, asking: Distribution
) -> None:
    rows = [invited(asking) for _ in range(4)]
    soft = [told("bounced", row, permanent=False, at="2026-11-20T11:00:00Z") for row in rows]

    mail.deliver(soft[0], delivery="d0")
    mail.deliver(told("delivered", rows[3], at="2026-11-20T11:30:00Z"), delivery="d3")
    after = [told("bounced", row, permanent=False, at="2026-11-20T11:45:00Z") for row in rows[:3]]
    for number, body in enumerate(after[:2]):
        mail.deliver(body, delivery=f"e{number}")
    before = [seen(row) for row in rows], barred(mail)
    mail.deliver(after[2], delivery="e2")

    assert before == ([("sent", "")] * 3 + [("delivered", "")], [])
    assert [seen(row) for row in rows[:3]] == [("sent", "")] * 2 + [("bounced", "bounced")]
    assert barred(mail) == ["bounced"]


def test_a_wrong_setting_of_ours_bars_nobody(mail: WebhookSender, asking: Distribution) -> None:
    rows = [invited(asking) for _ in range(4)]

    for number, row in enumerate(rows):
        body = told("bounced", row, at="2026-11-20T11:45:00Z", reason="550 5.7.1 SPF failed")
        mail.deliver(body, delivery=f"d{number}")

    assert ([seen(row) for row in rows], barred(mail)) == ([("sent", "")] * 4, [])


def test_who_complains_is_asked_no_more_anywhere(mail: WebhookSender, asking: Distribution) -> None:
    row = invited(asking)

    mail.deliver([told("complained", row), told("complained", row)])

    assert seen(row) == ("opted_out", "")
    assert barred(mail) == ["complained"]
    with tenant_bound(row.tenant_id):
        [consent] = Consent.objects.for_tenant(row.tenant_id)
        assert (consent.state, consent.source) == ("withdrawn", "mail")


def test_who_unsubscribes_by_their_mail_program_has_opted_out(
    mail: WebhookSender, asking: Distribution
) -> None:
    row = invited(asking)

    mail.deliver(told("unsubscribed", row))

    assert (seen(row), barred(mail)) == (("opted_out", ""), ["unsubscribed"])


def test_an_answer_outlives_what_a_mail_service_tells(
    mail: WebhookSender, asking: Distribution
) -> None:
    row = invited(asking)
    with tenant_bound(row.tenant_id):
        rows = Invitation.objects.for_tenant(row.tenant_id).filter(pk=row.pk)
        rows.update(state=InvitationState.COMPLETE)

    mail.deliver(
        [told("bounced", row, email=ANA, permanent=True), told("complained", row, email=ANA)]
    )

    assert seen(row) == ("complete", "")


def test_of_a_mail_that_is_not_ours_the_address_counts(mail: WebhookSender) -> None:
    mail.deliver(
        [
            told("bounced", email="bo@example.com", message_id="<x@y.example>", permanent=True),
            told("delivered", email="cy@example.com"),
        ]
    )

    assert barred(mail) == ["bounced"]


def test_nobody_reaches_the_invitations_of_another_tenant(
    mail: WebhookSender, asking: Distribution
) -> None:
    row, other = invited(asking), webhook(SenderKind.MAIL)

    other.deliver(told("bounced", row, email=ANA, permanent=True))

    # The address is barred where it was told, and nowhere else.
    assert (seen(row), barred(mail), barred(other)) == (("sent", ""), [], ["bounced"])


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"type": "opened", "data": {"email": ANA}}, "is none of: delivered, bounced"),
        ({"type": "bounced", "data": {}}, "neither the address nor the Message-ID"),
        ({"type": "bounced", "data": {"email": "ana"}}, "“email” is no e-mail address."),
        (
            {"type": "bounced", "data": {"email": ANA, "permanent": "yes"}},
            "“permanent” is true or false.",
        ),
    ],
)
def test_what_cannot_be_read_is_listed_with_its_reason(
    mail: WebhookSender, body: dict[str, Any], why: str
) -> None:
    mail.deliver([body, told("bounced", email="bo@example.com", permanent=True)])

    with tenant_bound(mail.tenant.pk):
        inbox = Inbox.objects.for_tenant(mail.tenant).get()
        [refused] = RejectedEvent.objects.for_tenant(mail.tenant)
    assert (inbox.counts["loaded"], inbox.counts["refused"]) == (1, 1)
    assert why in refused.message


def test_one_changed_byte_is_refused(mail: WebhookSender) -> None:
    body = json.dumps(told("bounced", email=ANA)).encode()
    headers = mail.headers(body)

    assert mail.put(body.replace(b"ana", b"bna"), headers).status_code == 401
    assert webhook(SenderKind.MAIL, secret="").put(body, {}).status_code == 401
    assert barred(mail) == []


def report(row: Invitation, *, status: str, action: str = "failed", kind: str = "dsn") -> bytes:
    """Write a report as RFC 3464 and RFC 5965 have them."""
    status_part = (
        f"Reporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; {ANA}\n"
        f"Action: {action}\nStatus: {status}\nDiagnostic-Code: smtp; 550 no such person\n"
    )
    feedback_part = f"Feedback-Type: abuse\nVersion: 1\nOriginal-Rcpt-To: <{ANA}>\n"
    middle, inner = {
        "dsn": ("message/delivery-status", status_part),
        "arf": ("message/feedback-report", feedback_part),
    }[kind]
    return (
        "From: mailer-daemon@example.com\nSubject: Returned mail\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nSorry.\n\n"
        f"--b\nContent-Type: {middle}\n\n{inner}\n"
        "--b\nContent-Type: text/rfc822-headers\n\n"
        f"Message-ID: <{row.pk.hex}.1@wayfare.example>\nSubject: How was it?\n\n--b--\n"
    ).encode()


@pytest.mark.parametrize(
    ("fields", "state", "reasons"),
    [
        ({"status": "5.1.1"}, ("bounced", "bounced"), ["bounced"]),
        ({"status": "4.2.2"}, ("sent", ""), []),
        # Refused for what we sent, or a full mailbox: nothing is said of the person.
        ({"status": "5.7.1"}, ("sent", ""), []),
        ({"status": "5.2.2"}, ("sent", ""), []),
        ({"status": "2.0.0", "action": "delivered"}, ("delivered", ""), []),
        ({"status": "4.4.1", "action": "delayed"}, ("sent", ""), []),
        ({"status": "", "kind": "arf"}, ("opted_out", ""), ["complained"]),
    ],
)
def test_reports_of_mail_servers_are_read_as_they_write_them(
    mail: WebhookSender,
    asking: Distribution,
    fields: dict[str, str],
    state: tuple[str, str],
    reasons: list[str],
) -> None:
    row = invited(asking)

    mail.deliver(report(row, **fields))

    assert (seen(row), barred(mail)) == (state, reasons)


def test_a_plain_mail_reports_nothing(mail: WebhookSender) -> None:
    mail.deliver(b'From: x@example.com\nSubject: "multipart/report"\n\nI am on holiday.\n')

    with tenant_bound(mail.tenant.pk):
        assert Inbox.objects.for_tenant(mail.tenant).get().counts["ignored"] == 1
