"""Writing down whose page was opened, and what was done there, without naming anybody."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from cxm.customers.rules.masking import customer_alias
from cxm.kernel.ids import new_id
from cxm.tenants.models import ApiKey, AuditEntry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant

    type Actor = Membership | ApiKey | None

OPENED = "customer-opened"
ONCE_IN = timedelta(hours=1)
_NOTE_ONCE = """
INSERT INTO tenants_auditentry
    (id, tenant_id, at, action, actor_id, api_key_id, object_kind, object_id, object_name, changes)
SELECT %(id)s::uuid, %(tenant)s::uuid, %(now)s::timestamptz, %(action)s::varchar,
    %(actor)s::uuid, %(key)s::uuid, 'customer', %(customer)s::uuid, %(alias)s, %(changes)s::jsonb
WHERE NOT EXISTS (
    SELECT FROM tenants_auditentry
    WHERE tenant_id = %(tenant)s::uuid AND at > %(since)s AND action = %(action)s::varchar
        AND object_id = %(customer)s::uuid AND changes = %(changes)s::jsonb
        AND actor_id IS NOT DISTINCT FROM %(actor)s::uuid
        AND api_key_id IS NOT DISTINCT FROM %(key)s::uuid
)
"""


def note_opening(
    *,
    tenant: Tenant,
    customer_id: UUID,
    by: Actor,
    now: datetime,
    changes: Mapping[str, object] | None = None,
) -> None:
    """Note that somebody looked at a person; once an hour for each of both. One query.

    *changes* tell the panel and the helpdesk's agent, who count as somebody of their own.
    """
    key, member = (by, None) if isinstance(by, ApiKey) else (None, by)
    parameters: dict[str, Any] = {
        "id": new_id(),
        "tenant": tenant.pk,
        "now": now,
        "since": now - ONCE_IN,
        "action": OPENED,
        "actor": member and member.pk,
        "key": key and key.pk,
        "customer": customer_id,
        "alias": customer_alias(customer_id),
        "changes": json.dumps(dict(changes or {})),
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_ONCE, parameters)


def note_deed(*, tenant: Tenant, customer_id: UUID, action: str, by: Actor, now: datetime) -> None:
    """Add an audit entry about a customer under its alias: entries outlive an erasure."""
    AuditEntry.objects.create(
        tenant=tenant,
        at=now,
        action=action,
        actor=None if isinstance(by, ApiKey) else by,
        api_key=by if isinstance(by, ApiKey) else None,
        object_kind="customer",
        object_id=customer_id,
        object_name=customer_alias(customer_id),
    )
