"""Loading a stored body of events: read by its adapter, everything in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from cxm.customers.models import Customer
from cxm.customers.rules.records import EventRefusal
from cxm.customers.rules.traces import ERASED
from cxm.customers.services.loading_events import load_events
from cxm.tenants.audit import record
from cxm.work.services import later
from feedback.adapters.events.parsed import BodyError, ParsedBody, raw_text
from feedback.adapters.events.parsing import parse
from feedback.adapters.webhooks.delighted import NAME as DELIGHTED
from feedback.adapters.webhooks.delighted import UNSUBSCRIBED
from feedback.errors import BodyGoneError
from feedback.models import Inbox
from feedback.rules.distribution.words import Reason
from feedback.services.accepting import LOAD, wishes_of
from feedback.services.delighted_account.barring import bar_addresses, emails_of
from feedback.services.distribution.mail_reports import take_reports
from feedback.services.refusal_rows import list_refusals
from feedback.services.scrubbing import erased_items, without_positions
from feedback.services.survey_events import load_answers

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.customers.rules.records import EventRecord
    from cxm.tenants.models import ApiKey, Membership, Tenant
    from feedback.models import EventSource

MOST_RECORDS = 5_000
GAVE_UP = "This body could not be loaded after several attempts. Read it again, or ask for help."


@dataclass(slots=True)
class _Outcome:
    loaded: int = 0
    unchanged: int = 0
    refused: list[EventRefusal] = field(default_factory=list)
    losses: list[EventRefusal] = field(default_factory=list)


@transaction.atomic
def load_inbox(*, tenant_id: UUID, inbox_id: UUID | str, now: datetime) -> None:
    """Give a stored body of events its effect, and write down what became of every item.

    Afterwards its `counts` say items = loaded + unchanged + refused + ignored, how many of the
    refused had been refused before, and how many of all had come before or twice; why something
    was refused stands in RejectedEvent. A body that cannot be read at all is marked failed, with
    the reason. Nothing happens for a row that is not waiting, nor while its source is paused:
    who lets that go on promises the load of all that waits.
    """
    with connection.cursor() as cursor:
        # The next load need not wait for the disk: a crash that forgets this one forgets also that
        # it was done, so that it is done again.
        cursor.execute("SET LOCAL synchronous_commit TO off")
    rows = Inbox.objects.for_tenant(tenant_id).select_related("tenant", "event_source")
    inbox = rows.select_for_update(of=("self",)).get(pk=inbox_id)
    source = inbox.event_source
    if inbox.state != Inbox.State.STORED or source is None or source.paused_at:
        return
    zone = ZoneInfo(source.time_zone or inbox.tenant.time_zone)
    try:
        parsed = parse(
            {**inbox.envelope, "adapter": inbox.adapter},
            bytes(inbox.body),
            zone=zone,
            received_at=inbox.received_at,
            keeps_pages=source.keeps_pages,
            wishes=wishes_of(source),
        )
    except BodyError as error:
        _end(
            inbox,
            Inbox.State.FAILED,
            counts=_refuse_whole(inbox, source, error),
            error=error.message,
        )
        return
    outcome = _load(inbox.tenant, inbox.source, parsed, now=now)
    if inbox.adapter == DELIGHTED:
        _bar_unsubscribed(inbox.tenant, parsed, now=now)
    noted, known = take_reports(inbox.tenant, parsed.reports, now=now)
    outcome.loaded += noted
    outcome.unchanged += known
    erased = _forget_erased(inbox, parsed)
    again = list_refusals(
        inbox=inbox,
        source=source,
        refused=[_listed(refusal, parsed, erased) for refusal in outcome.refused],
        losses=[_listed(refusal, parsed, erased) for refusal in outcome.losses],
    )
    counts = {
        "items": len(parsed.raws),
        "loaded": outcome.loaded,
        "unchanged": outcome.unchanged,
        "refused": len(outcome.refused),
        "refused_again": again,
        # Of a body that is read again all is there: what had come before it is known no more.
        "repeated": inbox.counts.get("repeated", outcome.unchanged + again),
        "ignored": len(parsed.ignored),
    }
    is_whole = not outcome.refused and not outcome.losses
    _end(inbox, Inbox.State.PARSED if is_whole else Inbox.State.PARTLY, counts=counts)


def _bar_unsubscribed(tenant: Tenant, parsed: ParsedBody, *, now: datetime) -> None:
    """Ask nobody any more who unsubscribed there."""
    told: dict[str, datetime] = {}
    for event in parsed.events:
        if event.name == UNSUBSCRIBED:
            moment = min(event.occurred_at, now)
            told |= dict.fromkeys(emails_of(tenant, event.refs), moment)
    if told:
        bar_addresses(tenant=tenant, told=told, reason=Reason.UNSUBSCRIBED)


def _refuse_whole(inbox: Inbox, source: EventSource, error: BodyError) -> dict[str, int]:
    """List a body that cannot be read among the refused, as one item; give its counts.

    What is in it is not copied there: nobody can tell whom it is about.
    """
    refusal = EventRefusal(0, error.code, error.message, key=inbox.sha256)
    again = list_refusals(inbox=inbox, source=source, refused=[refusal], losses=[])
    whole = {"items": 1, "loaded": 0, "unchanged": 0, "refused": 1, "ignored": 0}
    repeated = inbox.counts.get("repeated", again)
    return {**whole, "refused_again": again, "repeated": repeated}


@transaction.atomic
def replay_inbox(*, inbox: Inbox, by: Membership | ApiKey, now: datetime) -> None:
    """Read a stored body again with the reader of today, soon and in the background.

    What it gave before stays as it is: only what is new has an effect. Nothing happens to one
    that is waiting anyway. Raises BodyGoneError.
    """
    if not inbox.body:
        raise BodyGoneError
    waiting = {"state": Inbox.State.STORED, "error": ""}
    rows = Inbox.objects.for_tenant(inbox.tenant_id).filter(pk=inbox.pk)
    if not rows.exclude(state=Inbox.State.STORED).update(**waiting):
        return
    inbox.state, inbox.error = Inbox.State.STORED, ""
    later(LOAD, tenant=inbox.tenant_id, now=now, inbox_id=str(inbox.pk))
    record(tenant=inbox.tenant, action="event-body-replayed", by=by, about=inbox)


def give_up_loading(*, tenant_id: UUID, inbox_id: str) -> None:
    """Mark a body as failed that could not be loaded, whatever the reason."""
    rows = Inbox.objects.for_tenant(tenant_id).filter(pk=inbox_id, state=Inbox.State.STORED)
    rows.update(state=Inbox.State.FAILED, error=GAVE_UP)


def _load(tenant: Tenant, source: str, parsed: ParsedBody, *, now: datetime) -> _Outcome:
    outcome = _Outcome(refused=list(parsed.refused))
    for start in range(0, len(parsed.events), MOST_RECORDS):
        part = parsed.events[start : start + MOST_RECORDS]
        loaded = load_events(tenant=tenant, source=source, records=part, now=now)
        outcome.loaded += loaded.loaded
        outcome.unchanged += loaded.unchanged
        outcome.losses += loaded.refused
    if parsed.answers:
        answered = load_answers(tenant=tenant, source=source, answers=parsed.answers, now=now)
        outcome.loaded += answered.loaded
        outcome.unchanged += answered.unchanged
        outcome.losses += answered.losses
    if parsed.besides:
        told = load_events(tenant=tenant, source=source, records=parsed.besides, now=now)
        outcome.losses += told.refused
    if parsed.first_traits:
        _tell_first(tenant, source, parsed.first_traits, now=now)
    return outcome


def _tell_first(tenant: Tenant, source: str, records: list[EventRecord], *, now: datetime) -> None:
    """Tell traits that hold only where the customer has none of that name yet."""
    empty = [replace(record, traits={}, key=f"{record.key}?") for record in records]
    who = load_events(tenant=tenant, source=source, records=empty, now=now).customers
    roots = dict(
        Customer.objects.for_tenant(tenant).filter(pk__in=who.values()).values_list("pk", "root_id")
    )
    known = dict(
        Customer.objects.for_tenant(tenant)
        .filter(pk__in=roots.values())
        .values_list("pk", "attributes")
    )
    told = {root: set(attributes) for root, attributes in known.items()}
    fresh = []
    for record_ in records:
        row = who.get(record_.position)
        if row is None:
            continue
        names = told[roots[row]]
        traits = {name: v for name, v in record_.traits.items() if name not in names}
        names.update(traits)
        if traits:
            fresh.append(replace(record_, traits=traits))
    load_events(tenant=tenant, source=source, records=fresh, now=now)


def _forget_erased(inbox: Inbox, parsed: ParsedBody) -> set[int]:
    """Take what is about erased people out of a stored body; give where it stood."""
    erased = erased_items(inbox.tenant, parsed)
    if erased:
        inbox.body = without_positions(bytes(inbox.body), erased)
        inbox.save(update_fields=["body"])
    return erased


def _listed(refusal: EventRefusal, parsed: ParsedBody, erased: set[int]) -> EventRefusal:
    """Give a refusal as it may be kept: with its item, or without all that tells of the erased."""
    if refusal.position in erased:
        return EventRefusal(refusal.position, refusal.code, ERASED)
    return refusal if refusal.raw else replace(refusal, raw=raw_text(parsed.raws[refusal.position]))


def _end(inbox: Inbox, state: Inbox.State, *, counts: dict[str, int], error: str = "") -> None:
    inbox.state, inbox.counts, inbox.error = state, counts, error
    inbox.save(update_fields=["state", "counts", "error"])
