"""Looking at a map again: it stays as it is, or somebody else sees to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.collaboration.selectors.evidence import day_in
from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed
from cxm.kernel.operations.store import commit
from journeys.services.editing import change_map
from journeys.services.stores import JOURNEYS
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.shapes import JSON
    from cxm.tenants.models import ApiKey, Membership
    from journeys.models import Journey


def keep_as_is(*, journey: Journey, by: Membership | ApiKey | None, now: datetime) -> None:
    """Note that a journey was looked at today, where its tenant is, and stays as it is.

    An operation of the journey, which can be undone. Raises what `commit` raises.
    """
    _set(journey, "reviewed_on", day_in(journey.tenant, now).isoformat(), by, now)


def hand_over_journey(
    *, journey: Journey, owner: UUID | None, by: Membership | ApiKey | None, now: datetime
) -> None:
    """Let a journey belong to the member *owner*, or to nobody.

    Raises RefusedError where it is the owner's to say, and what else `commit` raises.
    """
    _set(journey, "owner", str(owner) if owner else None, by, now)


@transaction.atomic
def hand_over_steps(asked: Request, *, steps: Collection[UUID], owner: UUID | None) -> None:
    """Let the member *owner*, or nobody, see to *steps* of a draft, in one batch.

    Raises UnknownElementError for what is no step of the map, and what `change_map` raises.
    """
    batch = new_id()
    value = str(owner) if owner else None
    todo = [
        Asked(id=new_id(), batch=batch, op=Deed.SET, lineage=step, field="owner", value=value)
        for step in dict.fromkeys(steps)
    ]
    change_map(asked, todo)


def _set(
    journey: Journey, field: str, value: JSON, by: Membership | ApiKey | None, now: datetime
) -> None:
    pk = new_id()
    asked = Asked(id=pk, batch=pk, op=Deed.SET, lineage=journey.pk, field=field, value=value)
    commit(JOURNEYS, Request(journey.tenant, journey.pk, actor_of(by), now), [asked])
