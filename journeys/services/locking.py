"""Keeping a map as it is: locked, nobody changes it until it is unlocked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.tenants.audit import record
from journeys.errors import NotNowError
from journeys.models import JourneyMap
from journeys.rules.kinds import MapStatus

if TYPE_CHECKING:
    from cxm.tenants.models import ApiKey, Membership

_OPEN = (MapStatus.DRAFT, MapStatus.IN_REVIEW)


@transaction.atomic
def lock_map(*, of: JourneyMap, by: Membership | ApiKey) -> None:
    """Lock a draft; nothing happens to one that is locked. Raises NotNowError for other maps."""
    rows = JourneyMap.objects.for_tenant(of.tenant_id).filter(pk=of.pk, is_locked=False)
    if rows.filter(status__in=_OPEN, archived_at=None).update(is_locked=True):
        record(tenant=of.tenant, action="map-locked", by=by, about=of)
    elif rows.exists():
        message = "Only a draft is locked: what is published changes no more."
        raise NotNowError(message)


@transaction.atomic
def unlock_map(*, of: JourneyMap, by: Membership | ApiKey) -> None:
    """Let a map be changed again; nothing happens to one that is not locked."""
    rows = JourneyMap.objects.for_tenant(of.tenant_id).filter(pk=of.pk, is_locked=True)
    if rows.update(is_locked=False):
        record(tenant=of.tenant, action="map-unlocked", by=by, about=of)
