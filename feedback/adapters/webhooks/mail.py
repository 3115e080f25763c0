"""What mail services tell of our mails: delivered, come back, complained about, unsubscribed.

Either our own documented JSON, or a report as mail servers write it: delivery status (RFC 3464) and
feedback (RFC 5965). Drops: other mails, and what a report quotes of the mail it is about.
"""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

from cxm.customers.rules.identifiers import fold, is_usable
from feedback.adapters.events.cleaning import Cleaner
from feedback.adapters.events.items import Item, refusal
from feedback.adapters.events.parsed import (
    IgnoredItem,
    ItemError,
    ItemLeftOut,
    MailReport,
    ParsedBody,
)
from feedback.adapters.webhooks.reading import inside, read_webhook
from feedback.rules.distribution.bounces import is_nobody
from feedback.rules.distribution.words import ReportKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from feedback.adapters.events.items import Reading
    from feedback.adapters.webhooks.reading import Sent

NAME, VERSION = "mail", 1
_REPORT = b"multipart/report"
_MOST_REASON = 300
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
_NO_WHOM = "It names neither the address nor the Message-ID of the mail."


def accepts(text: bytes) -> bool:
    """Tell whether *text* looks like a report about a mail."""
    return b'"type"' in text or _REPORT in text.lower()


def parse(text: bytes, sent: Sent) -> ParsedBody:
    """Read a body; raises BodyError where it is neither JSON nor a mail."""
    if text.lstrip()[:1] in (b"{", b"["):
        return read_webhook(text, sent, _read)
    return _read_mail(text, sent)


def _read(item: Item, sent: Sent) -> Iterator[Reading]:
    if not item.fields:
        # What is left of a report about somebody who was erased.
        raise ItemLeftOut("no_report", "")
    data = inside(item.fields, "data") or item.fields
    kind = item.text("type")
    if kind not in set(ReportKind):
        known = ", ".join(ReportKind)
        raise ItemError("not_readable", f"“{kind[:40]}” is none of: {known}.", "type")
    reason = item.as_text(data.get("reason"))
    is_permanent = data.get("permanent", is_nobody(reason))
    if not isinstance(is_permanent, bool):
        raise ItemError("not_readable", "“permanent” is true or false.", "data.permanent")
    yield _report(
        item,
        kind=ReportKind(kind),
        told={name: item.as_text(data.get(name)) for name in ("email", "message_id", "reason")},
        at=data.get("at"),
        is_permanent=is_permanent,
        sent=sent,
    )


def _report(
    item: Item,
    *,
    kind: ReportKind,
    told: dict[str, str],
    at: Any,
    is_permanent: bool,
    sent: Sent,
) -> MailReport:
    email = fold("email", told["email"])
    if email and not is_usable("email", email):
        raise ItemError("not_readable", "“email” is no e-mail address.", "data.email")
    found = _MESSAGE_ID.search(told["message_id"]) if told["message_id"] else None
    if not email and not found:
        raise ItemError("no_customer", _NO_WHOM, "data")
    return MailReport(
        position=item.position,
        kind=kind,
        email=email,
        message_id=found.group() if found else "",
        at=sent.clock.occurred(at, "data.at").at,
        is_permanent=is_permanent,
        reason=" ".join(told["reason"].split())[:_MOST_REASON],
    )


def _read_mail(text: bytes, sent: Sent) -> ParsedBody:
    """Read one report as mail servers write it; a mail that is none is left out."""
    parsed = ParsedBody(raws=[text])
    item = Item(0, text, {}, Cleaner(is_suspect=True))
    mail: Any = message_from_bytes(text, policy=policy.default)
    parts = {part.get_content_type(): part for part in mail.walk()}
    try:
        if "message/feedback-report" in parts:
            parsed.reports.append(_complaint(item, parts, sent))
        elif "message/delivery-status" in parts:
            parsed.reports.extend(_status(item, parts, sent))
        else:
            parsed.ignored.append(IgnoredItem(0, "no_report", "mail"))
    except ItemError as error:
        parsed.refused.append(refusal(item, error))
    return parsed


def _complaint(item: Item, parts: dict[str, EmailMessage], sent: Sent) -> MailReport:
    fields = _fields(parts["message/feedback-report"])
    told = {
        "email": _address(fields.get("original-rcpt-to", "")),
        "message_id": _original_id(parts),
        "reason": fields.get("feedback-type", ""),
    }
    kind = ReportKind.COMPLAINED
    if told["reason"].strip().lower() == "opt-out":
        kind = ReportKind.UNSUBSCRIBED
    return _report(item, kind=kind, told=told, at=None, is_permanent=True, sent=sent)


def _status(item: Item, parts: dict[str, EmailMessage], sent: Sent) -> Iterator[MailReport]:
    """Give what happened for each recipient; who is still waited for is not told."""
    payload: Any = parts["message/delivery-status"].get_payload()
    blocks = payload if isinstance(payload, list) else []
    for block in blocks:
        fields = {name.lower(): str(value) for name, value in block.items()}
        action = fields.get("action", "").strip().lower()
        if action not in {"failed", "delivered", "relayed"}:
            continue
        told = {
            "email": _address(
                fields.get("final-recipient", "") or fields.get("original-recipient", "")
            ),
            "message_id": _original_id(parts),
            "reason": " ".join((fields.get("status", ""), fields.get("diagnostic-code", ""))),
        }
        yield _report(
            item,
            kind=ReportKind.BOUNCED if action == "failed" else ReportKind.DELIVERED,
            told=told,
            at=None,
            # A server that refuses our sender, or a full mailbox, may take the next.
            is_permanent=is_nobody(told["reason"]),
            sent=sent,
        )


def _original_id(parts: dict[str, EmailMessage]) -> str:
    """Find the Message-ID of the mail that a report is about, in what it brings of it."""
    for kind in ("message/rfc822", "text/rfc822-headers"):
        if kind in parts:
            part: Any = parts[kind]
            inner = part.get_payload(0) if part.is_multipart() else None
            if inner is not None:
                return str(inner.get("Message-ID", ""))
            text = part.get_payload(decode=True) or b""
            return str(message_from_bytes(text, policy=policy.default).get("Message-ID", ""))
    return ""


def _fields(part: Any) -> dict[str, str]:
    """Read the fields of a part that holds nothing else."""
    if part.is_multipart():
        inner = part.get_payload(0)
        pairs = [*inner.items(), *message_from_bytes(_text(inner), policy=policy.default).items()]
    else:
        pairs = message_from_bytes(_text(part), policy=policy.default).items()
    return {name.lower(): str(value) for name, value in pairs}


def _text(part: Any) -> bytes:
    return part.get_payload(decode=True) or b""


def _address(told: str) -> str:
    """Take the address out of `rfc822; ana@example.com` or `<ana@example.com>`."""
    return told.rpartition(";")[2].strip().strip("<>")
