"""Every write to the tiles of a dashboard: added, changed, moved, taken away, brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from analytics.errors import TooManyTilesError
from analytics.models import Tile
from analytics.rules.tile_kinds import TileKind
from analytics.rules.tiles import (
    MOST_TILES,
    read_title,
    read_width,
)
from analytics.selectors.dashboards import tiles_of
from analytics.services.dashboards import held_board
from analytics.services.tile_lookups import ask_for_tile, checked_query
from cxm.tenants.audit import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from analytics.models import Dashboard
    from cxm.tenants.models import ApiKey, Membership


@transaction.atomic
def add_tile(
    *,
    board: Dashboard,
    kind: str,
    query: Mapping[str, Any],
    by: Membership | ApiKey,
    now: datetime,
    title: str = "",
    width: int | None = None,
) -> Tile:
    """Put a tile at the end of a dashboard, as wide as its kind usually is unless *width* is said.

    Raises TileError, TooManyTilesError and DashboardArchivedError.
    """
    locked = held_board(board)
    tiles = tiles_of(locked)
    if len(tiles) >= MOST_TILES:
        raise TooManyTilesError(MOST_TILES)
    checked = checked_query(locked.tenant, kind, query, now=now)
    made = Tile.objects.create(
        tenant=locked.tenant,
        dashboard=locked,
        kind=kind,
        title=read_title(title, may_be_empty=True),
        query=checked.as_json(),
        width=read_width(TileKind(kind).usual_width if width is None else width),
        position=tiles[-1].position + 1 if tiles else 0,
    )
    ask_for_tile(locked.tenant, checked, by=by, now=now)
    _note(locked, by, added=made)
    return made


@transaction.atomic
def change_tile(
    *,
    tile: Tile,
    by: Membership | ApiKey,
    now: datetime,
    title: str | None = None,
    query: Mapping[str, Any] | None = None,
    width: int | None = None,
) -> Tile:
    """Let a tile ask something else, or give it another title or width; its kind stays.

    None leaves what is there. Raises TileError and DashboardArchivedError.
    """
    board = held_board(tile.dashboard)
    rows = Tile.objects.for_tenant(tile.tenant_id).select_related("tenant", "dashboard")
    locked = rows.get(pk=tile.pk)
    if title is not None:
        locked.title = read_title(title, may_be_empty=True)
    if query is not None:
        checked = checked_query(board.tenant, locked.kind, query, now=now)
        locked.query = checked.as_json()
        ask_for_tile(board.tenant, checked, by=by, now=now)
    if width is not None:
        locked.width = read_width(width)
    locked.save(update_fields=["title", "query", "width"])
    _note(board, by, changed=locked)
    return locked


@transaction.atomic
def move_tile(*, tile: Tile, place: int, by: Membership | ApiKey) -> int:
    """Put a tile at a place among the others, counted from 0; give the place where it is now.

    Beyond either end is the end. Raises DashboardArchivedError.
    """
    board = held_board(tile.dashboard)
    tiles = tiles_of(board)
    ids = [one.pk for one in tiles]
    if tile.pk not in ids:
        return 0
    place = min(max(place, 0), len(tiles) - 1)
    moved = tiles.pop(ids.index(tile.pk))
    tiles.insert(place, moved)
    if [one.pk for one in tiles] != ids:
        for position, one in enumerate(tiles):
            one.position = position
        Tile.objects.for_tenant(board.tenant_id).bulk_update(tiles, ["position"])
        _note(board, by, moved=moved)
    return place


@transaction.atomic
def remove_tile(*, tile: Tile, by: Membership | ApiKey, now: datetime) -> None:
    """Take a tile off its dashboard; `restore_tile` brings it back to its place."""
    board = held_board(tile.dashboard)
    rows = Tile.objects.for_tenant(board.tenant_id).filter(pk=tile.pk, removed_at=None)
    if rows.update(removed_at=now):
        _note(board, by, removed=tile)


@transaction.atomic
def restore_tile(*, tile: Tile, by: Membership | ApiKey) -> None:
    """Bring back a tile that was taken away. Raises TooManyTilesError for a full dashboard."""
    board = held_board(tile.dashboard)
    if len(tiles_of(board)) >= MOST_TILES:
        raise TooManyTilesError(MOST_TILES)
    rows = Tile.objects.for_tenant(board.tenant_id).filter(pk=tile.pk)
    if rows.exclude(removed_at=None).update(removed_at=None):
        _note(board, by, restored=tile)


def _note(board: Dashboard, by: Membership | ApiKey, **what: Tile) -> None:
    changes = {f"tile-{name}": [None, str(tile.pk)] for name, tile in what.items()}
    record(tenant=board.tenant, action="dashboard-changed", by=by, about=board, changes=changes)
