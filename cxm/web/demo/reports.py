"""The report that the people of a made-up company get every week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.models import Report
from analytics.selectors.churn import counted_definitions
from analytics.services.report_keeping import Wanted, create_report
from cxm.embedded.sign_ins import DEMO_SIGN_INS
from cxm.tenants.models import Membership

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Tenant

TITLE = "The week in figures"


def promise_report(tenant: Tenant, metric: str, *, now: datetime) -> None:
    """Have the overview, *metric*, churn and open alerts sent every Monday; nothing done twice."""
    if Report.objects.for_tenant(tenant).exists():
        return
    members = Membership.objects.for_tenant(tenant).select_related("user", "tenant")
    manager = members.get(user__email=DEMO_SIGN_INS["manager"])
    pages: list[dict[str, Any]] = [
        {"page": "overview", "query": "period=28d"},
        {"page": "metric", "metric": metric},
        {"page": "alerts"},
    ]
    if counted_definitions(tenant):
        pages.insert(2, {"page": "churn"})
    wanted = Wanted(
        title=TITLE,
        pages=pages,
        pace="weekly",
        hour=7,
        day=0,
        recipients=[manager.pk],
        has_xlsx=True,
    )
    create_report(tenant=tenant, wanted=wanted, by=manager, now=now)
