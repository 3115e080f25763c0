"""Taking promises along from one future map to another that begins as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.collaboration.selectors.evidence import day_in
from cxm.kernel.ids import new_id
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from journeys.errors import NotNowError
from journeys.models import Step, Target, TargetChange
from journeys.rules.kinds import MapState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Membership
    from journeys.models import JourneyMap

_PROMISED = ("step_id", "binding_id", "direction", "value", "margin", "due")


def check_carried(of: JourneyMap, state: MapState) -> None:
    """Refuse to take promises along but from one future map to another. Raises NotNowError."""
    if (of.state, state) != (MapState.FUTURE, MapState.FUTURE):
        message = "Promises come along only from one future map to another."
        raise NotNowError(message, field="with_targets")


def carry_targets(
    *, of: JourneyMap, to: JourneyMap, by: Membership | ApiKey | None, now: datetime
) -> int:
    """Promise on the map *to* what *of* promises; give how many promises came along.

    What is due already, or is of a figure or step that is there no more, stays behind. Each keeps
    the figure that was known when it was first promised. Five queries at most.
    """
    due = Target.objects.for_tenant(of.tenant_id).filter(map=of, removed_at=None)
    open_ones = due.filter(due__gt=day_in(of.tenant, now), binding__archived_at=None)
    steps = set(_steps_on(to))
    wanted = [one for one in open_ones.order_by("pk") if not one.step_id or one.step_id in steps]
    if not wanted:
        return 0
    member = None if isinstance(by, ApiKey) else by
    known = _baselines(of, wanted)
    made = [
        Target(
            pk=new_id(),
            tenant=to.tenant,
            map=to,
            created_at=now,
            by=member,
            note=one.note,
            **_promised(one),
        )
        for one in wanted
    ]
    Target.objects.bulk_create(made)
    TargetChange.objects.bulk_create(
        TargetChange(
            tenant=to.tenant,
            target=new,
            at=now,
            by=member,
            baseline=known.get(old.pk),
            **{name: getattr(old, name) for name in ("direction", "value", "margin", "due")},
        )
        for old, new in zip(wanted, made, strict=True)
    )
    changes = {"from": of.number, "count": len(made)}
    record(tenant=to.tenant, action="targets-carried", by=by, about=to, changes=changes)
    return len(made)


def _promised(one: Target) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _PROMISED}


def _steps_on(of: JourneyMap) -> Iterable[UUID]:
    rows = Step.objects.for_tenant(of.tenant_id).filter(map=of, deleted_at=None)
    return rows.values_list("lineage", flat=True)


def _baselines(of: JourneyMap, wanted: list[Target]) -> dict[UUID, Any]:
    """Give the figure that was known when each of *wanted* was first promised."""
    rows = TargetChange.objects.for_tenant(of.tenant_id).filter(target__in=wanted)
    told = rows.filter(baseline__isnull=False).order_by("-at", "-pk")
    return dict(told.values_list("target_id", "baseline"))
