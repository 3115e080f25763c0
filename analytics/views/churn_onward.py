"""The customers behind a number of "After each touchpoint" on the churn page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from analytics.rules.churn_onward import FATES
from analytics.selectors.churn import counted_definitions
from analytics.selectors.churn_onward import spans_onward
from cxm.customers.selectors.persons import Reader, read_persons
from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.touchpoints.models import Touchpoint

if TYPE_CHECKING:
    from analytics.selectors.churn import Counted


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def churn_onward(request: TenantRequest, churn_definition_id: UUID) -> HttpResponse:
    """List the customers of a `?touchpoint=` by `?what=` became of them; without it all."""
    chosen = _counted(request, churn_definition_id)
    place, fate = _touchpoint(request), query_text(request.GET, "what")
    if chosen.at is None or fate not in FATES:
        raise Http404
    spans = spans_onward(chosen.definition, chosen.rule, place.pk, fate, chosen.at)
    shown = page_of(spans, request)
    reader = Reader(request.tenant, sees_persons=request.may(Right.SEE_PERSONS))
    persons = read_persons(reader, [row.customer_id for row in shown.rows])
    address = reverse("analytics:churn", args=[request.tenant.slug])
    context = {
        "counted": chosen,
        "title": FATES[fate].format(place=place.title),
        "reason": None,
        "has_reasons": False,
        "page": shown,
        "lines": [(row, persons.of(row.customer_id)) for row in shown.rows],
        "back_url": f"{address}?{urlencode({'definition': chosen.definition.key})}#onward",
    }
    return render(request, "analytics/churn_customers.html", context)


def _counted(request: TenantRequest, definition_id: UUID) -> Counted:
    for one in counted_definitions(request.tenant):
        if one.definition.pk == definition_id:
            return one
    raise Http404


def _touchpoint(request: TenantRequest) -> Touchpoint:
    try:
        key = UUID(query_text(request.GET, "touchpoint"))
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(Touchpoint.objects.for_tenant(request.tenant), pk=key)
