"""What people outside see of a journey map by a link: a page without a script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.safestring import SafeString

from cxm.collaboration.selectors.showing import GONE, Showing
from cxm.kernel.clock import now
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Actor
from cxm.kernel.operations.state import replayed
from cxm.kernel.operations.store import operations
from journeys.models import MapShare
from journeys.rules.shared import Choice
from journeys.selectors.shares import shared_map, why_inside
from journeys.services.comparing import Moment, state_at
from journeys.services.stores import JOURNEYS
from journeys.views.grid_markup import macros

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from cxm.collaboration.models import ShareLink
    from journeys.models import JourneyMap
    from journeys.selectors.shares import SharedMap

PAGE = "journeys/shared_map.html"


@dataclass(frozen=True, slots=True)
class Table:
    """The grid of a map, to be drawn once the page knows by which token its pictures come."""

    shown: SharedMap

    def markup(self, token: str) -> SafeString:
        """Draw the grid as a `<table>`."""

        def picture(card: UUID) -> str:
            asset = self.shown.pictures.get(card)
            return reverse("share-picture", args=[token, asset]) if asset else ""

        grid: Any = macros("journeys/shared_grid.jinja")
        return SafeString(str(grid.table(self.shown, picture)))


def journey_map_showing(link: ShareLink, _query: Mapping[str, str]) -> Showing | None:
    """Show the map that *link* (loaded with its tenant) belongs to; None where it is none.

    An archived map, and one of a journey that is not for people outside, is gone.
    """
    rows = MapShare.objects.for_tenant(link.tenant_id).select_related("map__journey__owner__user")
    share = rows.filter(link=link).first()
    if share is None:
        return None
    row = share.map
    row.tenant = row.journey.tenant = link.tenant
    if row.archived_at or row.deleted_at or why_inside(row.journey):
        return Showing(GONE)
    moment = now()
    shown = shared_map(
        row,
        state_at(Moment(row, link.freeze_seq), now=moment),
        Choice.of(link.allow_kinds, share.personas),
        title=_journey_title(row, link),
        then=None if link.freeze_seq is None else link.created_at,
        now=moment,
    )
    context = {"map": shown, "table": Table(shown)}
    return Showing(PAGE, context, frozenset(shown.pictures.values()))


def _journey_title(row: JourneyMap, link: ShareLink) -> str:
    """Give what the journey is called; to a frozen link what it was called when that was made."""
    if link.freeze_seq is None:
        return str(row.journey.title)
    asked = Request(link.tenant, row.journey_id, Actor(), link.created_at)
    then = replayed(one for one in operations(JOURNEYS, asked) if one.at <= link.created_at)
    found = then.get(row.journey_id)
    return str(found.values["title"]) if found else str(row.journey.title)
