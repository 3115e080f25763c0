"""The first page, and what tells it that answers have come."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from analytics.selectors import overview as selectors
from analytics.selectors.filters import resolved
from analytics.selectors.freshness import (
    AnswerMark,
    answer_mark,
    checked_at,
    figures_sequence,
    fresh_words,
)
from analytics.selectors.histograms import By
from analytics.selectors.names import measures, read_names
from analytics.views.asking import asked_of, viewer_of
from analytics.views.filter_bar import filter_bar
from analytics.views.fragments import kept
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from analytics.selectors.figures import Viewer
    from analytics.selectors.filters import Filter

PAGE = "analytics/overview.html"
FRESH = "analytics/_fresh.html"
NOTHING_NEW = 204


@require_safe
@tenant_page(Right.SEE_FIGURES)
def overview(request: TenantRequest) -> HttpResponse:
    """Show how every metric stands and where it hurts."""
    viewer = viewer_of(request)

    def make(sequence: str) -> SafeString:
        metric_key = request.GET.get("metric", "")
        shown = selectors.overview(viewer, asked_of(request, viewer), metric_key=metric_key)
        context = {
            "shown": shown,
            "bar": filter_bar(
                viewer, shown.filter, shown.names, path=request.path, extra=_extra(request)
            ),
            "checked_at": checked_at(shown.check),
            "fresh_url": fresh_url(viewer, shown.filter, sequence, shown.mark),
            "may_import": request.may(Right.IMPORT_FEEDBACK),
        }
        return render_to_string(f"{PAGE}#overview-figures", context, request)

    context = {"body": kept(request, viewer, make), "themes_url": _themes_url(request)}
    return render(request, PAGE, context)


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def figures_refresh(request: TenantRequest) -> HttpResponse:
    """Say what has come since a page was shown; 204 when certainly nothing has."""
    viewer = viewer_of(request)
    sequence = figures_sequence(viewer.tenant)
    # Members of a segment come and go without the sequence.
    if sequence == request.GET.get("seen") and By.SEGMENT.value not in request.GET:
        return HttpResponse(status=NOTHING_NEW)
    metric_key = query_text(request.GET, "metric") or None
    found = measures(viewer.tenant, only=metric_key)
    if not found:
        raise Http404
    chosen, within, _ = resolved(asked_of(request, viewer), read_names(viewer.tenant))
    was = AnswerMark(_count(request.GET.get("n", "")), request.GET.get("mark", ""))
    words = fresh_words(was, answer_mark(viewer.tenant, found, within))
    context = {
        "fresh_url": fresh_url(viewer, chosen, sequence, was, metric_key or ""),
        "fresh_words": words,
        "page_url": request.htmx.current_url_abs_path or "",
    }
    return render(request, FRESH, context)


def fresh_url(
    viewer: Viewer, chosen: Filter, sequence: str, mark: AnswerMark, metric_key: str = ""
) -> str:
    """Give the address that a page asks for news; empty for those who may not see answers.

    A single new answer would tell them what it was.
    """
    if not viewer.sees_rows:
        return ""
    seen = {"seen": sequence, "n": mark.n, "mark": mark.digest}
    query = urlencode({**seen, "metric": metric_key} if metric_key else seen)
    own = chosen.query()
    path = reverse("analytics:figures-refresh", args=[viewer.tenant.slug])
    return f"{path}?{own}&{query}" if own else f"{path}?{query}"


def _themes_url(request: TenantRequest) -> str:
    """Give the address of the card of topics; empty for those who may not read answers."""
    if not request.may(Right.SEE_RESPONSES):
        return ""
    path = reverse("analytics:themes", args=[request.tenant.slug])
    query = request.GET.urlencode()
    return f"{path}?{query}" if query else path


def _extra(request: TenantRequest) -> dict[str, str]:
    metric_key = request.GET.get("metric", "")
    return {"metric": metric_key} if metric_key else {}


def _count(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0  # noqa: PLR2004 - a bigint
