"""What filters and breakdowns are called: touchpoints, channels, surveys, segments, metrics."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F

from analytics.selectors.histograms import By
from cxm.metrics.figures import bounds_of
from cxm.metrics.models import MetricVersion

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from cxm.metrics.models import Metric
    from cxm.tenants.models import Tenant

NAMED = (By.TOUCHPOINT, By.CHANNEL, By.SURVEY)
# What a filter can name: segments overlap, so that they are no breakdown of a whole.
FILTERED = (*NAMED, By.SEGMENT)
WITHOUT = {
    By.TOUCHPOINT: "Without a touchpoint",
    By.CHANNEL: "Without a channel",
    By.SURVEY: "Without a survey",
}

# One statement for four short lists; a merged row comes under the row it was merged into.
_NAMES = """
SELECT 'touchpoint', coalesce(merged_into_id, id), key, title, merged_into_id IS NOT NULL,
    archived_at IS NOT NULL
FROM touchpoints_touchpoint WHERE tenant_id = %(tenant)s
UNION ALL
SELECT 'channel', coalesce(merged_into_id, id), key, title, merged_into_id IS NOT NULL,
    archived_at IS NOT NULL
FROM touchpoints_channel WHERE tenant_id = %(tenant)s
UNION ALL
SELECT 'survey', id, key, title, false, archived_at IS NOT NULL
FROM feedback_survey WHERE tenant_id = %(tenant)s
UNION ALL
SELECT 'segment', id, key, title, false, archived_at IS NOT NULL
FROM customers_segment WHERE tenant_id = %(tenant)s
ORDER BY 1, 4, 3
"""


@dataclass(frozen=True, slots=True)
class Named:
    """A touchpoint, channel, survey or segment; archived ones still name their old answers."""

    id: UUID
    key: str
    title: str
    is_archived: bool


@dataclass(frozen=True, slots=True)
class Names:
    """All names of a tenant, each list by title; keys of merged rows lead to their target."""

    by_id: dict[By, dict[UUID, Named]] = field(default_factory=dict)
    by_key: dict[By, dict[str, Named]] = field(default_factory=dict)

    def named(self, by: By, group: object) -> Named | None:
        """Find what a group of a histogram is called; None for answers without one."""
        return self.by_id[by].get(group) if by in self.by_id else None  # type: ignore[call-overload]

    def options(self, by: By) -> list[Named]:
        """List what can be chosen in a filter."""
        return [one for one in self.by_id[by].values() if not one.is_archived]

    def known(self, by: By, keys: Iterable[str]) -> tuple[list[Named], list[str]]:
        """Part *keys* into what they name, each once and by key, and the unknown ones."""
        table = self.by_key[by]
        found = {table[key].key: table[key] for key in keys if key in table}
        return [found[key] for key in sorted(found)], [key for key in keys if key not in table]


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric with the version of its meaning that is in force."""

    metric: Metric
    version: MetricVersion

    @property
    def is_more_better(self) -> bool:
        """Say which way is welcome: shares and nets count what is favourable, a mean does not."""
        counts_favourable = self.version.statistic in {"net", "share"}
        return counts_favourable or self.metric.direction == "higher"

    @property
    def bounds(self) -> tuple[float, float]:
        """The ends of what the statistic can be."""
        return bounds_of(self.metric, self.version)

    @property
    def values(self) -> range:
        """The values of the scale, ascending."""
        metric = self.metric
        return range(metric.scale_min, metric.scale_max + 1, metric.scale_step)


def read_names(tenant: Tenant) -> Names:
    """Load the names of touchpoints, channels, surveys and segments. One query."""
    names = Names({by: {} for by in FILTERED}, {by: {} for by in FILTERED})
    merged: list[tuple[By, str, UUID]] = []
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, {"tenant": tenant.pk})
        for kind, pk, key, title, is_merged, is_archived in cursor.fetchall():
            by = By(kind)
            if is_merged:
                merged.append((by, key, pk))
            else:
                named = Named(pk, key, title, is_archived)
                names.by_id[by][pk] = names.by_key[by][key] = named
    for by, key, target in merged:
        if target in names.by_id[by]:
            names.by_key[by][key] = names.by_id[by][target]
    return names


def measures(tenant: Tenant, *, only: str | None = None) -> list[Measure]:
    """List the live metrics in their order; with *only*, the metric of that key, live or not.

    One query.
    """
    versions = MetricVersion.objects.for_tenant(tenant).filter(number=F("metric__version"))
    if only is None:
        versions = versions.filter(metric__archived_at__isnull=True)
    else:
        versions = versions.filter(metric__key=only)
    rows = versions.select_related("metric").order_by("metric__ord", "metric__pk", "pk")
    return [Measure(version.metric, version) for version in rows]
