"""Writing down who did what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.kernel.clock import now
from cxm.tenants.models import ApiKey, AuditEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxm.tenants.models import Membership, Tenant, TenantOwned


def record(
    *,
    tenant: Tenant,
    action: str,
    by: Membership | ApiKey | None,
    about: TenantOwned | None = None,
    changes: Mapping[str, object] | None = None,
) -> None:
    """Add an audit entry in the transaction of the deed.

    *action* is noun-verbed, such as `touchpoint-renamed`; *by* is None for the operator's shell.
    """
    AuditEntry.objects.create(
        tenant=tenant,
        at=now(),
        action=action,
        actor=None if isinstance(by, ApiKey) else by,
        api_key=by if isinstance(by, ApiKey) else None,
        object_kind=(about._meta.model_name or "") if about else "",
        object_id=about.pk if about else None,
        object_name=str(about)[:200] if about else "",
        changes=dict(changes or {}),
    )
