"""The page of one metric."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from analytics.selectors import metric_page as selectors
from analytics.selectors.filters import Filter
from analytics.selectors.freshness import checked_at
from analytics.selectors.goals import goal_beside
from analytics.selectors.histograms import By
from analytics.selectors.metric_page import SORTS, MetricPage, View, metric_url
from analytics.selectors.names import NAMED, Measure, measures
from analytics.selectors.trend import STEPS, with_events
from analytics.selectors.why import why_url
from analytics.views.annotation_pages import beside_figures
from analytics.views.asking import asked_of, viewer_of
from analytics.views.filter_bar import Choice, filter_bar
from analytics.views.fragments import kept
from analytics.views.overview import fresh_url
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.selectors.figures import Viewer
    from analytics.selectors.goals import GoalLevel

PAGE = "analytics/metric_page.html"
REVERSED = "back"
_BY_LABELS = {By.TOUCHPOINT: "Touchpoints", By.CHANNEL: "Channels", By.SURVEY: "Surveys"}
_STEP_LABELS = {By.DAY: "Day", By.WEEK: "Week", By.MONTH: "Month"}
_SORT_LABELS = {
    "value": "Worst first",
    "n": "Most answers",
    "change": "Most changed",
    "name": "Name",
}


@require_safe
@tenant_page(Right.SEE_FIGURES)
def metric_page(request: TenantRequest, metric_key: str) -> HttpResponse:
    """Show a metric: figure, trend, distribution and breakdowns, within the filter of the URL."""
    viewer = viewer_of(request)
    measure = measure_or_404(viewer, metric_key)

    asked = asked_of(request, viewer)
    period = asked.filter.period
    beside = beside_figures(request, period.start_on, period.end_on, measure.metric)
    goal = goal_beside(viewer, measure, asked.filter)

    def make(sequence: str) -> SafeString:
        shown = selectors.metric_page(viewer, measure, asked, view_of(request))
        shown = replace(shown, line=with_events(shown.line, beside.happened))
        context = {
            "shown": shown,
            **_level(viewer, goal),
            **_links(request, viewer, shown, sequence),
        }
        return render_to_string(f"{PAGE}#metric-figures", context, request)

    body = kept(request, viewer, make, also=(beside.happened, goal))
    return render(request, PAGE, {"measure": measure, "body": body, **beside.context()})


def measure_or_404(viewer: Viewer, metric_key: str) -> Measure:
    """Load a metric by its key, archived or not; raises Http404."""
    found = measures(viewer.tenant, only=metric_key)
    if not found:
        raise Http404
    return found[0]


def view_of(request: TenantRequest) -> View:
    """Read how the page is looked at; whatever is not known becomes the usual."""
    by, sort = request.GET.get("by", ""), request.GET.get("sort", "")
    return View(
        by=By(by) if by in set(NAMED) else None,
        sort=sort if sort in SORTS else SORTS[0],
        is_reversed=request.GET.get("order") == REVERSED,
        step=request.GET.get("step", ""),
    )


def _level(viewer: Viewer, goal: GoalLevel | None) -> dict[str, object]:
    """Lay out the target that is drawn over the line."""
    if goal is None:
        return {"goal_target": None, "goal_words": "", "goal_url": ""}
    page = reverse("analytics:metric-goal-page", args=[viewer.tenant.slug, goal.goal_id])
    return {"goal_target": goal.target, "goal_words": goal.words, "goal_url": page}


def _links(
    request: TenantRequest, viewer: Viewer, shown: MetricPage, sequence: str
) -> dict[str, object]:
    """Lay out where the page leads: other breakdowns, orders, steps, weights, files."""
    view, key = shown.view, shown.measure.metric.key

    def to(chosen: Filter | None = None, **changes: object) -> str:
        other = replace(view, **changes)  # type: ignore[arg-type]
        return _join(metric_url(viewer, key, chosen or shown.filter), _extra(other))

    return {
        "bar": filter_bar(viewer, shown.filter, shown.names, path=request.path, extra=_extra(view)),
        "tabs": [Choice(_BY_LABELS[by], to(by=by), by is shown.by) for by in NAMED],
        "sorts": [
            Choice(
                _SORT_LABELS[sort], to(sort=sort, is_reversed=_turns(view, sort)), sort == view.sort
            )
            for sort in SORTS
        ],
        "steps": [
            Choice(_STEP_LABELS[step], to(step=step.value), step is shown.line.step)
            for step in STEPS
        ]
        if viewer.sees_rows
        else [],
        "weights": _weights(viewer, shown, to),
        "compared_url": metric_url(viewer, key, shown.compared)
        if shown.compared and viewer.sees_rows
        else "",
        "why_url": why_url(viewer, key, shown.filter) if shown.change else "",
        "export_url": _join(
            reverse("analytics:metric-export", args=[viewer.tenant.slug, key]),
            {"by": shown.by.value, "step": shown.line.step.value},
            shown.filter.query(),
        ),
        "checked_at": checked_at(shown.check),
        "fresh_url": fresh_url(viewer, shown.filter, sequence, shown.mark, key),
    }


def _weights(viewer: Viewer, shown: MetricPage, to: Callable[[Filter], str]) -> list[Choice]:
    """Offer the other way to count where answers carry weights."""
    if not viewer.sees_rows or not (shown.has_weights or shown.filter.is_weighted):
        return []
    return [
        Choice(
            label,
            to(replace(shown.filter, is_weighted=is_weighted)),
            is_weighted == shown.filter.is_weighted,
        )
        for label, is_weighted in (("Each answer once", False), ("Weighted", True))
    ]


def _turns(view: View, sort: str) -> bool:
    """Say whether the link of the current order turns it round."""
    return sort == view.sort and not view.is_reversed


def _extra(view: View) -> dict[str, str]:
    usual, extra = View(), {}
    if view.by:
        extra["by"] = view.by.value
    if view.sort != usual.sort:
        extra["sort"] = view.sort
    if view.is_reversed:
        extra["order"] = REVERSED
    if view.step:
        extra["step"] = view.step
    return extra


def _join(url: str, extra: dict[str, str], query: str = "") -> str:
    parts = [part for part in (query, urlencode(extra)) if part]
    if not parts:
        return url
    return f"{url}{'&' if '?' in url else '?'}{'&'.join(parts)}"
