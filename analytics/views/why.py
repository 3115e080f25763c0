"""The page that explains why a metric changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from analytics.rules.periods import compared_period
from analytics.selectors import why as selectors
from analytics.selectors.freshness import checked_at
from analytics.selectors.metric_page import metric_url
from analytics.selectors.why import why_url
from analytics.selectors.why_pictures import bridge, dimension_lines, group_lines
from analytics.views.annotation_pages import beside_figures
from analytics.views.asking import asked_of, viewer_of
from analytics.views.filter_bar import Choice, filter_bar
from analytics.views.fragments import kept
from analytics.views.metric import measure_or_404
from cxm.customers.models import Segment
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from analytics.selectors.figures import Viewer
    from analytics.selectors.why import Why

PAGE = "analytics/why.html"


@require_safe
@tenant_page(Right.SEE_FIGURES)
def why(request: TenantRequest, metric_key: str) -> HttpResponse:
    """Explain the change of a metric between the two periods of the address."""
    viewer = viewer_of(request)
    measure = measure_or_404(viewer, metric_key)

    asked = asked_of(request, viewer)
    now = asked.filter.period
    past = compared_period(now, asked.filter.compare) or now
    beside = beside_figures(request, past.start_on, now.end_on, measure.metric)

    def make(_sequence: str) -> SafeString:
        chosen = asked_by(request)
        shown = selectors.why(viewer, measure, asked, chosen)
        context = {"shown": shown, **_parts(request, viewer, shown, chosen)}
        return render_to_string(f"{PAGE}#why-body", context, request)

    context = {
        "measure": measure,
        "body": kept(request, viewer, make, shows_segments=_shows_segments(viewer)),
        "texts_url": _texts_url(request, metric_key),
        **beside.context(),
    }
    return render(request, PAGE, context)


def asked_by(request: TenantRequest) -> str:
    """Give the way that the address asks the change to be parted by; empty for what explains most.

    What is no way is left to `why`, which takes the leading one.
    """
    return request.GET.get("by", "")[:80]


def _shows_segments(viewer: Viewer) -> bool:
    """Say whether the page parts by segments, whose members change without the figures."""
    live = Segment.objects.for_tenant(viewer.tenant).live()
    return viewer.sees_rows and live.exists()


def _texts_url(request: TenantRequest, metric_key: str) -> str:
    """Give the address of the part about texts; empty for those who may not read answers."""
    if not request.may(Right.SEE_RESPONSES):
        return ""
    path = reverse("analytics:why-texts", args=[request.tenant.slug, metric_key])
    query = request.GET.urlencode()
    return f"{path}?{query}" if query else path


def _export_url(viewer: Viewer, shown: Why, by: str) -> str:
    """Give the address of the groups as a file."""
    key = shown.measure.metric.key
    path = reverse("analytics:why-export", args=[viewer.tenant.slug, key])
    return f"{path}?{why_url(viewer, key, shown.filter, by).partition('?')[2]}"


def _parts(request: TenantRequest, viewer: Viewer, shown: Why, by: str) -> dict[str, object]:
    """Lay out the bridge, the groups, and where the page leads."""
    key, lines = shown.measure.metric.key, dimension_lines(shown)
    is_known = not by or not lines or any(line.key == by for line in lines)
    unknown = f"The change cannot be parted by “{by[:40]}” here: what parts it most leads."
    return {
        "ignored": shown.ignored if is_known else (*shown.ignored, unknown),
        "bar": filter_bar(
            viewer,
            shown.filter,
            shown.names,
            path=request.path,
            extra={"by": by} if by else {},
        ),
        "metric_url": metric_url(viewer, key, shown.filter),
        "export_url": _export_url(viewer, shown, by),
        "steps": bridge(shown),
        "groups": group_lines(shown),
        "dimensions": [(line, why_url(viewer, key, shown.filter, line.key)) for line in lines],
        "has_segments": any("segment" in line.key for line in lines),
        "has_crossed": any("." in line.key for line in lines),
        "tabs": [
            Choice(line.title, why_url(viewer, key, shown.filter, line.key), line.is_chosen)
            for line in lines
            if line.is_single or line.is_chosen
        ],
        "noun": shown.explained.chosen.dimension.way.noun if shown.explained else "",
        "checked_at": checked_at(shown.check),
    }
