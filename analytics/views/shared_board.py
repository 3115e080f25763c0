"""What people outside see of a dashboard by a link: a page without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.models import DashboardShare
from analytics.selectors.shared_boards import shown_outside
from cxm.collaboration.selectors.showing import GONE, Showing
from cxm.kernel.clock import now

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxm.collaboration.models import ShareLink

PAGE = "analytics/shared_dashboard.html"


def board_showing(link: ShareLink, _query: Mapping[str, str]) -> Showing | None:
    """Show the dashboard that *link* (loaded with its tenant) belongs to; None where it is none.

    Nothing in the address changes what is shown: filters would tell apart what is hidden.
    """
    rows = DashboardShare.objects.for_tenant(link.tenant_id).select_related("dashboard__tenant")
    share = rows.filter(link=link).first()
    if share is None:
        return None
    if share.dashboard.archived_at:
        return Showing(GONE)
    outside = shown_outside(share.dashboard, link.allow_kinds, now=now())
    return Showing(PAGE, {"outside": outside, "shown": outside.shown})
