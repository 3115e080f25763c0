"""What may be put into a library file, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE

from personas.models import Persona, Stakeholder, StakeholderMap
from personas.rules.map_access import Sight
from personas.selectors.maps import maps_listed, sight_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant


def personas_for_file(tenant: Tenant, ids: Collection[UUID] | None = None) -> list[Persona]:
    """List personas by name; those with *ids*, archived ones too, or all that are in use."""
    rows = Persona.objects.for_tenant(tenant).filter(deleted_at=None)
    rows = rows.filter(archived_at=None) if ids is None else rows.filter(pk__in=ids)
    return list(rows.order_by("name", "pk").fetch_mode(FETCH_RAISE))


def maps_for_file(
    tenant: Tenant, reader: Membership | None, ids: Collection[UUID] | None = None
) -> list[StakeholderMap]:
    """List the maps whose content *reader* sees, by title; with *ids* those alone.

    Without a reader (a program) these are the ones that everybody sees. Archived maps come only
    by id.
    """
    rows = maps_listed(tenant, reader)
    if ids is not None:
        rows = (rows | maps_listed(tenant, reader, is_archived=True)).filter(pk__in=ids)
    return [one for one in rows if sight_of(one, reader) >= Sight.CONTENT]


def register_for_file(tenant: Tenant) -> list[Stakeholder]:
    """List who is on the register, by name."""
    rows = Stakeholder.objects.for_tenant(tenant).filter(archived_at=None)
    return list(rows.order_by("name", "pk").fetch_mode(FETCH_RAISE))
