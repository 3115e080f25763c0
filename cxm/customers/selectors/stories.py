"""What is read after the page stands: parts of higher apps, colleagues, five lines of summary."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import FETCH_RAISE, Count
from django.urls import reverse

from cxm.customers.models import CompanyMember, Customer
from cxm.customers.rules.masking import customer_alias, initials
from cxm.customers.rules.summary import (
    Lately,
    last_contact_line,
    lately_line,
    promises_line,
    who_line,
)
from cxm.customers.rules.time_words import ago
from cxm.customers.selectors.timeline import (
    NO_CONTACT,
    TimelineFilter,
    timeline_page,
    timeline_rows,
)
from cxm.kernel.context_parts import Line, context_parts

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.customers.selectors.heads import Head
    from cxm.customers.selectors.promises import PromiseLine
    from cxm.customers.selectors.subjects import Subject
    from cxm.kernel.context_parts import ContextPart

logger = logging.getLogger(__name__)
LATELY_DAYS = 90
MOST_COLLEAGUES = 8
MOST_CHANNELS = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """A part of a higher app: what it read about *subject*; *is_broken* when it could not."""

    subject: Subject
    value: Any
    is_broken: bool = False


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody else at one of the companies of a person."""

    customer_id: UUID
    label: str
    role: str
    company: str
    last_seen: datetime | None


def read_parts(subject: Subject) -> dict[str, Shown]:
    """Read every part that higher apps registered, by key; a broken one spoils no other."""
    return {part.key: _read(part, subject) for part in context_parts.all()}


def parts_json(parts: dict[str, Shown]) -> dict[str, Any]:
    """Write parts as JSON has them; a broken one is null."""
    by_key = {part.key: part for part in context_parts.all()}
    return {
        key: None if shown.is_broken else by_key[key].as_json(shown.value)
        for key, shown in parts.items()
    }


def colleagues(subject: Subject, head: Head) -> list[Colleague]:
    """List other people at the same companies, those seen last first. One query at most."""
    if not head.companies:
        return []
    rows = (
        CompanyMember.objects.for_tenant(subject.tenant)
        .filter(company__in=head.company_ids, customer__erased_at__isnull=True)
        .exclude(customer__root=subject.root)
        .select_related("company", "customer__root")
        .defer("company__attributes", "customer__words", "customer__root__words")
        .order_by("-customer__last_seen_at", "pk")
        .fetch_mode(FETCH_RAISE)
    )
    # A person may stand there with several rows: read a few more than are shown.
    found = {row.customer.root_id: row for row in reversed(rows[: MOST_COLLEAGUES * 3])}
    newest = list(found.values())[::-1][:MOST_COLLEAGUES]
    return [_colleague(subject, row) for row in newest]


def summary(
    subject: Subject, head: Head, promises: list[PromiseLine], parts: dict[str, Shown]
) -> list[Line]:
    """Tell a person in five lines, each with the address of what it is made from.

    Two queries, and those of the parts that were read already.
    """
    page_url = reverse("customers:customer-page", args=[subject.tenant.slug, subject.root.pk])
    texts = [(line.text, line.due) for line in promises]
    lines = [
        Line(_who(subject, head), page_url),
        _last_contact(subject),
        *_part_lines(parts),
        Line(promises_line(texts), f"{page_url}#promises"),
        Line(lately_line(_lately(subject)), f"{page_url}#timeline"),
    ]
    return [line for line in lines if line]


def _read(part: ContextPart, subject: Subject) -> Shown:
    try:
        with transaction.atomic():
            return Shown(subject, part.read(subject))
    except Exception:  # whatever breaks in there, the rest of the page stands
        logger.exception("part %s of customer %s could not be read", part.key, subject.root.pk)
        return Shown(subject, None, is_broken=True)


def _part_lines(parts: dict[str, Shown]) -> list[Line]:
    said = [
        part.line(parts[part.key].value)
        for part in context_parts.all()
        if part.key in parts and not parts[part.key].is_broken
    ]
    return [line for line in said if line]


def _who(subject: Subject, head: Head) -> str:
    return who_line(
        subject.label,
        companies=[company.name for company in head.companies],
        since=f"{head.since:%B %Y}" if head.since else "",
        is_visitor=subject.root.kind == Customer.Kind.VISITOR,
    )


def _last_contact(subject: Subject) -> Line | None:
    found = timeline_page(subject, TimelineFilter(), size=1, is_contact=True).entries
    if not found:
        return None
    [entry] = found
    words = last_contact_line(
        entry.title,
        channel=entry.channel,
        touchpoint=entry.touchpoint,
        when=ago(entry.at, subject.looking.now),
    )
    address = [subject.tenant.slug, subject.root.pk, entry.pk]
    return Line(words, reverse("customers:customer-interaction", args=address))


def _lately(subject: Subject) -> Lately:
    since = subject.looking.now - timedelta(days=LATELY_DAYS)
    happened = timeline_rows(subject, TimelineFilter()).exclude(kind__in=NO_CONTACT)
    rows = happened.filter(occurred_at__gte=since).order_by()
    titles = rows.values_list("channel__title", "touchpoint__title")
    channels: Counter[str] = Counter()
    touchpoints: Counter[str] = Counter()
    count = 0
    for channel, touchpoint, found in titles.annotate(n=Count("pk")):
        count += found
        channels[channel or ""] += found
        touchpoints[touchpoint or ""] += found
    return Lately(
        LATELY_DAYS,
        count,
        tuple(_most_first(channels)[:MOST_CHANNELS]),
        next(iter(_most_first(touchpoints)), ""),
    )


def _most_first(tally: Counter[str]) -> list[str]:
    """List what was counted and has a name, the most frequent first."""
    return [name for name, _ in sorted(tally.items(), key=lambda item: (-item[1], item[0])) if name]


def _colleague(subject: Subject, row: CompanyMember) -> Colleague:
    root = row.customer.root
    name = root.display_name or root.email
    label = initials(root.display_name) if subject.is_masked else name
    seen = root.last_seen_at
    return Colleague(
        customer_id=root.pk,
        label=label or customer_alias(root.pk),
        role=row.role,
        company=str(row.company),
        last_seen=seen.astimezone(subject.looking.zone) if seen else None,
    )
