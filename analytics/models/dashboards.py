"""Dashboards that people build, and the tiles on them: questions, never numbers."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from analytics.rules.tile_kinds import TileKind
from analytics.rules.tiles import LONGEST_TITLE, Sharing
from cxm.collaboration.models import ShareLink
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned


class Dashboard(TenantOwned):
    """A board of tiles; *roles* counts only where it is shared with some.

    *owner* is null where a program or the product itself made it. *position* orders the list.
    """

    title = models.CharField(max_length=LONGEST_TITLE)
    owner = TenantForeignKey(Membership, null=True)
    sharing = models.CharField(max_length=9, choices=Sharing.choices())
    roles = ArrayField(models.CharField(max_length=12), default=list)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(sharing=Sharing.PRIVATE.value) | models.Q(owner__isnull=False),
                name="analytics_dashboard_private_has_owner",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "position", "title", "id"], name="analytics_dashboard_order"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Tile(TenantOwned):
    """One place of a board: what it asks, how many of three columns it takes, and where it stands.

    An empty *title* is that of what it shows.
    """

    dashboard = TenantForeignKey(Dashboard)
    kind = models.CharField(max_length=14, choices=TileKind.choices())
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    query = models.JSONField(default=dict)
    width = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveIntegerField()
    removed_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(width__gte=1, width__lte=3), name="analytics_tile_width"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "dashboard", "position", "id"], name="analytics_tile_order"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.kind


class DashboardShare(TenantOwned):
    """A link that shows a dashboard to people outside, without anything about a person."""

    link = TenantForeignKey(ShareLink)
    dashboard = TenantForeignKey(Dashboard)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "link"], name="analytics_dashboardshare_once"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "dashboard"], name="analytics_dashboardshare_of"),
        ]

    def __str__(self) -> str:
        return str(self.link_id)
