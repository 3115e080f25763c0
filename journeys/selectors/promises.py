"""Figures bound to a step, and what a map promises of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journeys.models import MetricBinding, Target, TargetChange
from journeys.rules.kinds import AHEAD, MapStatus
from journeys.selectors.successions import heirs_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from journeys.models import JourneyMap


@dataclass(frozen=True, slots=True)
class PromiseMade:
    """A target with the first promise that was made of it, where that was another one."""

    target: Target
    first: TargetChange | None

    @property
    def words(self) -> str:
        """Give what is promised now: "up to 82 by 2027-09-30" without the day."""
        return promise_words(self.target)

    @property
    def first_words(self) -> str:
        """Give what was promised at first; empty where that still stands."""
        return promise_words(self.first) if self.first else ""


def promise_words(made: Target | TargetChange) -> str:
    """Say what is promised, without the day: "up to 82", "hold within 3 of 82"."""
    if made.margin is not None:
        return f"hold within {made.margin:g} of {made.value:g}"
    return f"{made.direction} to {made.value:g}"


def bindings_at(row: JourneyMap, step: UUID) -> list[MetricBinding]:
    """List the figures that are bound to a step of a map's journey, by key. Two queries."""
    return bindings_among(row, [step])


def bindings_of_whole(row: JourneyMap) -> list[MetricBinding]:
    """List the figures of a map's journey that no step has alone, by key. One query."""
    rows = MetricBinding.objects.for_tenant(row.tenant_id)
    live = rows.filter(journey=row.journey_id, step=None, archived_at=None)
    return list(
        live.select_related("metric", "touchpoint", "persona__segment").order_by("key", "pk")
    )


def bindings_among(row: JourneyMap, steps: Collection[UUID]) -> list[MetricBinding]:
    """List the figures that are bound to any of *steps*, by key. Two queries.

    Those of a step that was joined to one of them stand there, though nothing is written.
    """
    rows = MetricBinding.objects.for_tenant(row.tenant_id)
    heirs = {old: new for old, new in heirs_of(row).items() if new in steps}
    live = rows.filter(journey=row.journey_id, step__in={*steps, *heirs}, archived_at=None)
    found = list(
        live.select_related("metric", "touchpoint", "persona__segment").order_by("key", "pk")
    )
    for one in found:
        one.step_id = heirs.get(one.step_id, one.step_id) if one.step_id else None
    return found


def promises_of(row: JourneyMap, step: UUID | None = None) -> list[PromiseMade]:
    """List the targets of a map, or of one of its steps, the first due first.

    Those of steps that were joined to it are among them. Two queries, three for one step.
    """
    rows = Target.objects.for_tenant(row.tenant_id).filter(map=row, removed_at=None)
    if step is not None:
        rows = rows.filter(
            step__in={step, *(old for old, new in heirs_of(row).items() if new == step)}
        )
    return _made(rows)


def promises_of_whole(row: JourneyMap) -> list[PromiseMade]:
    """List the targets of a map that no step has alone, the first due first. Two queries."""
    rows = Target.objects.for_tenant(row.tenant_id).filter(map=row, removed_at=None, step=None)
    return _made(rows)


def _made(rows: QuerySet[Target]) -> list[PromiseMade]:
    named = rows.select_related(
        "binding__metric",
        "binding__touchpoint",
        "binding__persona__segment",
        "step",
        "map__journey",
    )
    targets = list(named.order_by("due", "pk"))
    firsts = _firsts(targets)
    return [PromiseMade(one, _other(one, firsts.get(one.pk))) for one in targets]


def may_promise(row: JourneyMap) -> bool:
    """Whether targets of the map can be set and changed, by who may change it at all."""
    is_open = row.status != MapStatus.RETIRED and not row.is_locked
    is_in_use = row.archived_at is None and row.journey.archived_at is None
    return row.state in AHEAD and is_open and is_in_use


def needs_reason(row: JourneyMap) -> bool:
    """Whether a promise of the map is changed only with a reason."""
    return row.status == MapStatus.PUBLISHED


def _firsts(targets: Sequence[Target]) -> dict[UUID, TargetChange]:
    if not targets:
        return {}
    rows = TargetChange.objects.for_tenant(targets[0].tenant_id).filter(target__in=targets)
    return {one.target_id: one for one in rows.order_by("-at", "-pk")}


def _other(target: Target, first: TargetChange | None) -> TargetChange | None:
    names = ("direction", "value", "margin", "due")
    if first is None or all(getattr(target, n) == getattr(first, n) for n in names):
        return None
    return first
