"""The files of maps that somebody asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from cxm.work.models import Job

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Membership
    from journeys.models import JourneyMap

EXPORT = "journeys.map-export"
KEPT = timedelta(days=7)
MOST_LISTED = 20


def file_url(of: JourneyMap, job_id: UUID) -> str:
    """Give the address of the file that a job makes of a map."""
    return reverse("journeys:map-export-file", args=[of.tenant.slug, of.pk, job_id])


def export_jobs(of: JourneyMap, by: Membership | None, *, now: datetime | None) -> QuerySet[Job]:
    """List the files of a map that *by* asked for, the latest first.

    *by* None are those that programs asked for. With *now* those that were removed are left out.
    """
    start = file_url(of, of.pk).partition("/export/")[0]
    rows = Job.objects.for_tenant(of.tenant).filter(kind=EXPORT, by=by)
    rows = rows.filter(result_url__startswith=f"{start}/export/")
    if now is not None:
        rows = rows.filter(created_at__gt=now - KEPT)
    return rows.order_by("-created_at", "pk")
