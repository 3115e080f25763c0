"""Looking at an account of Delighted with its key, beginning to fetch it, forgetting the key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from cxm.kernel.secrets import seal
from cxm.tenants.audit import record
from cxm.work.models import Job
from cxm.work.services import start_job
from feedback.errors import DelightedError
from feedback.models import DelightedImport
from feedback.rules.delighted_account import RESPONSES, Period
from feedback.rules.senders import SenderKind
from feedback.services.delighted_account.asking import NotNowError, ask, ask_list
from feedback.services.webhook_sources import create_webhook

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Membership, Tenant
    from feedback.models import EventSource

FETCH = "feedback.fetch-delighted"
PURPOSE = "delighted-account"
KEY_GONE = "The account’s key is forgotten. Enter it again."
_LARGEST = 10**12
NOT_NOW = "Nothing is kept. Try again in some minutes."


def prepare(
    *,
    tenant: Tenant,
    key: str,
    source: EventSource | str,
    period: Period,
    keeps_key: bool,
    by: Membership,
    now: datetime,
) -> DelightedImport:
    """Look into the account of *key*, and keep what was found with the key; nothing is fetched.

    *source* is where people and answers will come from, as webhooks of the same project do, or
    what a new one is to be called. Raises DelightedError (of `key` where it is refused) and
    SourceNameTakenError.
    """
    found = look(key, period)
    with transaction.atomic():
        if isinstance(source, str):
            source = create_webhook(
                tenant=tenant, title=source, kind=SenderKind.DELIGHTED, by=by, now=now
            )
        made = DelightedImport.objects.create(
            tenant=tenant,
            event_source=source,
            sealed=seal(key, purpose=PURPOSE, tenant_id=tenant.pk),
            keeps_key=keeps_key,
            since=period.since,
            until=period.until,
            found=found,
            by=by,
            created_at=now,
        )
        record(tenant=tenant, action="delighted-key-kept", by=by, about=source)
    return made


def look(key: str, period: Period) -> dict[str, Any]:
    """Count the answers of an account: {responses, nps, oldest, newest}. Three requests.

    Raises DelightedError.
    """
    try:
        told, _ = ask("metrics", period.query, key=key)
        ends = [
            ask_list(RESPONSES, {"per_page": "1", **period.query, **order}, key=key).items
            for order in ({}, {"order": "desc"})
        ]
    except NotNowError as error:
        raise DelightedError(f"{error} {NOT_NOW}") from error
    figures = told if isinstance(told, dict) else {}
    oldest, newest = (_whole(end[0].get("created_at")) if end else None for end in ends)
    return {
        "responses": _whole(figures.get("response_count")),
        "nps": _whole(figures.get("nps")),
        "oldest": oldest,
        "newest": newest,
    }


@transaction.atomic
def start_import(*, row: DelightedImport, by: Membership, now: datetime) -> None:
    """Begin to fetch all of an account, or fetch it again; one that runs goes on alone.

    What is there already is not doubled. Raises DelightedError where the key is forgotten.
    """
    rows = DelightedImport.objects.for_tenant(row.tenant_id).select_for_update(of=("self",))
    locked = rows.select_related("event_source", "tenant", "job").get(pk=row.pk)
    if locked.job and locked.job.state in Job.OPEN_STATES:
        return
    if not locked.sealed:
        raise DelightedError(KEY_GONE)
    locked.job = start_job(
        tenant=locked.tenant,
        kind=FETCH,
        title=f"Delighted: {locked.event_source.title}"[:200],
        by=by,
        now=now,
        unit="records",
        delighted_import_id=str(locked.pk),
    )
    locked.job.result_url = reverse(
        "feedback:delighted-import", args=[locked.tenant.slug, locked.pk]
    )
    locked.job.save(update_fields=["result_url"])
    locked.counts = {}
    locked.save(update_fields=["job", "counts"])
    record(tenant=locked.tenant, action="delighted-import-started", by=by, about=locked)


@transaction.atomic
def forget_key(*, row: DelightedImport, by: Membership) -> None:
    """Forget the key of an account; nothing happens where it is forgotten already."""
    rows = DelightedImport.objects.for_tenant(row.tenant_id).filter(pk=row.pk).exclude(sealed="")
    if rows.update(sealed=""):
        record(tenant=row.tenant, action="delighted-key-forgotten", by=by, about=row)


def _whole(told: object) -> int | None:
    """Give a whole number that a page may show; None for anything else."""
    if not isinstance(told, int) or isinstance(told, bool):
        return None
    return told if abs(told) < _LARGEST else None
