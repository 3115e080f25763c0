"""What was refused from an event source: the list, and all of it as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.audit import record
from cxm.tenants.rules import Right
from feedback.selectors.event_sources import (
    MOST_REFUSED,
    refusal_counts,
    refused_events,
    refused_shown,
)
from feedback.services.refused_file import refused_events_csv
from feedback.views.event_sources import found_source

if TYPE_CHECKING:
    from uuid import UUID

REFUSED = "feedback/event_source_refused.html"


@require_safe
@tenant_page(Right.MANAGE_SOURCES)
def refused_list(request: TenantRequest, event_source_id: UUID) -> HttpResponse:
    """List what was refused with its reason, newest first; `?code=` filters."""
    source = found_source(request, event_source_id)
    code = query_text(request.GET, "code")
    counts = refusal_counts(source)
    shown = page_of(refused_events(source, code=code), request)
    sees_persons = request.may(Right.SEE_PERSONS)
    context = {
        "source": source,
        "tab": "refused",
        "page": shown,
        "rows": [refused_shown(row, sees_persons=sees_persons) for row in shown.rows],
        "counts": counts,
        "total": sum(count.count for count in counts),
        "code": code,
        "most": MOST_REFUSED,
    }
    return page(request, REFUSED, context, part="refused-rows")


@require_safe
@tenant_page(Right.MANAGE_SOURCES)  # type: ignore[arg-type]  # a stream is no HttpResponse
def refused_file(request: TenantRequest, event_source_id: UUID) -> StreamingHttpResponse:
    """Give all that was refused as CSV, newest first; `?code=` filters."""
    source = found_source(request, event_source_id)
    code = query_text(request.GET, "code")
    record(
        tenant=request.tenant,
        action="refused-events-exported",
        by=request.membership,
        about=source,
        changes={"code": code},
    )
    lines = refused_events_csv(
        tenant_id=request.tenant.pk,
        source_id=source.pk,
        code=code,
        sees_persons=request.may(Right.SEE_PERSONS),
    )
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="refused-{source.key}.csv"'
    return answer
