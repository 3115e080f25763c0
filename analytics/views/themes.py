"""The overview's card of what people write about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from analytics.selectors.filters import resolved
from analytics.selectors.names import read_names
from analytics.views.asking import asked_of, viewer_of
from cxm.kernel.clock import now
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.selectors.registry_names import read_names as read_answer_names
from feedback.selectors.topics import Period, topic_table, topics_listed

if TYPE_CHECKING:
    from django.http import HttpResponse

CARD = "analytics/_themes.html"
MOST_SHOWN = 6


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def themes(request: TenantRequest) -> HttpResponse:
    """Show the topics that most texts of the overview's period are about.

    Of the overview's filter only the period counts. The page asks for it once it is there.
    """
    viewer = viewer_of(request)
    _, within, _ = resolved(asked_of(request, viewer), read_names(viewer.tenant))
    topics = list(topics_listed(viewer.tenant))
    table = topic_table(
        viewer.tenant,
        topics,
        Period(within.start_on, within.end_on),
        names=read_answer_names(viewer.tenant),
        now=now(),
        url=reverse("feedback:response-list", args=[viewer.tenant.slug]),
    )
    most = sorted((row for row in table.rows if row.n), key=lambda row: -row.n)[:MOST_SHOWN]
    context = {"table": table, "rows": most, "has_topics": bool(topics)}
    return render(request, CARD, context)
