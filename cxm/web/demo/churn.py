"""When the customers of the demo count as gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.rules.churn import ChurnKind, Inactivity
from analytics.services.churn_definitions import create_churn_definition, live_definitions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxm.tenants.models import Tenant
    from cxm.web.demo.company import ChurnPlan


def define_churn(tenant: Tenant, plans: Sequence[ChurnPlan], *, now: datetime) -> None:
    """Make the definitions of *plans*; each is counted as a job. Nothing where there are some."""
    if live_definitions(tenant).exists():
        return
    for plan in plans:
        is_silence = isinstance(plan.rule, Inactivity)
        create_churn_definition(
            tenant=tenant,
            title=plan.title,
            kind=ChurnKind.INACTIVITY if is_silence else ChurnKind.EVENT,
            config=plan.rule.as_json(),
            by=None,
            now=now,
        )
