"""Everything that a customer's page shows, as JSON has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.customers.selectors.heads import read_head
from cxm.customers.selectors.promises import promises_to
from cxm.customers.selectors.stories import Shown, colleagues, parts_json, read_parts, summary
from cxm.customers.selectors.timeline import TimelineFilter, timeline_page
from cxm.kernel.context_parts import context_parts

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from cxm.customers.selectors.heads import Head
    from cxm.customers.selectors.promises import PromiseLine
    from cxm.customers.selectors.subjects import Subject
    from cxm.customers.selectors.timeline import Entry

PARTS = ("head", "promises", "timeline", "summary", "colleagues")
LATEST = 20


def part_names() -> list[str]:
    """List every part that can be asked for: our own, and those of higher apps."""
    return [*PARTS, *(part.key for part in context_parts.all())]


def customer_context(subject: Subject, wanted: Collection[str]) -> dict[str, Any]:
    """Give the parts of *subject* that are *wanted*, as its reader may know them.

    `customer` and `is_masked` are always there. Moments are ISO with the tenant's offset.
    """
    body: dict[str, Any] = {
        "customer": str(subject.root.pk),
        "label": subject.label,
        "kind": subject.root.kind,
        "is_masked": subject.is_masked,
        "is_erased": subject.is_erased,
    }
    head, promises = read_head(subject), promises_to(subject)
    needs_parts = "summary" in wanted or not set(PARTS).issuperset(wanted)
    parts = read_parts(subject) if needs_parts else {}
    told = {key: shown for key, shown in parts.items() if key in wanted}
    body |= {name: _own(name, subject, head, promises, parts) for name in PARTS if name in wanted}
    return body | parts_json(told)


def entry_json(entry: Entry) -> dict[str, Any]:
    """Write one entry of a timeline as JSON has it."""
    return {
        "interaction": str(entry.pk),
        "kind": entry.kind,
        "title": entry.title,
        "text": entry.text or None,
        "occurred_at": entry.at.isoformat(),
        "is_zone_assumed": entry.is_zone_assumed,
        "direction": entry.direction,
        "touchpoint": entry.touchpoint_key or None,
        "channel": entry.channel_key or None,
        "source": entry.source,
        "by": entry.by or None,
        "amount": entry.amount or None,
        "thread": entry.thread or None,
    }


def promise_json(line: PromiseLine) -> dict[str, Any]:
    """Write one promise as JSON has it."""
    return {
        "promise": str(line.promise.pk),
        "text": line.text,
        "due_at": line.due_at.isoformat(),
        "is_overdue": line.is_overdue,
        "by": line.by or None,
    }


def _own(
    name: str,
    subject: Subject,
    head: Head,
    promises: list[PromiseLine],
    parts: dict[str, Shown],
) -> Any:
    match name:
        case "head":
            return _head_json(head)
        case "promises":
            return [promise_json(line) for line in promises]
        case "timeline":
            shown = timeline_page(subject, TimelineFilter(), size=LATEST)
            return [entry_json(entry) for entry in shown.entries]
        case "summary":
            return [line.words for line in summary(subject, head, promises, parts)]
        case _:
            return [
                {
                    "customer": str(one.customer_id),
                    "label": one.label,
                    "role": one.role or None,
                    "company": one.company,
                    "last_seen_at": _moment(one.last_seen),
                }
                for one in colleagues(subject, head)
            ]


def _head_json(head: Head) -> dict[str, Any]:
    return {
        "identifiers": [
            {
                "kind": one.kind,
                "namespace": one.where,
                "value": one.value,
                "strength": one.strength.value,
                "is_verified": one.is_verified,
            }
            for one in head.identifiers
        ],
        "companies": [
            {"company": str(one.id), "name": one.name, "role": one.role or None}
            for one in head.companies
        ],
        "segments": [{"key": one.key, "title": one.title} for one in head.segments],
        "attributes": {one.key: one.value for one in head.attributes},
        "hidden_attributes": head.hidden_attributes,
        "language": head.language or None,
        "time_zone": head.time_zone or None,
        "first_seen_at": _moment(head.since),
        "last_seen_at": _moment(head.last_seen),
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
