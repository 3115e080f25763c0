"""What analytics shows on the pages of lower apps."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.template.loader import render_to_string
from django.utils.html import format_html

from analytics.selectors.company_scores import company_scores as read_company_scores
from analytics.selectors.histograms import By
from analytics.selectors.place_figures import answers_by_touchpoint, place_figures
from analytics.selectors.segment_scores import segment_scores
from analytics.views.asking import viewer_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from django.http import HttpRequest

    from cxm.customers.models import Company, Segment
    from cxm.customers.selectors.stories import Shown
    from cxm.metrics.figures import Figure
    from cxm.tenants.access import TenantRequest
    from cxm.touchpoints.models import Touchpoint
    from feedback.models import Survey

TEMPLATE = "analytics/_place_figures.html"
_COUNTS = "_answers_by_touchpoint"
_SCORES = "_scores_by_segment"


def touchpoint_figures(request: HttpRequest, subject: object) -> str:
    """Show how every metric stands at a touchpoint; one that was merged shows its target's."""
    touchpoint = cast("Touchpoint", subject)
    place_id = touchpoint.merged_into_id or touchpoint.pk
    viewer = viewer_of(cast("TenantRequest", request))
    shown = place_figures(viewer, By.TOUCHPOINT, place_id)
    return render_to_string(TEMPLATE, {"shown": shown, "place": "touchpoint"}, request)


def survey_figures(request: HttpRequest, subject: object) -> str:
    """Show how every metric of a survey stands."""
    viewer = viewer_of(cast("TenantRequest", request))
    shown = place_figures(viewer, By.SURVEY, cast("Survey", subject).pk)
    return render_to_string(TEMPLATE, {"shown": shown, "place": "survey"}, request)


def touchpoint_row_answers(request: HttpRequest, subject: object) -> str:
    """Say how many answers a touchpoint of a list has; all rows are counted at the first call."""
    counts: dict[Hashable, int] | None = getattr(request, _COUNTS, None)
    if counts is None:
        counts = answers_by_touchpoint(viewer_of(cast("TenantRequest", request)))
        setattr(request, _COUNTS, counts)
    n = counts.get(cast("Touchpoint", subject).pk, 0)
    if not n:
        return ""
    return format_html(", {} {}", f"{n:,}", "answer" if n == 1 else "answers")


def segment_figures(request: HttpRequest, subject: object) -> str:
    """Show how every metric stands among the members of a segment."""
    viewer = viewer_of(cast("TenantRequest", request))
    shown = place_figures(viewer, By.SEGMENT, cast("Segment", subject).pk)
    return render_to_string(TEMPLATE, {"shown": shown, "place": "segment"}, request)


def segment_row_scores(request: HttpRequest, subject: object) -> str:
    """Show the scores of a segment of a list; those of all are read at the first call."""
    figures: dict[Hashable, list[Figure]] | None = getattr(request, _SCORES, None)
    if figures is None:
        figures = segment_scores(viewer_of(cast("TenantRequest", request)))
        setattr(request, _SCORES, figures)
    context = {"figures": figures.get(cast("Segment", subject).pk, [])}
    return render_to_string("analytics/_segment_scores.html", context, request)


def company_scores(request: HttpRequest, subject: object) -> str:
    """Show how the people of a company answered."""
    viewer = viewer_of(cast("TenantRequest", request))
    period, figures = read_company_scores(viewer, cast("Company", subject))
    context = {"period": period, "figures": figures}
    return render_to_string("analytics/_company_scores.html", context, request)


def customer_scores(request: HttpRequest, subject: object) -> str:
    """Show how a customer scored each touchpoint, as it was read for the page."""
    shown = cast("Shown", subject)
    context = {"lines": shown.value, "subject": shown.subject}
    return render_to_string("analytics/_customer_scores.html", context, request)
