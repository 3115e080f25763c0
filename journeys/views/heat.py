"""The heat map of journeys: where it hurts, at a glance; and a look into one from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from cxm.collaboration.selectors.evidence import day_in
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.rules.heat import Columns, Measure, heat
from journeys.rules.kinds import Level
from journeys.selectors.heat import heat_rows
from journeys.selectors.journeys import sight_of
from journeys.selectors.measured import Asking, metrics_offered
from journeys.selectors.peek import peek_at
from journeys.selectors.portfolio import as_tree, journeys_listed, tags_there
from journeys.views.finding import found_journey
from journeys.views.heat_markup import rows_drawn
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from journeys.models import Journey

HEAT, PEEK = "journeys/journey_heat.html", "journeys/journey_peek.html"
MOST_ROWS = 500


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def journey_heat(request: TenantRequest) -> HttpResponse:
    """Show journeys beside their stages, or by level, coloured by a measure.

    `?measure=`, `?by=`, `?q=` and `?tag=` choose; of what is measured, `?metric=` which figure.
    """
    measure = _one_of(Measure, query_text(request.GET, "measure"), Measure.DRAWN)
    by = _one_of(Columns, query_text(request.GET, "by"), Columns.STAGES)
    asked: dict[str, Any] = {name: query_text(request.GET, name) for name in ("q", "tag")}
    listed, _ = as_tree(journeys_listed(request.tenant, request.membership, **asked))
    found = page_of(listed, request, size=MOST_ROWS)
    opened = [one for one in found.rows if _is_open(request, one)]
    moment = now()
    offered = metrics_offered(request.tenant) if measure is Measure.MEASURED else []
    asking = _asking(request, [key for key, _ in offered], moment)
    rows = heat_rows(
        request.tenant,
        request.membership,
        opened,
        measure,
        today=day_in(request.tenant, moment),
        asking=asking,
    )
    context = {
        **asked,
        "page": found,
        "rows": rows,
        "drawn": rows_drawn(request.tenant.slug, rows, by),
        "without_map": len(opened) - len(rows),
        "widest": max((len(row.stages) for row in rows), default=0),
        "measure": measure,
        "metrics": offered,
        "metric": asking.metric_key if asking else "",
        "measures": [(one.value, one.words) for one in Measure],
        "by": by,
        "levels": [(level.value, level.name.capitalize()) for level in Level],
        "tags": tags_there(request.tenant, request.membership),
        "scale": [heat(measure, value) for value in _SCALE[measure]],
    }
    return page(request, HEAT, context, part="heat-table")


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def journey_peek(request: TenantRequest, journey_id: UUID) -> HttpResponse:
    """Show what a journey holds, for a look from where it lies in another."""
    journey = found_journey(request, journey_id)
    # Guests open the journey, and see no figures of the workspace.
    offered = metrics_offered(request.tenant) if request.may(Right.SEE_FIGURES) else []
    asking = _asking(request, [key for key, _ in offered], now())
    context = {"journey": journey, "peek": peek_at(journey, request.membership, asking)}
    return page(request, PEEK, context, part="journey-peek")


# A value of each heat, for the legend.
_SCALE = {
    Measure.DRAWN: (1.5, 0.7, 0.0, -0.7, -1.5),
    Measure.PAINS: (0, 1, 2, 5, 8),
    Measure.FRESHNESS: (90, 70, 50, 30, 10),
    Measure.MEASURED: (1.5, 0.7, 0.0, -0.7, -1.5),
}


def _is_open(request: TenantRequest, journey: Journey) -> bool:
    return sight_of(journey, request.membership, may_edit=False) >= Sight.CONTENT


def _asking(request: TenantRequest, offered: Sequence[str], moment: datetime) -> Asking | None:
    """Say which figure is looked at: the one that is named, else the usual one."""
    if not offered:
        return None
    named = query_text(request.GET, "metric")
    key = named if named in offered else offered[0]
    return Asking(key, request.may(Right.SEE_RESPONSES), moment)


def _one_of[E: (Measure, Columns)](kinds: type[E], told: str, usual: E) -> E:
    return kinds(told) if told in {one.value for one in kinds} else usual
