"""What counts as a purchase in a workspace, and by which settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.models import PurchaseDefinition, PurchaseDefinitionVersion
from analytics.rules.purchases import PurchaseRule, read_purchase_rule

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant


def purchase_definition(tenant: Tenant) -> PurchaseDefinition | None:
    """Load what counts as a purchase; None before anybody said it."""
    rows = PurchaseDefinition.objects.for_tenant(tenant).select_related("tenant")
    return rows.order_by("pk").first()


def rule_in_force(definition: PurchaseDefinition) -> PurchaseRule:
    """Read the settings that are in force."""
    versions = PurchaseDefinitionVersion.objects.for_tenant(definition.tenant_id)
    version = versions.get(definition=definition, number=definition.version)
    return read_purchase_rule(version.config)
