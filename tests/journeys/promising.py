"""Binding figures and promising values in tests, inside the tenant of the map."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from cxm.metrics.models import Metric
from journeys.models import Journey, JourneyMap, MetricBinding
from journeys.rules.promises import Direction
from journeys.services.bindings import bind_metric
from journeys.services.targets import Promised, set_target
from tests import make

if TYPE_CHECKING:
    from journeys.models import Target
    from tests.analytics.map_world import World

DUE = date(2027, 9, 30)


def bound(of: World, name: str = "shop", metric: str = "csat_5", **more: Any) -> MetricBinding:
    """Bind a metric to the step of that name."""
    journey = Journey.objects.for_tenant(of.member.tenant).get(pk=of.journey_id)
    found = Metric.objects.for_tenant(of.member.tenant).get(key=metric)
    told = {"touchpoint": None, "window_days": 28, "min_n": 30, "step": of.steps[name]} | more
    return bind_metric(journey=journey, metric=found, by=of.member, now=make.NOW, **told)


def ahead(of: World, **columns: Any) -> JourneyMap:
    """Let the map show the future, or be what *columns* say."""
    told = {"state": "future"} | columns
    JourneyMap.objects.for_tenant(of.member.tenant).filter(pk=of.map_id).update(**told)
    return of.map()


def promised(**more: Any) -> Promised:
    """Give what is promised: 82 or more next autumn."""
    told: dict[str, Any] = {"direction": Direction.UP, "value": 82.0, "due": DUE}
    return Promised(**(told | more))


def promise(
    of: World,
    *,
    row: JourneyMap | None = None,
    metric: str = "csat_5",
    binding: MetricBinding | None = None,
    **more: Any,
) -> Target:
    """Promise a value of a figure at the shop."""
    binding = binding or bound(of, metric=metric)
    row = row or ahead(of)
    return set_target(
        of=row, binding=binding, promised=promised(**more), by=of.member, now=make.NOW
    )
