"""What of a journey map its numbers need: lanes, steps with their touchpoints, drawn values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject

from analytics.selectors.names import Named
from journeys.models import Card, Lane, MapPersona, Stage, Step, StepTouchpoint
from journeys.rules.kinds import LaneKind
from journeys.rules.lane_kinds import kept_config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from journeys.models import JourneyMap


@dataclass(frozen=True, slots=True)
class NumberLane:
    """A lane that shows numbers; *config* is an instance of its kind's own schema."""

    id: UUID
    kind: LaneKind
    title: str
    persona_id: UUID | None
    config: Any


@dataclass(frozen=True, slots=True)
class Column:
    """A step, and the touchpoints that it happens at: each once, the primary one first."""

    step: UUID
    title: str
    touchpoints: tuple[Named, ...]

    @property
    def ids(self) -> frozenset[UUID]:
        """The touchpoints that are counted at the step."""
        return frozenset(one.id for one in self.touchpoints)


@dataclass(frozen=True, slots=True)
class Outline:
    """The lanes of a map that show numbers, and its columns, both in order."""

    map: JourneyMap
    lanes: tuple[NumberLane, ...]
    columns: tuple[Column, ...]

    def lane(self, lane_id: UUID) -> NumberLane | None:
        """Find a lane by its lineage."""
        return next((lane for lane in self.lanes if lane.id == lane_id), None)


NUMBER_KINDS = (LaneKind.EXPERIENCE, LaneKind.METRIC, LaneKind.PROMISE)


def read_outline(found: JourneyMap) -> Outline:
    """Read the lanes with numbers and the steps of a map. Two queries."""
    rows = Lane.objects.for_tenant(found.tenant_id).filter(map=found, deleted_at=None)
    lanes = rows.filter(kind__in=[kind.value for kind in NUMBER_KINDS]).order_by("ord", "pk")
    return Outline(
        map=found,
        lanes=tuple(_lane(row) for row in lanes),
        columns=tuple(_column(*row) for row in _steps(found)),
    )


def drawn_values(outline: Outline, persona_id: UUID | None) -> list[float | None]:
    """Read the feelings that were drawn, one for each column. One query.

    Those of *persona_id*, else of the main persona of the map, else of nobody in particular; of
    several curves the first one that has any.
    """
    tenant_id = outline.map.tenant_id
    cast = MapPersona.objects.for_tenant(tenant_id).filter(map=outline.map, deleted_at=None)
    lane = Lane.objects.for_tenant(tenant_id).filter(
        map=outline.map, lineage=OuterRef("lane"), kind=LaneKind.EMOTION, deleted_at=None
    )
    cards = Card.objects.for_tenant(tenant_id).filter(map=outline.map, deleted_at=None)
    rows = (
        cards.filter(value__isnull=False)
        .annotate(
            lane_ord=Subquery(lane.values("ord")[:1]),
            main=Subquery(cast.filter(is_main=True).values("persona_id")[:1]),
        )
        .filter(lane_ord__isnull=False)
        .order_by("lane_ord", "pk")
        .values_list("lane", "persona_id", "main", "step_from", "value")
    )
    return _one_curve(outline.columns, list(rows), persona_id)


def _one_curve(
    columns: Sequence[Column], rows: Sequence[tuple[Any, ...]], persona_id: UUID | None
) -> list[float | None]:
    curves: dict[tuple[UUID, UUID | None], dict[UUID, float]] = {}
    main = None
    for lane, persona, its_main, step, value in rows:
        curves.setdefault((lane, persona), {})[step] = value
        main = its_main
    for wanted in dict.fromkeys((persona_id or main, None)):
        for (_, persona), values in curves.items():
            if persona == wanted:
                return [values.get(column.step) for column in columns]
    return [None] * len(columns)


def _steps(found: JourneyMap) -> QuerySet[Step, tuple[Any, ...]]:
    tenant_id = found.tenant_id
    stages = Stage.objects.for_tenant(tenant_id).filter(
        map=found, lineage=OuterRef("stage"), deleted_at=None
    )
    contacts = (
        StepTouchpoint.objects.for_tenant(tenant_id)
        .filter(map=found, step=OuterRef("lineage"), deleted_at=None)
        .order_by("role", "ord", "pk")
        .values(
            told=JSONObject(
                id=Coalesce("touchpoint__merged_into_id", "touchpoint_id"),
                key="touchpoint__key",
                title="touchpoint__title",
            )
        )
    )
    return (
        Step.objects.for_tenant(tenant_id)
        .filter(map=found, deleted_at=None)
        .annotate(stage_ord=Subquery(stages.values("ord")[:1]), contacts=ArraySubquery(contacts))
        .filter(stage_ord__isnull=False)
        .order_by("stage_ord", "ord", "pk")
        .values_list("lineage", "title", "contacts")
    )


def _column(step: UUID, title: str, contacts: Sequence[dict[str, str]]) -> Column:
    named = [
        Named(UUID(one["id"]), one["key"], one["title"], is_archived=False) for one in contacts
    ]
    return Column(step, title, tuple({one.id: one for one in named}.values()))


def _lane(row: Lane) -> NumberLane:
    kind = LaneKind(row.kind)
    return NumberLane(row.lineage, kind, row.title, row.persona_id, kept_config(kind, row.config))
