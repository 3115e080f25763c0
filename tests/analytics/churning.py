"""What tests of churn stand on: people who do things on days, and definitions that are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.models import ChurnDefinition, ChurnSpan
from analytics.rules.churn_shapes import ChurnBrief, ChurnResult, read_brief, read_result
from analytics.services.churn_definitions import create_churn_definition
from analytics.services.churn_runs import count_churn
from cxm.customers.rules.records import Ref
from cxm.tenants.binding import tenant_bound
from tests import make

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Tenant


def did(who: str, name: str, *days: int, of: Tenant, **fields: Any) -> None:
    """Let *who* have done *name* so many *days* before make.NOW."""
    for day in days:
        make.events(name, of=of, day=day, refs=(Ref("external", "", who),), **fields)


def definition(
    kind: str = "inactivity", *, of: Tenant, title: str = "Churn", **config: Any
) -> ChurnDefinition:
    """A definition that nothing has counted yet; silent for 30 days unless said otherwise."""
    rule = config or {"days": 30}
    with tenant_bound(of.pk):
        return create_churn_definition(
            tenant=of, title=title, kind=kind, config=rule, by=None, now=make.NOW
        )


def counted(definition: ChurnDefinition, now: datetime = make.NOW) -> ChurnBrief:
    """Count by a definition, and give the short part of what was kept."""
    with tenant_bound(definition.tenant_id):
        return read_brief(count_churn(definition=definition, now=now).brief)


def result_of(definition: ChurnDefinition, now: datetime = make.NOW) -> ChurnResult:
    """Count by a definition, and give the long part of what was kept."""
    with tenant_bound(definition.tenant_id):
        return read_result(count_churn(definition=definition, now=now).result)


def spans(definition: ChurnDefinition) -> list[tuple[int, int, int | None]]:
    """Give the number of each span, and how many days before make.NOW it began and ended."""
    rows = ChurnSpan.objects.for_tenant(definition.tenant_id).filter(definition=definition)
    with tenant_bound(definition.tenant_id):
        found = list(rows.order_by("-from_at", "customer", "number"))
    return [
        (row.number, _ago(row.from_at), None if row.to_at is None else _ago(row.to_at))
        for row in reversed(found)
    ]


def _ago(at: datetime) -> int:
    return (make.NOW - at).days
