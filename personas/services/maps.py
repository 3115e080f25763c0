"""Making stakeholder maps, and what is done on them beyond single operations."""

from __future__ import annotations

from contextlib import suppress
from itertools import batched
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import (
    MOST_AT_ONCE,
    ArchivedDocumentError,
    Asked,
    Deed,
    Source,
)
from cxm.kernel.operations.store import commit
from cxm.tenants.models import ApiKey, Tenant
from cxm.touchpoints.rules.keys import free_key, suggested_key
from personas.models import StakeholderMap, StakeholderMapOp, StakeholderPlacement
from personas.rules.drawing_moves import dropped, stepped
from personas.rules.drawing_places import Mark, free_place, tidied
from personas.rules.kinds import RINGS, SECTORS, Layout, Visibility
from personas.rules.stakeholder_errors import (
    ArchivedError,
    NameNeededError,
    PlacedAlreadyError,
    TooManyError,
)
from personas.selectors.maps import ground_of, marks_of, placements_of
from personas.services.personas import actor_of
from personas.services.stakeholders import create_stakeholder
from personas.services.stores import MAPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.shapes import JSON
    from cxm.tenants.models import Membership
    from personas.models import Stakeholder
    from personas.rules.drawing_regions import Point

LONGEST_TITLE = 120
MOST_MAPS = 2_000


@transaction.atomic
def create_map(
    *,
    tenant: Tenant,
    title: str,
    by: Membership | ApiKey | None,
    now: datetime,
    description: str = "",
    layout: str = Layout.RINGS.value,
    visibility: str = Visibility.EDITABLE.value,
    source: Source = Source.UI,
) -> StakeholderMap:
    """Make an empty map with the usual rings and sectors; its owner is who makes it.

    Raises NameNeededError, TooManyError and RefusedError.
    """
    told = " ".join(title.split())
    if not 0 < len(told) <= LONGEST_TITLE:
        raise NameNeededError("title", LONGEST_TITLE)
    map_id, batch = new_id(), new_id()
    values: dict[str, JSON] = {
        "key": _new_key(tenant, told),
        "title": told,
        "description": description.strip(),
        "layout": layout,
        "rings": list(RINGS),
        "sectors": list(SECTORS),
        "visibility": visibility,
        "owner": str(by.pk) if by and not isinstance(by, ApiKey) else None,
    }
    asked = Asked(
        id=new_id(),
        batch=batch,
        op=Deed.CREATE,
        lineage=map_id,
        kind="map",
        value={"values": values},
    )
    commit(MAPS, Request(tenant, map_id, actor_of(by), now, source), [asked])
    return StakeholderMap.objects.for_tenant(tenant).select_related("tenant").get(pk=map_id)


@transaction.atomic
def place_stakeholder(
    *,
    on: StakeholderMap,
    stakeholder: Stakeholder,
    by: Membership | ApiKey | None,
    now: datetime,
    ring: int | None = None,
    sector: int | None = None,
    source: Source = Source.UI,
) -> UUID:
    """Put somebody on a map, beside the others; give the id of the placement.

    Who was on the map before comes back, with what was said of them there, to the place asked
    for. Raises ArchivedError, PlacedAlreadyError and RefusedError.
    """
    if stakeholder.archived_at:
        raise ArchivedError(stakeholder.name)
    rows = StakeholderPlacement.objects.for_tenant(on.tenant_id)
    before = rows.filter(map=on, stakeholder=stakeholder).first()
    if before and before.deleted_at is None:
        raise PlacedAlreadyError(stakeholder.name)
    pk, batch = before.pk if before else new_id(), new_id()
    new = Mark(str(pk), str(stakeholder.pk), stakeholder.name, stakeholder.kind, ring, sector)
    x, y = free_place(ground_of(on, Layout.RINGS), marks_of(placements_of(on)), new)
    place: dict[str, JSON] = {"ring": ring, "sector": sector, "x": x, "y": y}
    if before:
        asked = [Asked(id=new_id(), batch=batch, op=Deed.RESTORE, lineage=pk)]
        asked += _sets(batch, pk, place)
    else:
        values = {"values": {"stakeholder": str(stakeholder.pk), **place}, "parent": str(on.pk)}
        asked = [
            Asked(
                id=new_id(),
                batch=batch,
                op=Deed.CREATE,
                lineage=pk,
                kind="placement",
                value=values,
            )
        ]
    commit(MAPS, Request(on.tenant, on.pk, actor_of(by), now, source), asked)
    return pk


@transaction.atomic
def place_new(
    *,
    on: StakeholderMap,
    name: str,
    kind: str,
    by: Membership,
    now: datetime,
    ring: int | None = None,
    sector: int | None = None,
) -> UUID:
    """Put somebody on the register and on a map at once; give the id of the placement.

    Raises what `create_stakeholder` and `place_stakeholder` raise.
    """
    stakeholder = create_stakeholder(tenant=on.tenant, name=name, kind=kind, by=by, now=now)
    return place_stakeholder(
        on=on, stakeholder=stakeholder, by=by, now=now, ring=ring, sector=sector
    )


@transaction.atomic
def tidy_map(
    *, of: StakeholderMap, layout: Layout, by: Membership | ApiKey | None, now: datetime
) -> int:
    """Move who overlaps to a free seat nearby, as *layout* draws the map; give how many moved.

    All of it is one batch, undone as one.
    """
    placements = placements_of(of)
    places = tidied(ground_of(of, layout), marks_of(placements))
    batch, asked, moved = new_id(), list[Asked](), 0
    for placement in placements:
        place = places.get(str(placement.pk))
        if place and place != (placement.x, placement.y):
            moved += 1
            asked += _sets(batch, placement.pk, {"x": place[0], "y": place[1]})
    request = Request(of.tenant, of.pk, actor_of(by), now)
    for part in batched(asked, MOST_AT_ONCE):
        commit(MAPS, request, part)
    return moved


@transaction.atomic
def move_placement(
    *,
    of: StakeholderMap,
    placement: StakeholderPlacement,
    layout: Layout,
    by: Membership | ApiKey | None,
    now: datetime,
    to: Point | None = None,
    step: Point = (0.0, 0.0),
    batch: UUID | None = None,
) -> None:
    """Move somebody as *layout* draws the map: *to* a point of the drawing, or by a *step*.

    A step is shares of the drawing, to the right and down. All that changes is one *batch*; one
    that was done before is done.
    """
    log = StakeholderMapOp.objects.for_tenant(of.tenant_id)
    if batch and log.filter(map=of, batch=batch).exists():
        return
    ground, marks = ground_of(of, layout), marks_of(placements_of(of))
    place = dropped(ground, to) if to else stepped(ground, marks, str(placement.pk), *step)
    changed: dict[str, JSON] = {
        name: value for name, value in place.items() if getattr(placement, name) != value
    }
    if changed:
        request = Request(of.tenant, of.pk, actor_of(by), now)
        commit(MAPS, request, list(_sets(batch or new_id(), placement.pk, changed)))


@transaction.atomic
def change_ground(
    *,
    of: StakeholderMap,
    rings: Sequence[str],
    sectors: Sequence[str],
    by: Membership | ApiKey | None,
    now: datetime,
    ring_colours: Sequence[str] | None = None,
) -> None:
    """Rename, add or take away rings (from the centre) and sectors (from the top, clockwise).

    *ring_colours* are "c1" to "c8" or empty by ring; None leaves them. Raises RefusedError where
    somebody stands in what would be gone. One batch of operations.
    """
    colours = list(of.ring_colours if ring_colours is None else ring_colours)[: len(rings)]
    wanted: dict[str, JSON] = {
        "rings": list(rings),
        "sectors": list(sectors),
        "ring_colours": colours,
    }
    changed = {name: value for name, value in wanted.items() if getattr(of, name) != value}
    if changed:
        request = Request(of.tenant, of.pk, actor_of(by), now)
        commit(MAPS, request, list(_sets(new_id(), of.pk, changed)))


def archive_map(*, of: StakeholderMap, by: Membership | ApiKey | None, now: datetime) -> None:
    """Take a map off the lists; an archived one stays as it is."""
    if of.archived_at is None:
        # Somebody else may do it at the same moment.
        with suppress(ArchivedDocumentError):
            _set_archived(of, now.isoformat(), by, now)


def restore_map(*, of: StakeholderMap, by: Membership | ApiKey | None, now: datetime) -> None:
    """Bring an archived map back to the lists."""
    if of.archived_at is not None:
        _set_archived(of, None, by, now)


def _sets(batch: UUID, lineage: UUID, values: dict[str, JSON]) -> Iterator[Asked]:
    for name, value in values.items():
        yield Asked(id=new_id(), batch=batch, op=Deed.SET, lineage=lineage, field=name, value=value)


def _set_archived(
    of: StakeholderMap, value: str | None, by: Membership | ApiKey | None, now: datetime
) -> None:
    request = Request(of.tenant, of.pk, actor_of(by), now)
    commit(MAPS, request, list(_sets(new_id(), of.pk, {"archived_at": value})))


def _new_key(tenant: Tenant, title: str) -> str:
    """Find a key that no map has; others that make one wait until this one is there."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    taken = set(StakeholderMap.objects.for_tenant(tenant).values_list("key", flat=True))
    if len(taken) >= MOST_MAPS:
        words = f"A workspace holds up to {MOST_MAPS:,} stakeholder maps."
        raise TooManyError(words)
    return free_key(suggested_key(title) or "map", taken)
