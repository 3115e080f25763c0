"""What every page of figures reads from its request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.selectors.figures import Viewer
from analytics.selectors.filters import Asked, for_guest, read_filter
from cxm.kernel.clock import now
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from cxm.tenants.access import TenantRequest

# What the pages and their live part read beside the filter.
PAGE_KEYS = frozenset({"by", "sort", "order", "step", "metric", "table"})


def viewer_of(request: TenantRequest) -> Viewer:
    """Say who looks, at which moment, and whether they may read single answers."""
    return Viewer(request.tenant, request.may(Right.SEE_RESPONSES), now())


def asked_of(
    request: TenantRequest, viewer: Viewer, *, others: frozenset[str] = PAGE_KEYS
) -> Asked:
    """Read the filter from the query, narrowed to what the viewer may choose.

    *others* are parameters that the page reads itself.
    """
    query = dict(request.GET.lists())
    asked = read_filter(query, today=viewer.today, others=others)
    return asked if viewer.sees_rows else for_guest(asked, today=viewer.today)
