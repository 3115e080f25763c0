"""The part of the page "Why did it change?" about texts; it comes once the page is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from analytics.selectors.why_texts import topic_moves
from analytics.views.asking import asked_of, viewer_of
from analytics.views.metric import measure_or_404
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from django.http import HttpResponse


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def why_texts(request: TenantRequest, metric_key: str) -> HttpResponse:
    """Compare what people write about in the two periods of the address."""
    viewer = viewer_of(request)
    measure = measure_or_404(viewer, metric_key)
    found = topic_moves(viewer, measure, asked_of(request, viewer))
    return render(request, "analytics/_why_texts.html", {"found": found})
