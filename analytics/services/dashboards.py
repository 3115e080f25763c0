"""Every write to dashboards: made, changed, copied, archived, brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from analytics.errors import DashboardArchivedError, TooManyDashboardsError
from analytics.models import Dashboard, Tile
from analytics.rules.tiles import LONGEST_TITLE, MOST_DASHBOARDS, Sharing, TileError, read_title
from analytics.selectors.dashboards import looker_of, tiles_of
from analytics.services.turns import take_turns
from cxm.tenants.audit import record
from cxm.tenants.models import Membership
from cxm.tenants.rules import RIGHTS, Right

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxm.tenants.models import ApiKey, Tenant

READERS = tuple(role for role, rights in RIGHTS.items() if Right.SEE_FIGURES in rights)
_LAST_POSITION = 10_000


@transaction.atomic
def create_dashboard(
    *,
    tenant: Tenant,
    title: str,
    by: Membership | ApiKey,
    now: datetime,
    sharing: str = Sharing.PRIVATE,
    roles: Sequence[str] = (),
    position: int = 0,
) -> Dashboard:
    """Make an empty dashboard that *by* owns. Raises TileError and TooManyDashboardsError."""
    take_turns("dashboards", tenant.pk)
    if live_dashboards(tenant).count() >= MOST_DASHBOARDS:
        raise TooManyDashboardsError(MOST_DASHBOARDS)
    told = read_title(title)
    roles = _shared(sharing, roles, by=by)
    made = Dashboard.objects.create(
        tenant=tenant,
        title=told,
        owner=by if isinstance(by, Membership) else None,
        sharing=sharing,
        roles=roles,
        position=_position(position),
        created_at=now,
    )
    record(tenant=tenant, action="dashboard-created", by=by, about=made)
    return made


@transaction.atomic
def change_dashboard(
    *,
    board: Dashboard,
    by: Membership | ApiKey,
    title: str | None = None,
    sharing: str | None = None,
    roles: Sequence[str] | None = None,
    position: int | None = None,
) -> Dashboard:
    """Give a dashboard another title, sharing or place in the list; None leaves what is there.

    Only its owner can make it private again. Raises TileError and DashboardArchivedError.
    """
    locked = held_board(board)
    before = {"title": locked.title, "sharing": locked.sharing, "roles": locked.roles}
    if title is not None:
        locked.title = read_title(title)
    if sharing is not None or roles is not None:
        wanted = locked.sharing if sharing is None else sharing
        kept = locked.roles if roles is None else roles
        locked.roles = _shared(wanted, kept, by=by)
        is_own = isinstance(by, Membership) and locked.owner_id == by.pk
        if wanted == Sharing.PRIVATE and not is_own:
            raise TileError("sharing", "Only its owner can keep a dashboard for themselves.")
        locked.sharing = wanted
    if position is not None:
        locked.position = _position(position)
    locked.save(update_fields=["title", "sharing", "roles", "position"])
    after = {"title": locked.title, "sharing": locked.sharing, "roles": locked.roles}
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changes:
        record(
            tenant=locked.tenant, action="dashboard-changed", by=by, about=locked, changes=changes
        )
    return locked


@transaction.atomic
def copy_dashboard(*, board: Dashboard, by: Membership, now: datetime) -> Dashboard:
    """Make a dashboard of one's own with the same tiles; it is private whatever the other was."""
    tiles = tiles_of(board)
    title = f"{board.title[: LONGEST_TITLE - len(' (copy)')]} (copy)"
    made = create_dashboard(tenant=board.tenant, title=title, by=by, now=now)
    Tile.objects.bulk_create(
        Tile(
            tenant=board.tenant,
            dashboard=made,
            kind=one.kind,
            title=one.title,
            query=one.query,
            width=one.width,
            position=place,
        )
        for place, one in enumerate(tiles)
    )
    return made


@transaction.atomic
def archive_dashboard(*, board: Dashboard, by: Membership | ApiKey, now: datetime) -> None:
    """Take a dashboard off the list; it can be brought back."""
    locked = held_board(board)
    locked.archived_at = now
    locked.save(update_fields=["archived_at"])
    record(tenant=locked.tenant, action="dashboard-archived", by=by, about=locked)


@transaction.atomic
def restore_dashboard(*, board: Dashboard, by: Membership | ApiKey) -> None:
    """Bring an archived dashboard back; one that is there stays as it is."""
    rows = Dashboard.objects.for_tenant(board.tenant_id).filter(pk=board.pk)
    if rows.exclude(archived_at=None).update(archived_at=None):
        record(tenant=board.tenant, action="dashboard-restored", by=by, about=board)


def held_board(board: Dashboard) -> Dashboard:
    """Load a dashboard with its tenant and hold it to the end; raises DashboardArchivedError."""
    rows = Dashboard.objects.for_tenant(board.tenant_id).select_related("tenant")
    locked = rows.select_for_update(of=("self",), no_key=True).get(pk=board.pk)
    if locked.archived_at is not None:
        raise DashboardArchivedError
    return locked


def live_dashboards(tenant: Tenant) -> Any:
    """Select the dashboards that are not archived."""
    return Dashboard.objects.for_tenant(tenant).filter(archived_at=None)


def _shared(sharing: str, roles: Sequence[str], *, by: Membership | ApiKey) -> list[str]:
    """Check with whom a dashboard is shared; give the roles that count, sorted."""
    if sharing not in set(Sharing):
        raise TileError("sharing", f"Use one of: {', '.join(Sharing)}.")
    if sharing == Sharing.PRIVATE and not isinstance(by, Membership):
        raise TileError("sharing", "A key keeps no dashboards for itself: share it.")
    if sharing != Sharing.PRIVATE and not looker_of(by).may_build:
        message = "Your role keeps dashboards for itself only: leave it at “Only me”."
        raise TileError("sharing", message)
    if sharing != Sharing.ROLES:
        return []
    unknown = [role for role in roles if role not in set(READERS)]
    if unknown or not roles:
        raise TileError("roles", f"Choose one or more of: {', '.join(READERS)}.")
    return sorted(set(roles))


def _position(asked: int) -> int:
    if isinstance(asked, bool) or not 0 <= asked <= _LAST_POSITION:
        raise TileError("position", f"Use a whole number from 0 to {_LAST_POSITION:,}.")
    return asked
