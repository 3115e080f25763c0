"""The page of the contacts that a persona's channel mix counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from analytics.selectors.histograms import By
from analytics.selectors.names import WITHOUT
from analytics.selectors.segment_contacts import contact_lines, contacts_of
from analytics.views.asking import viewer_of
from cxm.customers.models import Segment
from cxm.customers.selectors.persons import Reader, read_persons
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.touchpoints.models import Channel

if TYPE_CHECKING:
    from django.http import HttpResponse


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def segment_contacts(request: TenantRequest, segment_key: str) -> HttpResponse:
    """List the contacts of a segment's members in 90 days through `?channel=`; none without."""
    viewer = viewer_of(request)
    rows = Segment.objects.for_tenant(request.tenant).live()
    segment = get_object_or_404(rows, key=segment_key)
    key = query_text(request.GET, "channel")
    channels = Channel.objects.for_tenant(request.tenant).filter(merged_into=None)
    channel = get_object_or_404(channels, key=key) if key else None
    shown = page_of(contacts_of(viewer, segment, channel), request)
    reader = Reader(request.tenant, sees_persons=request.may(Right.SEE_PERSONS))
    persons = read_persons(reader, [row.customer_id for row in shown.rows])
    context = {
        "segment": segment,
        "title": channel.title if channel else WITHOUT[By.CHANNEL],
        "page": shown,
        "contacts": contact_lines(viewer, shown.rows, persons),
        "sees_persons": reader.sees_persons,
    }
    return page(request, "analytics/segment_contacts.html", context)
