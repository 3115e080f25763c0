"""What analytics shows on the pages of lower apps."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.template.loader import render_to_string
from django.utils.html import format_html

from analytics.selectors.histograms import By
from analytics.selectors.place_figures import answers_by_touchpoint, place_figures
from analytics.views.asking import viewer_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from django.http import HttpRequest

    from cxm.tenants.access import TenantRequest
    from cxm.touchpoints.models import Touchpoint
    from feedback.models import Survey

TEMPLATE = "analytics/_place_figures.html"
_COUNTS = "_answers_by_touchpoint"


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
