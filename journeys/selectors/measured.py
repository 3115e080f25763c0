"""What customers said along maps, by stage and as a whole: from all answers together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from cxm.kernel.metric_values import metric_values
from cxm.metrics.models import Metric
from journeys.models import MetricBinding, StepTouchpoint
from journeys.selectors.standing import steps_there

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.kernel.metric_values import MetricValue
    from cxm.tenants.models import Tenant

# A map and one of its stages; None is the map as a whole.
type StageOf = tuple[UUID, UUID | None]


@dataclass(frozen=True, slots=True)
class Asking:
    """Which figure is asked for, whether by somebody who may read single answers, and when."""

    metric_key: str
    sees_answers: bool
    now: datetime


def metrics_ranked(tenant: Tenant) -> QuerySet[Metric]:
    """List the live metrics, those that most figures of journeys are of first."""
    bound = MetricBinding.objects.for_tenant(tenant).filter(metric=OuterRef("pk")).order_by()
    counted = bound.values("metric").annotate(n=Count("pk")).values("n")
    rows = Metric.objects.for_tenant(tenant).filter(archived_at=None)
    ranked = rows.annotate(bindings=Coalesce(Subquery(counted), 0))
    return ranked.order_by("-bindings", "ord", "pk")


def metrics_offered(tenant: Tenant) -> list[tuple[str, str]]:
    """List the live metrics by key and title, the usual one first. One query."""
    return list(metrics_ranked(tenant).values_list("key", "title"))


def measured_on(
    tenant: Tenant, maps: Collection[UUID], asking: Asking
) -> dict[StageOf, MetricValue]:
    """Tell the figure of each of *maps* and of its stages, over 28 days, today included.

    It is made from the counts of all answers at their touchpoints, each touchpoint once: never from
    an average of averages. Stages without a touchpoint are absent, and so is everything where
    nobody measures. Five queries, however many.
    """
    return metric_values.pooled(
        tenant=tenant,
        places=touchpoints_of(tenant, maps),
        metric_key=asking.metric_key,
        sees_answers=asking.sees_answers,
        now=asking.now,
    )


def measured_whole(
    tenant: Tenant, maps: Collection[UUID], asking: Asking
) -> dict[UUID, MetricValue]:
    """Tell the figure of each of *maps* as a whole, as `measured_on` does. Four queries."""
    steps = steps_there(tenant, list(maps)).filter(map=OuterRef("map"), lineage=OuterRef("step"))
    rows = StepTouchpoint.objects.for_tenant(tenant).filter(
        Exists(steps), map__in=maps, deleted_at=None
    )
    places: dict[UUID, set[UUID]] = defaultdict(set)
    for map_id, touchpoint in rows.values_list("map_id", "touchpoint_id"):
        places[map_id].add(touchpoint)
    return metric_values.pooled(
        tenant=tenant,
        places=places,
        metric_key=asking.metric_key,
        sees_answers=asking.sees_answers,
        now=asking.now,
    )


def touchpoints_of(tenant: Tenant, maps: Collection[UUID]) -> dict[StageOf, set[UUID]]:
    """Give the touchpoints of the steps of *maps*, by stage and as a whole. Two queries."""
    contacts = contacts_on(tenant, maps)
    found: dict[StageOf, set[UUID]] = defaultdict(set)
    steps = steps_there(tenant, list(maps)).order_by()
    for map_id, stage, step in steps.values_list("map_id", "stage", "lineage"):
        if here := contacts[map_id].get(step):
            found[map_id, stage] |= here
            found[map_id, None] |= here
    return dict(found)


def contacts_on(tenant: Tenant, maps: Collection[UUID]) -> dict[UUID, dict[UUID, set[UUID]]]:
    """Give the touchpoints of the steps of *maps*, by map and step. One query."""
    found: dict[UUID, dict[UUID, set[UUID]]] = defaultdict(lambda: defaultdict(set))
    rows = StepTouchpoint.objects.for_tenant(tenant).filter(map__in=maps, deleted_at=None)
    for map_id, step, touchpoint in rows.values_list("map_id", "step", "touchpoint_id"):
        found[map_id][step].add(touchpoint)
    return found
