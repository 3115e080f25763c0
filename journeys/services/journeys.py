"""Making and archiving journeys; everything else about them is an operation."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import ArchivedDocumentError, Asked, Deed, Source
from cxm.kernel.operations.store import commit
from cxm.tenants.models import ApiKey, Tenant
from cxm.touchpoints.rules.keys import free_key, suggested_key
from journeys.errors import TitleNeededError, TooManyError
from journeys.models import Journey
from journeys.rules.kinds import Level
from journeys.services.stores import JOURNEYS
from personas.rules.kinds import Visibility
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.shapes import JSON
    from cxm.tenants.models import Membership

MOST_JOURNEYS = 20_000
LONGEST_TITLE = 200


@transaction.atomic
def create_journey(
    *,
    tenant: Tenant,
    title: str,
    by: Membership | ApiKey | None,
    now: datetime,
    goal: str = "",
    level: Level = Level.JOURNEY,
    parent: UUID | None = None,
    visibility: Visibility = Visibility.EDITABLE,
    source: Source = Source.UI,
    key: str = "",
) -> Journey:
    """Make a journey without maps; its owner is the member who makes it.

    It is known by *key*, or by one that is made of the title; where another journey has the key
    already, by that with a number.

    Raises TitleNeededError, TooManyError, RefusedError and UnknownElementError.
    """
    told = " ".join(title.split())
    if not 0 < len(told) <= LONGEST_TITLE:
        raise TitleNeededError("title", LONGEST_TITLE)
    values: dict[str, JSON] = {
        "key": _new_key(tenant, told, key),
        "title": told,
        "goal": goal.strip(),
        "level": level.value,
        "parent": str(parent) if parent else None,
        "visibility": visibility.value,
        "owner": str(by.pk) if by and not isinstance(by, ApiKey) else None,
    }
    pk = new_id()
    asked = Asked(
        id=new_id(),
        batch=new_id(),
        op=Deed.CREATE,
        lineage=pk,
        kind="journey",
        value={"values": values},
    )
    commit(JOURNEYS, Request(tenant, pk, actor_of(by), now, source), [asked])
    return Journey.objects.for_tenant(tenant).select_related("tenant", "owner").get(pk=pk)


def archive_journey(*, journey: Journey, by: Membership | ApiKey | None, now: datetime) -> None:
    """Take a journey off the lists; it is never erased."""
    if journey.archived_at is None:
        # Somebody else may do it at the same moment.
        with suppress(ArchivedDocumentError):
            _set_archived(journey, now.isoformat(), by, now)


def restore_journey(*, journey: Journey, by: Membership | ApiKey | None, now: datetime) -> None:
    """Bring an archived journey back."""
    if journey.archived_at is not None:
        _set_archived(journey, None, by, now)


def _set_archived(
    journey: Journey, value: str | None, by: Membership | ApiKey | None, now: datetime
) -> None:
    asked = Asked(
        id=new_id(),
        batch=new_id(),
        op=Deed.SET,
        lineage=journey.pk,
        field="archived_at",
        value=value,
    )
    commit(JOURNEYS, Request(journey.tenant, journey.pk, actor_of(by), now), [asked])


def _new_key(tenant: Tenant, title: str, key: str) -> str:
    """Find a key that no journey has; others that make one wait until this one is there."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    wanted = key or suggested_key(title) or "journey"
    rows = Journey.objects.for_tenant(tenant)
    if rows.count() >= MOST_JOURNEYS:
        words = f"A workspace holds up to {MOST_JOURNEYS:,} journeys."
        raise TooManyError(words)
    return free_key(
        wanted, set(rows.filter(key__startswith=wanted[:50]).values_list("key", flat=True))
    )
