"""Scores in tests: models of a workspace, and values said as a member does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cxm.customers.models import Customer, Interaction
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from journeys.models import ScoreModel
from journeys.selectors.scores import ItemScores, scores_of
from journeys.services.score_models import ensure_models
from journeys.services.scores import set_scores
from tests import make
from tests.analytics.map_world import touchpoint_id

if TYPE_CHECKING:
    from cxm.tenants.models import Membership


def model(member: Membership, key: str = "opportunity-value-effort") -> ScoreModel:
    """Give a model of the workspace, made when it is first asked for."""
    with tenant_bound(member.tenant_id):
        ensure_models(tenant=member.tenant, now=make.NOW)
        rows = ScoreModel.objects.for_tenant(member.tenant).select_related("tenant")
        return rows.get(key=key)


def say(
    member: Membership,
    item: Any,
    key: str = "opportunity-value-effort",
    *,
    reason: str = "",
    at: Any = make.NOW,
    **values: float | tuple[float, float, float] | None,
) -> None:
    """Say values of inputs of an item, with their interval where three are given."""
    found = model(member, key)
    told: dict[str, Any] = {
        name: value if isinstance(value, tuple) or value is None else (float(value), None, None)
        for name, value in values.items()
    }
    with tenant_bound(member.tenant_id):
        set_scores(model=found, item=item, values=told, by=member, now=at, reason=reason)


def scored(member: Membership, item: Any, key: str = "opportunity-value-effort") -> ItemScores:
    """Read what an item is scored."""
    found = model(member, key)
    with tenant_bound(member.tenant_id):
        return scores_of(found, [item.pk])[item.pk]


def visits(member: Membership, key: str, *names: str, day: int = 1) -> None:
    """Let the customers so called be at a touchpoint, *day* days ago."""
    at, place = make.NOW - timedelta(days=day), touchpoint_id(member, key)
    with tenant_bound(member.tenant_id):
        for name in names:
            known = Customer.objects.for_tenant(member.tenant).filter(display_name=name).first()
            if known is None:
                pk = new_id()
                known = Customer.objects.create(
                    pk=pk, tenant=member.tenant, root_id=pk, display_name=name
                )
            Interaction.objects.create(
                tenant=member.tenant,
                customer=known,
                kind="visit",
                name="visit",
                occurred_at=at,
                received_at=at,
                day=at.date(),
                touchpoint_id=place,
                source="test",
            )
