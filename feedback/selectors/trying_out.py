"""Whether a workspace is a made-up one, for trying out: from there nothing is really sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.work.models import Batch

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

# What made a workspace of the demo, and remembers how far it got.
DEMO = "demo"


def is_for_trying_out(tenant: Tenant) -> bool:
    """Tell whether the demo made *tenant*: its customers are nobody. One query."""
    return Batch.objects.for_tenant(tenant).filter(kind=DEMO).exists()
