"""What journeys show on the pages of lower apps."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.template.loader import render_to_string

from cxm.tenants.rules import Right
from journeys.selectors.step_uses import steps_at

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cxm.tenants.access import TenantRequest
    from cxm.touchpoints.models import Touchpoint


def touchpoint_steps(request: HttpRequest, subject: object) -> str:
    """Show all steps that happen at a touchpoint, of maps that one may open. One query."""
    inside = cast("TenantRequest", request)
    if not inside.may(Right.SEE_JOURNEYS):
        return ""
    uses = steps_at(cast("Touchpoint", subject), inside.membership)
    return render_to_string("journeys/_touchpoint_steps.html", {"uses": uses}, request=request)


def my_work(request: HttpRequest, _subject: object) -> str:
    """Make a place that loads what waits for the reader, behind the page: no query of its own."""
    if not cast("TenantRequest", request).may(Right.SEE_JOURNEYS):
        return ""
    return render_to_string("journeys/_my_work.html", {}, request=request)
