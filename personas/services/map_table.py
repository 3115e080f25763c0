"""Changing several who stand on a map at once, as one step for undo."""

from __future__ import annotations

from itertools import batched
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import MOST_AT_ONCE, Asked, Deed
from cxm.kernel.operations.store import commit
from personas.rules.stakeholder_errors import NobodyChosenError, NothingToChangeError
from personas.services.personas import actor_of
from personas.services.stores import MAPS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cxm.kernel.operations.shapes import JSON
    from cxm.tenants.models import ApiKey, Membership
    from personas.models import StakeholderMap, StakeholderPlacement


@transaction.atomic
def change_several(
    *,
    of: StakeholderMap,
    placements: Sequence[StakeholderPlacement],
    values: Mapping[str, JSON],
    by: Membership | ApiKey | None,
    now: datetime,
) -> int:
    """Give all of *placements* the *values*, by field; tell how many changed by it.

    Raises NobodyChosenError, NothingToChangeError, RefusedError and ArchivedDocumentError; then
    nobody is changed.
    """
    _check_chosen(placements)
    if not values:
        raise NothingToChangeError
    batch = new_id()
    asked = [
        Asked(id=new_id(), batch=batch, op=Deed.SET, lineage=one.pk, field=name, value=value)
        for one in placements
        for name, value in values.items()
        if getattr(one, name) != value
    ]
    _commit(of, asked, by, now)
    return len({one.lineage for one in asked})


@transaction.atomic
def remove_several(
    *,
    of: StakeholderMap,
    placements: Sequence[StakeholderPlacement],
    by: Membership | ApiKey | None,
    now: datetime,
) -> int:
    """Take all of *placements* off a map; tell how many. Raises NobodyChosenError."""
    _check_chosen(placements)
    batch = new_id()
    asked = [Asked(id=new_id(), batch=batch, op=Deed.DELETE, lineage=one.pk) for one in placements]
    _commit(of, asked, by, now)
    return len(asked)


def _check_chosen(placements: Sequence[StakeholderPlacement]) -> None:
    if not placements:
        raise NobodyChosenError


def _commit(
    of: StakeholderMap,
    asked: Sequence[Asked],
    by: Membership | ApiKey | None,
    now: datetime,
) -> None:
    request = Request(of.tenant, of.pk, actor_of(by), now)
    for part in batched(asked, MOST_AT_ONCE):
        commit(MAPS, request, part)
