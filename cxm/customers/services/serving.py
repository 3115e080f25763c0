"""What people write to a customer while they serve them: notes and promises."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction

from cxm.customers.errors import (
    DueInThePastError,
    DueTooLateError,
    EmptyTextError,
    ErasedCustomerError,
    PromiseClosedError,
    TextTooLongError,
)
from cxm.customers.models import Interaction, Promise
from cxm.customers.services.opening import note_deed
from cxm.metrics.rules.days import local_date
from cxm.tenants.models import ApiKey

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.customers.models import Customer
    from cxm.tenants.models import Membership

    type Actor = Membership | ApiKey | None

LONGEST_NOTE = 10_000
LONGEST_PROMISE = 300
FARTHEST_YEARS = 5
NOTE_SOURCE = "notes"


@transaction.atomic
def write_note(*, customer: Customer, text: str, by: Actor, now: datetime) -> Interaction:
    """Keep a note about *customer* (a root with its tenant) in the timeline.

    Raises EmptyTextError, TextTooLongError and ErasedCustomerError.
    """
    kept = _checked(customer, text, "note", LONGEST_NOTE)
    note = Interaction.objects.create(
        tenant=customer.tenant,
        customer=customer,
        kind=Interaction.Kind.NOTE,
        name="note",
        occurred_at=now,
        received_at=now,
        day=local_date(now, ZoneInfo(customer.tenant.time_zone)),
        actor=Interaction.Actor.AGENT,
        by=_member(by),
        text=kept,
        source=NOTE_SOURCE,
    )
    _note_deed(customer, "customer-note-written", by, now)
    return note


@transaction.atomic
def make_promise(
    *, customer: Customer, text: str, due_at: datetime, by: Actor, now: datetime
) -> Promise:
    """Keep what *customer* (a root with its tenant) was promised by *due_at*.

    Raises EmptyTextError, TextTooLongError, DueInThePastError, DueTooLateError and
    ErasedCustomerError.
    """
    kept = _checked(customer, text, "promise", LONGEST_PROMISE)
    if due_at <= now:
        raise DueInThePastError
    if due_at > now + timedelta(days=365 * FARTHEST_YEARS):
        raise DueTooLateError(FARTHEST_YEARS)
    promise = Promise.objects.create(
        tenant=customer.tenant,
        customer=customer,
        text=kept,
        due_at=due_at,
        made_at=now,
        made_by=_member(by),
    )
    _note_deed(customer, "promise-made", by, now)
    return promise


def keep_promise(*, promise: Promise, by: Actor, now: datetime) -> None:
    """Mark *promise* (loaded with tenant and customer) as kept; raises PromiseClosedError."""
    _close(promise, "kept_at", by=by, now=now)


def drop_promise(*, promise: Promise, by: Actor, now: datetime) -> None:
    """Give *promise* (loaded with tenant and customer) up; raises PromiseClosedError."""
    _close(promise, "dropped_at", by=by, now=now)


@transaction.atomic
def _close(promise: Promise, field: str, *, by: Actor, now: datetime) -> None:
    still_open = Promise.objects.for_tenant(promise.tenant_id).filter(
        pk=promise.pk, kept_at__isnull=True, dropped_at__isnull=True
    )
    if not still_open.update(**{field: now}, closed_by=_member(by)):
        raise PromiseClosedError
    note_deed(
        tenant=promise.tenant,
        customer_id=promise.customer.root_id,
        action=f"promise-{field.removesuffix('_at')}",
        by=by,
        now=now,
    )


def _checked(customer: Customer, text: str, what: str, most: int) -> str:
    if customer.erased_at is not None:
        raise ErasedCustomerError
    kept = text.replace("\0", "").strip()
    if not kept:
        raise EmptyTextError(what)
    if len(kept) > most:
        raise TextTooLongError(what, most)
    return kept


def _note_deed(customer: Customer, action: str, by: Actor, now: datetime) -> None:
    note_deed(tenant=customer.tenant, customer_id=customer.root_id, action=action, by=by, now=now)


def _member(by: Actor) -> Membership | None:
    return None if isinstance(by, ApiKey) else by
