"""What tests of reports stand on: reports that are due, workers that send them, and the mails."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import time_machine
from django.core import mail
from pypdf import PdfReader

from analytics.models import Report, ReportMail, ReportRun
from analytics.services.report_keeping import Wanted, create_report
from analytics.services.report_runs import begin_due_runs
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.core.mail import EmailMultiAlternatives

    from cxm.tenants.models import Membership, Tenant

# make.NOW is a Friday: a report of every day at seven was due that morning.
MADE_AT = make.NOW - timedelta(days=1)
OVERVIEW = {"page": "overview", "query": "period=28d"}
NPS = {"page": "metric", "metric": "nps", "query": "period=28d"}


def wanted(to: Iterable[UUID] = (), **fields: Any) -> Wanted:
    """A report of every day at seven, on NPS, unless said otherwise."""
    usual: dict[str, Any] = {"title": "Monday figures", "pages": [NPS], "pace": "daily"}
    return Wanted(**{**usual, "hour": 7, "day": 0, **fields, "recipients": list(to)})


def report(
    *to: Membership,
    of: Tenant,
    by: Membership | None = None,
    now: datetime = MADE_AT,
    **fields: Any,
) -> Report:
    """A report, made the day before make.NOW."""
    with tenant_bound(of.pk):
        asked = wanted([one.pk for one in to], **fields)
        return create_report(tenant=of, wanted=asked, by=by, now=now)


def send(tenant: Tenant, now: datetime = make.NOW) -> list[EmailMultiAlternatives]:
    """Let workers look at *now* and do all that is due; give the mails that were sent then."""
    before = len(mail.outbox)
    with time_machine.travel(now, tick=False):
        with tenant_bound(tenant.pk):
            begin_due_runs(tenant=tenant, now=now)
        drain(tenant.pk)
    return mail.outbox[before:]  # type: ignore[return-value]


def runs(tenant: Tenant) -> list[ReportRun]:
    """Give the runs, the oldest first."""
    with tenant_bound(tenant.pk):
        rows = ReportRun.objects.for_tenant(tenant).select_related("report", "tenant")
        return list(rows.order_by("due_at", "pk"))


def mails(tenant: Tenant) -> list[ReportMail]:
    """Give the mails of all runs, by address."""
    with tenant_bound(tenant.pk):
        rows = ReportMail.objects.for_tenant(tenant).select_related("member__user", "edition")
        return list(rows.order_by("member__user__email", "pk"))


def attached(letter: EmailMultiAlternatives, ending: str) -> bytes:
    """Give the file of a mail that ends so."""
    for one in letter.attachments:
        if str(one.filename).endswith(f".{ending}"):
            return bytes(one.content)
    message = f"no {ending} is attached"
    raise LookupError(message)


def pdf_text(content: bytes) -> str:
    """Give the words of a PDF with single spaces."""
    pages = (page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return " ".join(" ".join(pages).replace("\u200b", "").split())
