"""The tile of drivers: a question of its own, or the one that was worked out last."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from django.urls import reverse

from analytics.models import Tile
from analytics.rules.tile_kinds import TileKind
from analytics.rules.tile_wording import days_told
from analytics.rules.tiles import read_tile
from analytics.selectors.driver_marks import newest_drivers
from analytics.selectors.driver_question import driver_question, drivers_url
from analytics.selectors.drivers import driver_run
from analytics.selectors.drivers import drivers as shown_drivers
from analytics.selectors.figures import Viewer
from analytics.selectors.tile_shapes import TileAnswer, TileTable

if TYPE_CHECKING:
    from datetime import datetime

    from analytics.rules.tiles import TileQuery
    from analytics.selectors.driver_question import DriverQuestion
    from analytics.selectors.drivers import Drivers
    from analytics.selectors.tile_reading import Board
    from cxm.tenants.models import Tenant

MOST_DRIVERS = 8
_NO_DRIVERS = "Nobody has asked yet what goes with an outcome."
_NO_OUTCOME = "This outcome is not there any more: change the tile or take it away."
_NOT_WORKED_OUT = "It is not worked out yet: that takes some minutes."


def drivers(board: Board, begun: TileAnswer, query: TileQuery) -> TileAnswer:
    """Show what goes with the outcome of the tile; without one, of the question answered last."""
    viewer = board.viewer
    page = reverse("analytics:drivers", args=[viewer.tenant.slug])
    if not query.outcome:
        found = newest_drivers(viewer)
        return _told(begun, *found) if found else replace(begun, refusal=_NO_DRIVERS, url=page)
    question = tile_question(viewer, query)
    if question is None:
        return replace(begun, refusal=_NO_OUTCOME, url=page)
    run = driver_run(question)
    shown = shown_drivers(question, run) if run else None
    if shown is None:
        return replace(begun, refusal=_NOT_WORKED_OUT, url=drivers_url(question))
    return _told(begun, question, shown)


def tile_question(viewer: Viewer, query: TileQuery) -> DriverQuestion | None:
    """Read the question of a tile; None where it has none, or its outcome is gone."""
    parts = {"outcome": query.outcome, "at": query.at, "within": query.within}
    told = parse_qs(query.filter or "") | {name: [word] for name, word in parts.items() if word}
    question = driver_question(viewer, told) if query.outcome else None
    return question if question and question.outcome.name == query.outcome else None


def tiled_keys(tenant: Tenant, now: datetime) -> frozenset[str]:
    """Name the questions that tiles of living dashboards ask."""
    rows = Tile.objects.for_tenant(tenant).filter(
        kind=TileKind.DRIVERS, removed_at=None, dashboard__archived_at=None
    )
    viewer = Viewer(tenant, sees_rows=True, now=now)
    asked = {read_tile(TileKind.DRIVERS, one.query) for one in rows}
    questions = (tile_question(viewer, query) for query in asked if query.outcome)
    return frozenset(question.key for question in questions if question)


def _told(begun: TileAnswer, question: DriverQuestion, shown: Drivers) -> TileAnswer:
    period = question.filter.period
    is_usual = begun.title == begun.kind.label
    return replace(
        begun,
        title=f"Drivers of {question.title}" if is_usual else begun.title,
        sentences=tuple(shown.sentences),
        days=days_told(period.start_on, period.end_on),
        notes=question.ignored,
        table=TileTable(
            ("Input", "Share of what differs", "95% interval", "Answers"),
            tuple(
                (f"{line.title}, {line.metric}", line.share, line.shares, f"{line.input.n:,}")
                for line in shown.lines[:MOST_DRIVERS]
            ),
        ),
        url=drivers_url(question),
    )
