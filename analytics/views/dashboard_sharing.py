"""The page with the links of a dashboard to people outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from analytics.forms.dashboard_links import BoardLinkForm
from analytics.selectors.shared_boards import SharedBoard
from analytics.views.dashboards import board_url, changed_board
from cxm.collaboration.views.sharing import Place, answer_links, answer_revoking
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.SHARE_JOURNEYS)
def dashboard_share(request: TenantRequest, dashboard_id: UUID) -> HttpResponse:
    """List the links, with the form for another; a new one's address is shown this once."""
    return answer_links(request, _place(request, dashboard_id))


@require_POST
@tenant_page(Right.SHARE_JOURNEYS)
def dashboard_unshare(
    request: TenantRequest, dashboard_id: UUID, share_link_id: UUID
) -> HttpResponse:
    """Make a link show nothing, at once."""
    return answer_revoking(request, _place(request, dashboard_id), share_link_id)


def _place(request: TenantRequest, dashboard_id: UUID) -> Place:
    """Find the dashboard. Raises Http404 where who asks may not change it."""
    board = changed_board(request, dashboard_id)
    return Place(
        SharedBoard(board),
        board_url(request, board),
        "analytics:dashboard-share",
        "analytics:dashboard-unshare",
        BoardLinkForm,
    )
