"""What responses are filtered by: metrics, touchpoints, channels, surveys, by key and by id."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F

from cxm.kernel.charts import Tone
from cxm.metrics.models import Metric, MetricVersion

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Tenant

# One statement for five short lists; a merged row comes with the row it was merged into.
_NAMES = """
SELECT 'touchpoint', id, coalesce(merged_into_id, id), key, title, archived_at IS NOT NULL
FROM touchpoints_touchpoint WHERE tenant_id = %(tenant)s
UNION ALL
SELECT 'channel', id, coalesce(merged_into_id, id), key, title, archived_at IS NOT NULL
FROM touchpoints_channel WHERE tenant_id = %(tenant)s
UNION ALL
SELECT 'survey', id, id, key, title, archived_at IS NOT NULL
FROM feedback_survey WHERE tenant_id = %(tenant)s
UNION ALL
SELECT 'segment', id, id, key, title, archived_at IS NOT NULL
FROM customers_segment WHERE tenant_id = %(tenant)s
UNION ALL
SELECT 'topic', id, coalesce(parent_id, id), key, title, archived_at IS NOT NULL
FROM feedback_topic WHERE tenant_id = %(tenant)s
ORDER BY 1, 5, 4
"""

# Segments are of people, not of answers: a filter names them, no answer does.
SEGMENT = "segment"
_TOPIC = "topic"


class Kind(StrEnum):
    """A registry that answers are tied to, as the parameter of a filter is called."""

    TOUCHPOINT = "touchpoint"
    CHANNEL = "channel"
    SURVEY = "survey"


@dataclass(frozen=True, slots=True)
class Named:
    """One row of a registry; archived ones still name their old answers."""

    id: UUID
    key: str
    title: str
    is_archived: bool


@dataclass(frozen=True, slots=True)
class Registry:
    """All rows of one registry by title; ids and keys of merged rows lead to their target."""

    by_id: dict[UUID, Named] = field(default_factory=dict)
    by_key: dict[str, Named] = field(default_factory=dict)

    @property
    def options(self) -> list[Named]:
        """List what can be chosen, by title."""
        found = {named.id: named for named in self.by_id.values() if not named.is_archived}
        return sorted(found.values(), key=lambda named: (named.title.casefold(), named.key))

    def title(self, row_id: UUID | None) -> str:
        """Say what the row is called; empty for none."""
        return self.by_id[row_id].title if row_id else ""

    def key(self, row_id: UUID | None) -> str:
        """Give the key of the row; empty for none."""
        return self.by_id[row_id].key if row_id else ""

    def ids(self, key: str) -> list[UUID]:
        """Give the ids that count as the row with *key*: its own and those merged into it."""
        target = self.by_key[key].id
        return [row_id for row_id, named in self.by_id.items() if named.id == target]


@dataclass(frozen=True, slots=True)
class Topics(Registry):
    """All topics by title; the ids of one count those that stand under it."""

    parents: dict[UUID, UUID] = field(default_factory=dict)

    def ids(self, key: str) -> list[UUID]:
        """Give the ids that count as the topic with *key*: its own and those under it."""
        own = self.by_key[key].id
        below = [
            child
            for child, parent in self.parents.items()
            if parent == own and not self.by_id[child].is_archived
        ]
        return [own, *below]


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric with the version of its meaning that is in force."""

    metric: Metric
    version: MetricVersion

    @property
    def values(self) -> range:
        """The values of the scale, ascending."""
        metric = self.metric
        return range(metric.scale_min, metric.scale_max + 1, metric.scale_step)

    def tone(self, value: int) -> Tone:
        """Say whether *value* is favourable, neutral or unfavourable."""
        if value in self.version.favourable:
            return Tone.FAVOURABLE
        return Tone.UNFAVOURABLE if value in self.version.unfavourable else Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class Names:
    """Every name of a tenant that a filter or a row can need."""

    registries: dict[Kind, Registry]
    measures: dict[UUID, Measure]
    segments: Registry = field(default_factory=Registry)
    topics: Topics = field(default_factory=Topics)

    def measure(self, key: str) -> Measure | None:
        """Find a metric by its key, archived or not."""
        return next((one for one in self.measures.values() if one.metric.key == key), None)

    @property
    def live_measures(self) -> list[Measure]:
        """List the metrics that can be chosen, in their order."""
        return [one for one in self.measures.values() if one.metric.archived_at is None]


def read_names(tenant: Tenant) -> Names:
    """Load all names of *tenant*. Two queries."""
    versions = (
        MetricVersion.objects.for_tenant(tenant)
        .filter(number=F("metric__version"))
        .select_related("metric")
        .order_by("metric__ord", "metric__pk", "pk")
    )
    measures = {version.metric_id: Measure(version.metric, version) for version in versions}
    rows = _rows(tenant)
    registries = {kind: _registry(rows[kind.value]) for kind in Kind}
    return Names(
        registries, measures, segments=_registry(rows[SEGMENT]), topics=_topics(rows[_TOPIC])
    )


def _rows(tenant: Tenant) -> dict[str, list[list[UUID | str | bool]]]:
    rows = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, {"tenant": tenant.pk})
        for kind, *row in cursor.fetchall():
            rows[kind].append(row)
    return rows


def _registry(rows: list[list[UUID | str | bool]]) -> Registry:
    own = {row[0]: Named(row[0], *row[2:]) for row in rows}  # type: ignore[arg-type]  # as selected
    registry = Registry()
    for row_id, target_id, key, *_ in rows:
        registry.by_id[row_id] = registry.by_key[key] = own[target_id]  # type: ignore[index]  # as selected
    return registry


def _topics(rows: list[list[UUID | str | bool]]) -> Topics:
    topics = Topics()
    for row_id, parent_id, *words in rows:
        named = Named(row_id, *words)  # type: ignore[arg-type]  # as selected
        topics.by_id[named.id] = topics.by_key[named.key] = named
        if parent_id != row_id:
            topics.parents[named.id] = parent_id  # type: ignore[assignment]  # as selected
    return topics
