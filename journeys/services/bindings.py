"""Binding figures to the steps of a journey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from journeys.errors import BindingError
from journeys.models import Lineage, MetricBinding, Target
from journeys.rules.kinds import LineageKind
from journeys.services.lineages import take_turns

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.metrics.models import Metric
    from cxm.tenants.models import Membership
    from cxm.touchpoints.models import Touchpoint
    from journeys.models import Journey

MOST_DAYS, MOST_LEAST = 365, 10_000
USUAL_DAYS, USUAL_LEAST = 28, 30
MOST_AT_A_STEP = 20
_LONGEST_KEY = 63


@transaction.atomic
def bind_metric(
    *,
    journey: Journey,
    step: UUID | None,
    metric: Metric,
    touchpoint: Touchpoint | None,
    window_days: int,
    min_n: int,
    by: Membership | ApiKey | None,
    now: datetime,
) -> MetricBinding:
    """Let a step (its lineage) show a figure on every map of the journey; None is a map as a whole.

    It counts answers at *touchpoint*, or at those of the step, or of all steps, when that is None;
    always of all customers, so the same figure of one persona is another one. Who binds figures
    of the journey at the same time waits. Raises BindingError naming the field.
    """
    _check(journey, window_days, min_n)
    _check_in_use(touchpoint)
    take_turns(journey.pk)
    rows = MetricBinding.objects.for_tenant(journey.tenant_id).filter(journey=journey)
    lineage = _step(journey, step) if step else None
    if metric.archived_at is not None:
        raise BindingError("This metric is archived: choose another one.", field="metric")
    here = rows.filter(step=lineage, archived_at=None)
    if here.filter(metric=metric, touchpoint=touchpoint, persona=None).exists():
        raise BindingError("This figure is shown here already.", field="metric")
    if here.count() >= MOST_AT_A_STEP:
        raise BindingError(
            f"A step, or a map as a whole, holds {MOST_AT_A_STEP} figures: remove one."
        )
    made = MetricBinding.objects.create(
        tenant=journey.tenant,
        journey=journey,
        key=_free_key(
            set(rows.values_list("key", flat=True)), metric.key, lineage.key if lineage else "map"
        ),
        step=lineage,
        touchpoint=touchpoint,
        metric=metric,
        window_days=window_days,
        min_n=min_n,
        created_at=now,
        by=None if isinstance(by, ApiKey) else by,
    )
    record(tenant=journey.tenant, action="metric-bound", by=by, about=made)
    return made


@transaction.atomic
def change_binding(
    *,
    binding: MetricBinding,
    touchpoint: Touchpoint | None,
    window_days: int,
    min_n: int,
    by: Membership | ApiKey | None,
) -> MetricBinding:
    """Change which answers a bound figure counts. Raises BindingError naming the field."""
    _check(binding.journey, window_days, min_n)
    if touchpoint is not None and touchpoint.pk != binding.touchpoint_id:
        _check_in_use(touchpoint)
    take_turns(binding.journey_id)
    rows = MetricBinding.objects.for_tenant(binding.tenant_id).filter(
        journey=binding.journey_id, step=binding.step_id, archived_at=None
    )
    same = rows.filter(metric=binding.metric_id, touchpoint=touchpoint, persona=binding.persona_id)
    if same.exclude(pk=binding.pk).exists():
        raise BindingError("This figure is shown here already.", field="touchpoint")
    binding.touchpoint, binding.window_days, binding.min_n = touchpoint, window_days, min_n
    binding.save(update_fields=["touchpoint", "window_days", "min_n"])
    record(tenant=binding.tenant, action="binding-changed", by=by, about=binding)
    return binding


@transaction.atomic
def remove_binding(
    *, binding: MetricBinding, by: Membership | ApiKey | None, now: datetime
) -> None:
    """Take a figure off its step on every map. Raises BindingError while a target needs it."""
    _check_open(binding.journey)
    held = MetricBinding.objects.for_tenant(binding.tenant_id).select_for_update()
    held.get(pk=binding.pk)
    targets = Target.objects.for_tenant(binding.tenant_id).filter(binding=binding, removed_at=None)
    if targets.exists():
        raise BindingError("A target promises something of this figure: remove the target first.")
    binding.archived_at = now
    binding.save(update_fields=["archived_at"])
    record(tenant=binding.tenant, action="binding-removed", by=by, about=binding)


def _check(journey: Journey, window_days: int, min_n: int) -> None:
    _check_open(journey)
    if not 1 <= window_days <= MOST_DAYS:
        raise BindingError(f"A window lasts 1 to {MOST_DAYS} days.", field="window_days")
    if not 1 <= min_n <= MOST_LEAST:
        raise BindingError(f"Ask for 1 to {MOST_LEAST:,} answers.", field="min_n")


def _check_open(journey: Journey) -> None:
    if journey.archived_at is not None:
        raise BindingError("This journey is archived: its figures rest with it.")


def _check_in_use(touchpoint: Touchpoint | None) -> None:
    if touchpoint is not None and touchpoint.archived_at is not None:
        message = "This touchpoint is archived: choose another one."
        raise BindingError(message, field="touchpoint")


def _step(journey: Journey, step: UUID) -> Lineage:
    rows = Lineage.objects.for_tenant(journey.tenant_id)
    found = rows.filter(journey=journey, kind=LineageKind.STEP, pk=step).first()
    if found is None:
        raise BindingError("There is no such step in this journey.", field="step")
    return found


def _free_key(taken: set[str], metric: str, step: str) -> str:
    base = f"{metric}-{step}".replace("_", "-")[: _LONGEST_KEY - 4].strip("-")
    number, key = 1, base
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    return key
