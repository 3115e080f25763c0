"""The rows of a map as its grid reads them: one query a kind, no more than is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from journeys.models import (
    Card,
    Flow,
    Lane,
    Stage,
    Step,
    StepJourney,
    StepRole,
    StepTouchpoint,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, timedelta
    from uuid import UUID

    from journeys.models import JourneyMap


class StageRow(NamedTuple):
    """A stage as its head is drawn."""

    lineage: UUID
    title: str
    colour: str
    is_collapsed: bool


class StepRow(NamedTuple):
    """A step as its column is drawn."""

    lineage: UUID
    stage: UUID
    title: str
    moment_of_truth: bool
    optional: bool
    repeatable: bool
    expected_duration: timedelta | None
    tags: Sequence[str]


class LaneRow(NamedTuple):
    """A lane as its title is drawn."""

    lineage: UUID
    kind: str
    title: str
    persona: UUID | None
    zone: str
    config: dict[str, Any]
    is_collapsed: bool
    is_hidden: bool
    is_locked: bool


class CardRow(NamedTuple):
    """A card, with the ids of what it shows."""

    lineage: UUID
    lane: UUID
    step_from: UUID
    step_to: UUID
    text: str
    value: float | None
    icon: str
    colour: str
    url: str
    alt: str
    is_decorative: bool
    updated_at: datetime
    persona: UUID | None
    channel: UUID | None
    asset: UUID | None
    insight: UUID | None
    opportunity: UUID | None
    solution: UUID | None
    goal: UUID | None
    tags: Sequence[str]


class ContactRow(NamedTuple):
    """A touchpoint of a step."""

    lineage: UUID
    step: UUID
    touchpoint: UUID
    role: str


class RoleRow(NamedTuple):
    """A part of a stakeholder in a step."""

    lineage: UUID
    step: UUID
    stakeholder: UUID
    role: str
    zone: str


class NestedRow(NamedTuple):
    """A journey inside a step."""

    lineage: UUID
    step: UUID
    journey: UUID


class FlowRow(NamedTuple):
    """A way from one step to another."""

    lineage: UUID
    from_step: UUID
    to_step: UUID
    kind: str
    condition: str
    planned_share: float | None


_IDS = {"persona", "channel", "asset", "insight", "opportunity", "solution", "goal"}
_IDS |= {"touchpoint", "stakeholder", "journey"}
_OF_STAGE = ("title", "colour", "is_collapsed")


def stages_and_steps(row: JourneyMap) -> tuple[list[StageRow], list[StepRow]]:
    """List the stages of a map, and its steps, both in order. One query: each stage has a step."""
    stages = Stage.objects.for_tenant(row.tenant_id).filter(map=row, lineage=OuterRef("stage"))
    told = JSONObject(**{name: name for name in (*_OF_STAGE, "ord")})
    steps = Step.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    living = stages.filter(deleted_at=None).values(told=told)
    found = steps.annotate(told_stage=Subquery(living)).filter(told_stage__isnull=False)
    lines = list(found.order_by("ord", "lineage").values_list("told_stage", *StepRow._fields))
    places = {line[2]: line[0] for line in lines}
    order = sorted(places, key=lambda pk: (places[pk]["ord"], pk))
    number = {pk: place for place, pk in enumerate(order)}
    rows = sorted((StepRow(*line[1:]) for line in lines), key=lambda one: number[one.stage])
    return [StageRow(pk, *(places[pk][name] for name in _OF_STAGE)) for pk in order], rows


def lanes_of(row: JourneyMap, only: UUID | None = None) -> list[LaneRow]:
    """List the lanes of a map in order. One query."""
    return _rows(Lane, row, LaneRow, **({"lineage": only} if only else {}))


def cards_of(row: JourneyMap, lanes: Collection[UUID] | None = None) -> list[CardRow]:
    """List the cards of a map, or of some of its lanes, in order. One query."""
    return _rows(Card, row, CardRow, **({} if lanes is None else {"lane__in": lanes}))


def contacts_of(row: JourneyMap) -> list[ContactRow]:
    """List the touchpoints of the steps of a map; which come first, first. One query."""
    return sorted(_rows(StepTouchpoint, row, ContactRow), key=lambda one: one.role)


def roles_of(row: JourneyMap) -> list[RoleRow]:
    """List the parts of stakeholders in the steps of a map. One query."""
    return _rows(StepRole, row, RoleRow)


def nested_of(row: JourneyMap) -> list[NestedRow]:
    """List the journeys inside the steps of a map. One query."""
    return _rows(StepJourney, row, NestedRow)


def flows_of(row: JourneyMap) -> list[FlowRow]:
    """List the ways of a map. One query."""
    return _rows(Flow, row, FlowRow)


def _rows[R](model: Any, row: JourneyMap, shape: type[R], **only: Any) -> list[R]:
    columns = [f"{n}_id" if n in _IDS else n for n in shape._fields]  # type: ignore[attr-defined]
    if model is Lane:
        columns = [f"{n}_id" if n == "persona" else n for n in LaneRow._fields]
    rows = model.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None, **only)
    return [shape(*told) for told in rows.order_by("ord", "lineage").values_list(*columns)]
