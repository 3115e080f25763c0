"""Promising values: the targets of future and ideal maps, and every promise ever made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import transaction

from cxm.kernel.metric_values import metric_values
from cxm.metrics.figures import bounds_of
from cxm.metrics.models import MetricVersion
from cxm.metrics.rules.days import local_date
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from journeys.errors import TargetError
from journeys.models import MetricBinding, Target, TargetChange
from journeys.rules.kinds import AHEAD, MapStatus
from journeys.rules.promises import Direction

if TYPE_CHECKING:
    from datetime import date, datetime

    from cxm.tenants.models import Membership
    from journeys.models import JourneyMap

LONGEST_WORDS = 1_000


@dataclass(frozen=True, slots=True)
class Promised:
    """What is promised: the value, by when, and how far one that holds may lie away."""

    direction: Direction
    value: float
    due: date
    margin: float | None = None
    note: str = ""


@transaction.atomic
def set_target(
    *,
    of: JourneyMap,
    binding: MetricBinding,
    promised: Promised,
    reason: str = "",
    by: Membership | ApiKey | None,
    now: datetime,
) -> Target:
    """Promise a value of a bound figure on a map, at the binding's step.

    The figure as it is now is kept beside the promise. On a published map a *reason* is needed.
    Raises TargetError naming the field.
    """
    _check_map(of, reason)
    # Whoever takes the figure off its step waits here, or was quicker.
    bindings = MetricBinding.objects.for_tenant(of.tenant_id).select_related("metric")
    binding = bindings.select_for_update(of=("self",)).get(pk=binding.pk)
    _check(binding, promised, of, now)
    rows = Target.objects.for_tenant(of.tenant_id).filter(map=of, removed_at=None)
    if rows.filter(binding=binding, step=binding.step_id).exists():
        raise TargetError(
            "This map promises that figure already: change the target.", field="binding"
        )
    member = None if isinstance(by, ApiKey) else by
    made = Target.objects.create(
        tenant=of.tenant,
        map=of,
        step_id=binding.step_id,
        binding=binding,
        created_at=now,
        by=member,
        note=promised.note,
        **_columns(promised),
    )
    value = metric_values.binding(journey_map=of, binding=binding, sees_answers=True, now=now)
    _remember(made, promised, member, now, reason, baseline=value.record() if value else None)
    record(tenant=of.tenant, action="target-set", by=by, about=made)
    return made


@transaction.atomic
def change_target(
    *,
    target: Target,
    promised: Promised,
    reason: str = "",
    by: Membership | ApiKey | None,
    now: datetime,
) -> Target:
    """Promise something else; what was promised before stays. A published map needs a *reason*.

    Raises TargetError naming the field.
    """
    _check_map(target.map, reason)
    _check(target.binding, promised, target.map, now)
    columns = _columns(promised)
    is_other = any(getattr(target, name) != value for name, value in columns.items())
    for name, value in (columns | {"note": promised.note}).items():
        setattr(target, name, value)
    target.save(update_fields=[*columns, "note"])
    if is_other:
        member = None if isinstance(by, ApiKey) else by
        _remember(target, promised, member, now, reason)
        record(tenant=target.tenant, action="target-changed", by=by, about=target)
    return target


@transaction.atomic
def remove_target(
    *, target: Target, reason: str = "", by: Membership | ApiKey | None, now: datetime
) -> None:
    """Take a promise back; that it was made stays. A published map needs a *reason*.

    Raises TargetError naming the field.
    """
    _check_map(target.map, reason)
    target.removed_at = now
    target.save(update_fields=["removed_at"])
    last = Promised(Direction(target.direction), target.value, target.due, target.margin)
    member = None if isinstance(by, ApiKey) else by
    _remember(target, last, member, now, reason, is_removal=True)
    record(tenant=target.tenant, action="target-removed", by=by, about=target)


def _check_map(of: JourneyMap, reason: str) -> None:
    if of.state not in AHEAD:
        raise TargetError("Only a future or an ideal map promises something.")
    if of.journey.archived_at is not None:
        raise TargetError("This journey is archived: its promises rest with it.")
    if of.archived_at is not None:
        raise TargetError("This map is archived: its promises rest with it.")
    if of.is_locked:
        raise TargetError("This map is locked: its promises are not changed.")
    if of.status == MapStatus.RETIRED:
        raise TargetError("This map is retired: its promises stay as they are.")
    if of.status == MapStatus.PUBLISHED and not reason.strip():
        words = "Say why: this map is published, and the first promise stays beside the new one."
        raise TargetError(words, field="reason")
    if len(reason) > LONGEST_WORDS:
        raise TargetError(f"Write at most {LONGEST_WORDS:,} characters.", field="reason")


def _check(binding: MetricBinding, promised: Promised, of: JourneyMap, now: datetime) -> None:
    if binding.journey_id != of.journey_id or binding.archived_at is not None:
        raise TargetError("This figure is not bound to the journey.", field="binding")
    metric = binding.metric
    version = MetricVersion.objects.for_tenant(metric.tenant_id).get(
        metric=metric, number=metric.version
    )
    if version.statistic == MetricVersion.Statistic.MEDIAN:
        raise TargetError(
            "A median has no interval, so no verdict: bind another one.", field="binding"
        )
    low, high = bounds_of(metric, version)
    if not (math.isfinite(promised.value) and low <= promised.value <= high):
        raise TargetError(f"{metric.title} runs from {low:g} to {high:g}.", field="value")
    _check_margin(promised, high - low)
    if promised.due <= local_date(now, ZoneInfo(of.tenant.time_zone)):
        raise TargetError("Choose a day that is still to come.", field="due")
    if len(promised.note) > LONGEST_WORDS:
        raise TargetError(f"Write at most {LONGEST_WORDS:,} characters.", field="note")


def _check_margin(promised: Promised, widest: float) -> None:
    if promised.direction is not Direction.HOLD:
        if promised.margin is not None:
            raise TargetError("A margin belongs to a figure that is to hold.", field="margin")
    elif promised.margin is None:
        raise TargetError("Say how far it may move and still hold.", field="margin")
    elif not 0 < promised.margin <= widest:
        raise TargetError(f"Give a margin above 0, up to {widest:g}.", field="margin")


def _columns(promised: Promised) -> dict[str, Any]:
    return {
        "direction": promised.direction.value,
        "value": promised.value,
        "margin": promised.margin,
        "due": promised.due,
    }


def _remember(
    target: Target,
    promised: Promised,
    member: Membership | None,
    now: datetime,
    reason: str,
    *,
    is_removal: bool = False,
    baseline: dict[str, Any] | None = None,
) -> None:
    TargetChange.objects.create(
        tenant=target.tenant,
        target=target,
        at=now,
        by=member,
        reason=reason.strip(),
        is_removal=is_removal,
        baseline=baseline,
        **_columns(promised),
    )
