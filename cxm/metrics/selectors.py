"""Reads for the pages and the API of metric definitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.metrics.models import Metric, MetricVersion

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Position:
    """One value of a scale; *tone* is favourable, neutral or unfavourable."""

    value: int
    tone: str


@dataclass(frozen=True, slots=True)
class DefinedMetric:
    """A metric with one version of its meaning, and that version drawn on its scale."""

    metric: Metric
    version: MetricVersion
    strip: tuple[Position, ...]


def metrics_listed(tenant: Tenant, *, is_archived: bool = False) -> QuerySet[Metric]:
    """List metrics in their order."""
    rows = Metric.objects.for_tenant(tenant).filter(archived_at__isnull=not is_archived)
    return rows.order_by("ord", "pk")


def defined(metrics: Sequence[Metric]) -> list[DefinedMetric]:
    """Join *metrics* of one tenant with their versions in force, in the same order. One query."""
    if not metrics:
        return []
    versions = MetricVersion.objects.for_tenant(metrics[0].tenant_id).filter(metric__in=metrics)
    found: dict[tuple[UUID, int], MetricVersion] = {(v.metric_id, v.number): v for v in versions}
    return [_drawn(metric, found[metric.pk, metric.version]) for metric in metrics]


def metric_history(metric: Metric) -> list[DefinedMetric]:
    """List all versions of *metric*, the one in force first. One query."""
    versions = MetricVersion.objects.for_tenant(metric.tenant_id).filter(metric=metric)
    return [_drawn(metric, version) for version in versions.order_by("-number", "pk")]


def scale_values(low: int, high: int, step: int = 1) -> range:
    """Give the values of a scale, both ends included."""
    return range(low, high + 1, step)


def _drawn(metric: Metric, version: MetricVersion) -> DefinedMetric:
    values = scale_values(metric.scale_min, metric.scale_max, metric.scale_step)
    strip = tuple(Position(value, _tone(version, value)) for value in values)
    return DefinedMetric(metric, version, strip)


def _tone(version: MetricVersion, value: int) -> str:
    if value in version.favourable:
        return "favourable"
    return "unfavourable" if value in version.unfavourable else "neutral"
