"""When the customers of the demo count as gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.rules.churn import Cancellation, ChurnKind, ContractEnd, Inactivity
from analytics.services.churn_definitions import create_churn_definition, live_definitions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxm.tenants.models import Tenant
    from cxm.web.demo.company import ChurnPlan


_KINDS: dict[type, ChurnKind] = {
    Inactivity: ChurnKind.INACTIVITY,
    Cancellation: ChurnKind.EVENT,
    ContractEnd: ChurnKind.CONTRACT,
}


def define_churn(tenant: Tenant, plans: Sequence[ChurnPlan], *, now: datetime) -> None:
    """Make the definitions of *plans*; each is counted as a job. Nothing where there are some."""
    if live_definitions(tenant).exists():
        return
    for plan in plans:
        create_churn_definition(
            tenant=tenant,
            title=plan.title,
            kind=_KINDS[type(plan.rule)],
            config=plan.rule.as_json(),
            by=None,
            now=now,
        )
