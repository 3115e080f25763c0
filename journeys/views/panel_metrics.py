"""The tab “Metrics” of the panel beside a map: figures of a step, and what is promised of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.urls import reverse

from cxm.tenants.rules import Right
from journeys.rules.kinds import AHEAD
from journeys.selectors.map_elements import WHOLE
from journeys.selectors.promises import (
    bindings_at,
    bindings_of_whole,
    may_promise,
    promises_of,
    promises_of_whole,
)
from journeys.views.kinds import sight_for
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.access import TenantRequest
    from journeys.models import JourneyMap, MetricBinding, Target
    from journeys.selectors.map_elements import MapElement


class BoundFigure(NamedTuple):
    """What the hole for a figure is told; without a step it is of the whole map."""

    map: JourneyMap
    step: UUID | None
    binding: MetricBinding


class MadePromise(NamedTuple):
    """What the hole for a verdict is told."""

    map: JourneyMap
    target: Target


def step_metrics(request: TenantRequest, row: JourneyMap, element: MapElement) -> dict[str, Any]:
    """Give what `journeys/_panel_metrics.html` expects about a step, or a map as a whole."""
    step = None if element.kind == WHOLE else element.id
    bound = bindings_at(row, step) if step else bindings_of_whole(row)
    promises = promises_of(row, step) if step else promises_of_whole(row)
    is_theirs = request.may(Right.EDIT_JOURNEYS) and sight_for(request, row) >= Sight.CHANGE
    return {
        "figures": [BoundFigure(row, step, one) for one in bound],
        "promises": [(one, MadePromise(row, one.target)) for one in promises],
        "is_whole": step is None,
        "figure_urls": _urls(row, step),
        "may_bind": is_theirs and row.journey.archived_at is None,
        "may_promise": is_theirs and may_promise(row),
        "is_ahead": row.state in AHEAD,
    }


def _urls(row: JourneyMap, step: UUID | None) -> dict[str, str]:
    names = {"figure": "binding-new", "target": "target-new"}
    place, at = ("", [step]) if step else ("map-", [])
    args = [row.tenant.slug, row.pk, *at]
    return {key: reverse(f"journeys:{place}{name}", args=args) for key, name in names.items()}
