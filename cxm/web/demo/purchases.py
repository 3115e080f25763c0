"""What the repeat customers of the demo buy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.selectors.purchase_rule import purchase_definition
from analytics.services.purchase_definitions import set_purchases

if TYPE_CHECKING:
    from datetime import datetime

    from analytics.rules.purchases import PurchaseRule
    from cxm.tenants.models import Tenant


def define_purchases(tenant: Tenant, rule: PurchaseRule | None, *, now: datetime) -> None:
    """Say what a purchase is; it is counted as a job. Nothing where that is said already."""
    if rule and purchase_definition(tenant) is None:
        set_purchases(tenant=tenant, config=rule.as_json(), by=None, now=now)
