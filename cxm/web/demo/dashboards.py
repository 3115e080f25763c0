"""The dashboards that the people of a made-up company have built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.models import ChurnDefinition
from analytics.rules.tiles import Sharing
from analytics.services.dashboards import create_dashboard, live_dashboards
from analytics.services.tiles import add_tile
from cxm.embedded.sign_ins import DEMO_SIGN_INS
from cxm.tenants.models import Membership

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxm.tenants.models import Tenant
    from cxm.web.demo.dashboard_plans import DashboardPlan, TilePlan


def build_dashboards(tenant: Tenant, plans: Sequence[DashboardPlan], *, now: datetime) -> None:
    """Build the dashboards of *plans* for everybody; nothing where there are some already.

    Tiles about a definition of churn that the company does not have are left out.
    """
    if live_dashboards(tenant).exists():
        return
    members = Membership.objects.for_tenant(tenant).select_related("user", "tenant")
    manager = members.get(user__email=DEMO_SIGN_INS["manager"])
    rows = ChurnDefinition.objects.for_tenant(tenant).filter(archived_at=None)
    definitions = set(rows.values_list("key", flat=True))
    for plan in plans:
        board = create_dashboard(
            tenant=tenant, title=plan.title, sharing=Sharing.EVERYBODY, by=manager, now=now
        )
        for one in plan.tiles:
            if _is_possible(one, definitions):
                add_tile(
                    board=board,
                    kind=one.kind,
                    query=one.query,
                    title=one.title,
                    width=one.width,
                    by=manager,
                    now=now,
                )


def _is_possible(one: TilePlan, definitions: set[str]) -> bool:
    return one.query.get("definition", "") in definitions | {""}
