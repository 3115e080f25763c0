"""Dashboards as somebody may see them, and the tiles on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import FETCH_RAISE, Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from analytics.models import Dashboard, Tile
from analytics.rules.tiles import Sharing, is_changed_by, is_seen_by
from cxm.tenants.models import ApiKey, Membership
from cxm.tenants.rules import Right, may

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks at dashboards: a member by role, or a program, which owns none for itself."""

    member_id: UUID | None
    role: str
    may_build: bool

    def sees(self, board: Dashboard) -> bool:
        """Say whether they see a dashboard."""
        return is_seen_by(
            board.sharing,
            board.roles,
            is_own=self._owns(board),
            role=self.role,
            may_build=self.may_build,
        )

    def changes(self, board: Dashboard) -> bool:
        """Say whether they may change a dashboard."""
        own, builds = self._owns(board), self.may_build
        return is_changed_by(board.sharing, is_own=own, may_build=builds)

    def _owns(self, board: Dashboard) -> bool:
        return self.member_id is not None and board.owner_id == self.member_id


def looker_of(actor: Membership | ApiKey) -> Looker:
    """Say who *actor* is to dashboards."""
    if isinstance(actor, ApiKey):
        return Looker(None, "", Right.EDIT_SEGMENTS in actor.rights)
    return Looker(actor.pk, actor.role, may(actor.role, Right.EDIT_SEGMENTS))


def dashboards_of(
    tenant: Tenant, looker: Looker, *, has_archived: bool = False
) -> QuerySet[Dashboard]:
    """List the dashboards that *looker* sees, in their order, each with its number of `tiles`."""
    shared = Q(sharing=Sharing.EVERYBODY) | Q(sharing=Sharing.ROLES, roles__contains=[looker.role])
    seen = ~Q(sharing=Sharing.PRIVATE) if looker.may_build else shared
    if looker.member_id is not None:
        seen |= Q(owner=looker.member_id)
    rows = Dashboard.objects.for_tenant(tenant).filter(seen)
    rows = rows.filter(archived_at__isnull=not has_archived)
    tiles = Tile.objects.for_tenant(tenant).filter(dashboard=OuterRef("pk"), removed_at=None)
    counted = tiles.order_by().values("dashboard").annotate(n=Count("pk")).values("n")
    whole: Any = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    ordered = rows.annotate(tiles=whole).select_related("tenant", "owner__user")
    return ordered.order_by("position", "title", "pk").fetch_mode(FETCH_RAISE)


def sees_board(actor: Membership | ApiKey, board: Dashboard) -> bool:
    """Say whether *actor* sees a dashboard."""
    return looker_of(actor).sees(board)


def tiles_of(board: Dashboard) -> list[Tile]:
    """List the tiles of a dashboard in their order. One query."""
    rows = Tile.objects.for_tenant(board.tenant_id).filter(dashboard=board, removed_at=None)
    return list(rows.select_related("tenant").order_by("position", "pk"))
