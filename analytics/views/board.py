"""What the pages of one dashboard show: its tiles, its filter, its news, and what changes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from analytics.models import Tile
from analytics.rules.tile_kinds import TileKind
from analytics.rules.tiles import WIDEST
from analytics.selectors.dashboards import looker_of, tiles_of
from analytics.selectors.freshness import answer_mark, checked_at, figures_sequence, last_check
from analytics.selectors.names import measures
from analytics.selectors.tiles import board_answers
from analytics.views.asking import asked_of, viewer_of
from analytics.views.filter_bar import filter_bar
from analytics.views.overview import fresh_url
from cxm.kernel.queries import query_text
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from typing import Any

    from analytics.models import Dashboard
    from analytics.selectors.figures import Viewer
    from analytics.selectors.tiles import BoardAnswers, TileAnswer
    from cxm.tenants.access import TenantRequest

BOARD_KEYS = frozenset({"edit", "removed", "seen"})
WALL_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Placed:
    """A tile as the page draws it: its answer, its place from 0, and where its buttons lead.

    *narrower* and *wider* are 0 at the ends.
    """

    answer: TileAnswer
    place: int
    is_first: bool
    is_last: bool
    narrower: int
    wider: int


def board_context(request: TenantRequest, board: Dashboard, *, says: str = "") -> dict[str, Any]:
    """Read a dashboard for a page; *says* is told to those who cannot see what changed."""
    viewer, may_change = viewer_of(request), looker_of(request.membership).changes(board)
    is_editing = may_change and query_text(request.GET, "edit") == "1"
    tiles = tiles_of(board)
    shown = board_answers(viewer, tiles, asked_of(request, viewer, others=BOARD_KEYS))
    extra = {"edit": "1"} if is_editing else {}
    path = request.path if request.method == "GET" else f"{request.path.partition('/tiles/')[0]}/"
    return {
        "board": board,
        "shown": shown,
        "placed": _placed(shown.answers),
        "bar": filter_bar(viewer, shown.filter, shown.names, path=path, extra=extra),
        "check": (check := last_check(request.tenant)),
        "checked_at": checked_at(check),
        "is_editing": is_editing,
        "may_change": may_change,
        "may_send": request.may(Right.EDIT_SEGMENTS),
        "may_show_outside": may_change and request.may(Right.SHARE_JOURNEYS),
        "kinds": list(TileKind),
        "query": shown.filter.query(),
        "removed": _removed(request, board) if is_editing else None,
        "fresh_url": "" if is_editing else _fresh_url(viewer, shown),
        "says": says,
    }


def wall_token(sequence: str, viewer: Viewer) -> str:
    """Name what a wall shows: it is another one when figures may differ, or after five minutes.

    Churn, alerts and comments change without the sequence of figures.
    """
    return f"{sequence}-{int(viewer.now.timestamp()) // WALL_SECONDS}"


def _placed(answers: list[TileAnswer]) -> list[Placed]:
    return [
        Placed(
            answer=one,
            place=place,
            is_first=place == 0,
            is_last=place == len(answers) - 1,
            narrower=one.width - 1,
            wider=one.width + 1 if one.width < WIDEST else 0,
        )
        for place, one in enumerate(answers)
    ]


def _fresh_url(viewer: Viewer, shown: BoardAnswers) -> str:
    """Give the address that tells of new answers; empty for boards without figures."""
    if not viewer.sees_rows or not any(one.figures for one in shown.answers):
        return ""
    mark = answer_mark(viewer.tenant, measures(viewer.tenant), shown.within)
    return fresh_url(viewer, shown.filter, figures_sequence(viewer.tenant), mark)


def _removed(request: TenantRequest, board: Dashboard) -> Tile | None:
    """Find the tile that was taken away just now, to offer it back."""
    try:
        pk = UUID(query_text(request.GET, "removed"))
    except ValueError:
        return None
    rows = Tile.objects.for_tenant(board.tenant_id).filter(dashboard=board)
    return rows.exclude(removed_at=None).filter(pk=pk).first()
