"""Reads for the pages and the API of imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models

from cxm.work.rules import job_pace, left_words, rate_words
from feedback.models import Import, ImportRecipe, RejectedRow

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant
    from cxm.work.models import Job

STEPS = ("File", "Lines", "Columns", "Check", "Load")

REASONS = {
    "off_scale": "Not on the metric’s scale",
    "not_whole_number": "Not a whole number",
    "not_a_number": "Neither a number nor a declared text",
    "declared_error": "A value that you called a mistake",
    "unknown_touchpoint": "A touchpoint that nobody has named",
    "unknown_metric": "A metric that does not exist",
    "unknown_channel": "A channel that nobody has named",
    "bad_weight": "Not a usable weight",
    "bad_email": "Not an e-mail address",
    "bad_customer": "A customer number that is too long",
    "bad_time": "No usable time of the answer",
    "no_customer": "No customer named",
    "no_event": "Nothing with a time",
    "no_name": "An event without a name",
    "no_row_id": "No number of the line",
    "no_company": "No company named",
    "bad_value": "Not what the column holds",
    "bad_trait_name": "Not a usable name of an attribute",
    "no_response_id": "No number of the answer",
    "duplicate": "The same answer again",
    "conflict": "The same answer with other content",
    "ragged_row": "More or fewer cells than columns",
    "cell_too_long": "A quotation mark that is not closed",
    "formula_without_value": "A formula saved without its result",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """How often something was refused, and why, in words."""

    code: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the running step of an import is; *percent* is None while nobody knows the end."""

    done: int
    total: int | None
    percent: int | None
    rate: str
    left: str
    message: str
    is_stopping: bool


def imports_listed(tenant: Tenant) -> QuerySet[Import]:
    """List imports, newest first, with who sent them; their long columns are not loaded."""
    rows = Import.objects.for_tenant(tenant).select_related("by__user", "job")
    rows = rows.defer("mapping", "preview", "progress", "check_report")
    return rows.order_by("-created_at", "-pk").fetch_mode(models.FETCH_RAISE)


def refusals_of(imported: Import) -> QuerySet[RejectedRow]:
    """List what was kept out of an import, by line; ten thousand entries at most."""
    rows = RejectedRow.objects.for_tenant(imported.tenant_id).filter(batch=imported.batch_id)
    return rows.order_by("line", "pk").fetch_mode(models.FETCH_RAISE)


def recipes_listed(tenant: Tenant) -> QuerySet[ImportRecipe]:
    """List recipes by name, with who kept them."""
    rows = ImportRecipe.objects.for_tenant(tenant).select_related("by__user")
    return rows.order_by("name", "pk").fetch_mode(models.FETCH_RAISE)


def refused_words(report: dict[str, Any] | None) -> list[Refused]:
    """Put the refusals of a report in words, the most frequent reason first."""
    counts = (report or {}).get("refused", {})
    found = [Refused(code, REASONS.get(code, code), count) for code, count in counts.items()]
    return sorted(found, key=lambda refused: (-refused.count, refused.code))


def progress_of(job: Job | None, *, now: datetime) -> Progress | None:
    """Give the progress of *job*; None when there is none, or it is over."""
    if job is None or job.state not in job.OPEN_STATES:
        return None
    pace = job_pace(job.done, job.total, started_at=job.started_at, now=now)
    return Progress(
        done=job.done,
        total=job.total,
        percent=min(100, 100 * job.done // job.total) if job.total else None,
        rate=rate_words(pace.per_second, job.unit),
        left=left_words(pace.seconds_left),
        message=job.message,
        is_stopping=job.cancel_asked_at is not None,
    )


def step_of(imported: Import) -> int:
    """Say which of STEPS an import is at, counted from 1; 6 when all is done."""
    states = Import.State
    if imported.state == states.UPLOADED:
        return 3 if imported.mapping is None else 4
    if imported.state == states.CHECKING or imported.batch_id is None:
        return 5 if imported.state == states.CHECKED else 4
    return 5 if imported.state == states.LOADING else 6
