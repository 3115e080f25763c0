"""Members that bodies name by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework import serializers

from cxm.tenants.models import Membership

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from cxm.tenants.models import Tenant


def require_members(tenant: Tenant, ids: Iterable[UUID] | None, field: str) -> None:
    """Refuse *ids* that are of no member of *tenant*, at *field*; who left meanwhile passes.

    Raises ValidationError.
    """
    asked = set(ids or ())
    known = Membership.objects.for_tenant(tenant).filter(pk__in=asked)
    if unknown := asked - set(known.values_list("pk", flat=True)):
        message = f"There is no such member: {min(map(str, unknown))}."
        raise serializers.ValidationError({field: [message]})
