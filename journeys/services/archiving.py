"""Putting drafts of maps away, and bringing them back."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import ArchivedDocumentError, Asked, Deed
from cxm.kernel.operations.store import commit
from journeys.services.stores import MAPS
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import ApiKey, Membership
    from journeys.models import JourneyMap


def archive_map(*, of: JourneyMap, by: Membership | ApiKey | None, now: datetime) -> None:
    """Put a draft away; nothing of it is lost. Raises ReadOnlyMapError for what is no draft."""
    if of.archived_at is None:
        # Somebody else may do it at the same moment.
        with suppress(ArchivedDocumentError):
            _set_archived(of, now.isoformat(), by, now)


def restore_map(*, of: JourneyMap, by: Membership | ApiKey | None, now: datetime) -> None:
    """Bring a draft back that was put away."""
    if of.archived_at is not None:
        _set_archived(of, None, by, now)


def _set_archived(
    of: JourneyMap, value: str | None, by: Membership | ApiKey | None, now: datetime
) -> None:
    asked = Asked(
        id=new_id(),
        batch=new_id(),
        op=Deed.SET,
        lineage=of.pk,
        field="archived_at",
        value=value,
    )
    commit(MAPS, Request(of.tenant, of.pk, actor_of(by), now), [asked])
