"""Fetching an account of Delighted: a page a run, each in one transaction with what came of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cxm.kernel.secrets import SecretUnreadableError, unseal
from cxm.work.services import advance_job
from feedback.adapters.events.parsing import LIMITS
from feedback.adapters.webhooks import delighted
from feedback.errors import DelightedError
from feedback.models import Inbox
from feedback.rules.delighted_account import (
    BOUNCES,
    MOST_TRIES,
    PEOPLE,
    RESPONSES,
    UNSUBSCRIBES,
    Listed,
    Period,
    Place,
    first_place,
    next_place,
    wait_of,
    webhooks_of,
)
from feedback.rules.distribution.words import Reason
from feedback.services.accepting import Delivery, source_name, store_once
from feedback.services.delighted_account.asking import NotNowError, ask_list
from feedback.services.delighted_account.barring import bar_listed
from feedback.services.delighted_account.preparing import KEY_GONE, PURPOSE
from feedback.services.event_loading import load_inbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxm.work.models import Job
    from feedback.models import DelightedImport

type Counts = dict[str, int]

_BARRED = {
    UNSUBSCRIBES: (Reason.UNSUBSCRIBED, "unsubscribed_at"),
    BOUNCES: (Reason.BOUNCED, "bounced_at"),
}
_UNREAD = (Inbox.State.STORED, Inbox.State.FAILED)
NOTHING: Counts = {"loaded": 0, "unchanged": 0, "refused": 0, "back": 0}


def fetch_page(
    *, job: Job, row: DelightedImport, place: Place | None, now: datetime
) -> tuple[Place, timedelta] | None:
    """Fetch one page and take in what it holds; give where to go on, and when if not at once.

    None where all is there; the key is forgotten then, unless it is to be kept. A page that did
    not come is tried again. Raises DelightedError where that does not help.
    """
    period = Period(row.since, row.until)
    place = place or first_place(PEOPLE, period)
    try:
        page = ask_list(place.part, place.query, key=_key(row))
    except NotNowError as error:
        return _later(job, place, error, now)
    row.counts = {
        **row.counts,
        place.part: _sum(row.counts.get(place.part, NOTHING), _taken(row, place, page, now)),
    }
    after = next_place(place, page, period)
    row.save(update_fields=["counts"])
    if after is None and not row.keeps_key:
        row.sealed = ""
        row.save(update_fields=["sealed"])
    done = job.done + len(page.items)
    advance_job(job, now=now, done=done, message=f"{done:,} records read.")
    return (after, timedelta(0)) if after else None


def _later(job: Job, place: Place, error: NotNowError, now: datetime) -> tuple[Place, timedelta]:
    if place.tries + 1 >= MOST_TRIES:
        message = (
            f"{error} It was tried {MOST_TRIES} times. What came until then stays: go on later."
        )
        raise DelightedError(message)
    wait = wait_of(error.retry_after, place.tries)
    seconds = int(wait.total_seconds())
    advance_job(job, now=now, message=f"{error} It goes on in {seconds} seconds.")
    return replace(place, tries=place.tries + 1), wait


def _key(row: DelightedImport) -> str:
    try:
        return unseal(row.sealed, purpose=PURPOSE, tenant_id=row.tenant_id)
    except SecretUnreadableError as error:
        raise DelightedError(KEY_GONE) from error


def _taken(row: DelightedImport, place: Place, page: Listed, now: datetime) -> Counts:
    if place.part in (PEOPLE, RESPONSES):
        return _loaded(row, place.part, page.items, now)
    reason, moment = _BARRED[place.part]
    return bar_listed(tenant=row.tenant, items=page.items, reason=reason, moment=moment, now=now)


def _loaded(
    row: DelightedImport, part: str, items: Sequence[dict[str, Any]], now: datetime
) -> Counts:
    """Store a page as its webhooks would have come, and load it; in halves where it is too large.

    So what was refused, and why, stands with the source, and erasing finds what is kept. What was
    stored before and never read is read now. Raises DelightedError for a page that is not read.
    """
    if not items:
        return NOTHING
    body = json.dumps(webhooks_of(part, items)).encode()
    if len(body) > LIMITS[delighted.NAME] and len(items) > 1:
        half = len(items) // 2
        first, second = (_loaded(row, part, some, now) for some in (items[:half], items[half:]))
        return _sum(first, second)
    key = f"fetched:{hashlib.sha256(body).hexdigest()}"
    rows = Inbox.objects.for_tenant(row.tenant_id)
    there = rows.filter(source=source_name(row.event_source), delivery_key=key)
    if there.exclude(state__in=_UNREAD).exists():
        return {**NOTHING, "unchanged": len(items)}
    there.filter(state__in=_UNREAD).update(state=Inbox.State.STORED, error="", body=body)
    delivery = Delivery(adapter=delighted.NAME, path=f"/v1/{part}", body=body)
    inbox_id = store_once(source=row.event_source, delivery=delivery, key=key, now=now)
    load_inbox(tenant_id=row.tenant_id, inbox_id=inbox_id, now=now)
    read = rows.select_related("event_source").defer("body").get(pk=inbox_id)
    if read.state in _UNREAD:
        raise DelightedError(_why_unread(read))
    told = read.counts
    return {
        **NOTHING,
        "loaded": told.get("loaded", 0),
        "unchanged": told.get("unchanged", 0),
        "refused": told.get("refused", 0) + told.get("ignored", 0),
    }


def _why_unread(inbox: Inbox) -> str:
    if inbox.state == Inbox.State.FAILED:
        return f"A page could not be read: {inbox.error} What came until then stays."
    return (
        f"The source “{inbox.event_source}” is paused, so nothing of it is read. Let the source go "
        "on first. What came until then stays."
    )


def _sum(one: Counts, other: Counts) -> Counts:
    return {name: one.get(name, 0) + other.get(name, 0) for name in NOTHING}
