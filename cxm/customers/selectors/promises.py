"""What was promised to customers and is not done yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE

from cxm.customers.models import Promise
from cxm.customers.rules.time_words import due_words

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from cxm.customers.selectors.subjects import Looking, Subject
    from cxm.tenants.models import Tenant

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """An open promise: *text* as the reader may read it, *due* in words, *due_at* local."""

    promise: Promise
    text: str
    due: str
    due_at: datetime
    is_overdue: bool
    by: str


def open_promises(tenant: Tenant) -> QuerySet[Promise]:
    """List the open promises to all customers, the one that is due first at the top."""
    return (
        Promise.objects.for_tenant(tenant)
        .filter(kept_at__isnull=True, dropped_at__isnull=True)
        .select_related("made_by__user")
        .order_by("due_at", "pk")
        .fetch_mode(FETCH_RAISE)
    )


def promises_to(subject: Subject) -> list[PromiseLine]:
    """List what *subject* was promised and waits for, at most twenty. One query."""
    rows = open_promises(subject.tenant).filter(customer__in=subject.ids)[:MOST_SHOWN]
    return [promise_line(subject.looking, row, subject.shown(row.text)) for row in rows]


def promise_line(looking: Looking, promise: Promise, text: str) -> PromiseLine:
    """Put one promise into words; *text* is what its reader may read of it."""
    by = promise.made_by.user.get_full_name() if promise.made_by else ""
    return PromiseLine(
        promise=promise,
        text=text,
        due=due_words(promise.due_at, looking.now),
        due_at=promise.due_at.astimezone(looking.zone),
        is_overdue=promise.due_at < looking.now,
        by=by,
    )
