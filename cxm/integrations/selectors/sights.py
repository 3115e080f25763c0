"""Which pages of webhooks somebody may read: what notices lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from cxm.integrations.models import Webhook
from cxm.tenants.rules import Right, may

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.tenants.models import Membership

FOLDER = "webhooks/"


def page_of_webhook(webhook_id: UUID) -> str:
    """Give the address of a webhook's page below the tenant's."""
    return f"{FOLDER}{webhook_id}/"


def pages_in_sight(member: Membership, pages: Sequence[str]) -> set[str]:
    """Tell which of *pages*, addresses below the tenant's, are of webhooks; one query at most."""
    named = {page for page in pages if page.startswith(FOLDER)}
    if not named or not may(member.role, Right.MANAGE_KEYS):
        return set()
    there = Webhook.objects.for_tenant(member.tenant_id).values_list("pk", flat=True)
    return named & {page_of_webhook(pk) for pk in there}
