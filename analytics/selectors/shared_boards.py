"""Dashboards as what links for people outside may show, and what such a link shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from analytics.errors import NothingToShareError
from analytics.models import Dashboard, DashboardShare
from analytics.rules.shared_boards import KINDS, SHOWN, why_hidden
from analytics.rules.tile_kinds import TileKind
from analytics.selectors.dashboards import tiles_of
from analytics.selectors.figures import Viewer
from analytics.selectors.filters import for_guest, read_filter
from analytics.selectors.tiles import BoardAnswers, TileAnswer, board_answers
from cxm.collaboration.selectors.shareable import Shareable

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from cxm.collaboration.models import ShareLink


class SharedBoard(Shareable):
    """A dashboard, shown by kinds of tiles about metrics."""

    kinds = KINDS
    usual = tuple(kind for kind, _ in KINDS)
    asks = "Which tiles does it show?"
    hint = "Figures are counted when the link is opened. Figures of small groups are hidden."
    never = (
        "Comments, notes, churn, cohorts, response rates and alerts; single answers and anything "
        "about a person; breakdowns by segment; figures of fewer than five answers. In place of "
        "such a tile stands a sentence."
    )

    def __init__(self, board: Dashboard) -> None:
        self.document = board

    def rows(self) -> QuerySet[Any]:
        """Select the rows that join links with the dashboard."""
        rows = DashboardShare.objects.for_tenant(self.document.tenant_id)
        return rows.filter(dashboard=self.document)

    def joined(self, link: ShareLink) -> DashboardShare:
        """Give the row that joins a new link with the dashboard."""
        return DashboardShare(tenant=self.tenant, link=link, dashboard=self.document)

    def refuse(self, row: Dashboard) -> None:
        """Raise NothingToShareError for a dashboard without a tile that may be shown."""
        if not any(TileKind(tile.kind) in SHOWN for tile in tiles_of(row)):
            raise NothingToShareError

    def head(self, _row: Dashboard) -> int:
        """Say that there is no moment to freeze: figures are counted when the link is opened."""
        return 0


@dataclass(frozen=True, slots=True)
class ShownOutside:
    """A dashboard for people outside: its *answers* lead nowhere; *shown* has days and moment."""

    title: str
    answers: list[TileAnswer]
    shown: BoardAnswers


def shown_outside(board: Dashboard, chosen: list[str], *, now: datetime) -> ShownOutside:
    """Read a dashboard, loaded with its tenant, as who may not read answers; no filter applies.

    Tiles that are not shown are not read: their place has the sentence why, without their title.
    """
    viewer = Viewer(board.tenant, sees_rows=False, now=now)
    tiles = tiles_of(board)
    hidden = {one.pk: why_hidden(TileKind(one.kind), chosen) for one in tiles}
    asked = for_guest(read_filter({}, today=viewer.today), today=viewer.today)
    shown = board_answers(viewer, [one for one in tiles if not hidden[one.pk]], asked)
    read = {one.tile_id: _leading_nowhere(one) for one in shown.answers}
    answers = [
        read.get(one.pk)
        or TileAnswer(
            tile_id=one.pk,
            kind=TileKind(one.kind),
            title=TileKind(one.kind).label,
            width=one.width,
            refusal=hidden[one.pk],
        )
        for one in tiles
    ]
    return ShownOutside(board.title, answers, shown)


def _leading_nowhere(answer: TileAnswer) -> TileAnswer:
    """Take the addresses away: pages behind them are for those who have signed in.

    Figures keep theirs as evidence; the page draws no link from them.
    """
    return replace(
        answer,
        url="",
        notes=(),
        points=tuple(replace(one, url="") for one in answer.points),
        bars=tuple(replace(row, url="") for row in answer.bars),
        classes=tuple(replace(one, url="") for one in answer.classes),
        bins=tuple(replace(one, url="") for one in answer.bins),
    )
