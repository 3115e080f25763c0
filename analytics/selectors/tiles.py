"""What the tiles of a dashboard answer, read and judged together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.rules.tile_kinds import TileKind
from analytics.rules.tiles import read_tile
from analytics.selectors.changes import Family, judged
from analytics.selectors.filters import resolved
from analytics.selectors.tile_figures import metric_tile
from analytics.selectors.tile_reading import Board
from analytics.selectors.tile_rows import other_tile
from analytics.selectors.tile_shapes import TileAnswer, TileTable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from analytics.models import Tile
    from analytics.selectors.figures import Viewer
    from analytics.selectors.filters import Asked, Filter
    from analytics.selectors.histograms import Slice
    from analytics.selectors.names import Names

__all__ = ["BoardAnswers", "TileAnswer", "TileTable", "board_answers", "tile_answers"]


@dataclass(frozen=True, slots=True)
class BoardAnswers:
    """All that a dashboard shows: its tiles in order, its filter, and how changes were tested."""

    answers: list[TileAnswer]
    filter: Filter
    within: Slice
    names: Names
    ignored: tuple[str, ...]
    family: Family
    as_of: datetime


def board_answers(viewer: Viewer, tiles: Sequence[Tile], asked: Asked) -> BoardAnswers:
    """Read the tiles of a board for *viewer*, in their order, within the board's filter *asked*.

    *asked* is narrowed already for those who may not read answers. All changes are judged as one
    family. Two queries, one for each different period, filter and breakdown of figures, and those
    of tiles that are about no metric; more tiles about the same need no more.
    """
    queries = [read_tile(tile.kind, tile.query) for tile in tiles]
    board = Board(viewer, asked, queries)
    drafts = [
        (metric_tile if TileKind(tile.kind).is_figure else other_tile)(board, tile, query)
        for tile, query in zip(tiles, queries, strict=True)
    ]
    changes, family = judged([pair for draft in drafts for pair in draft.pairs])
    told = iter(changes)
    chosen, within, ignored = resolved(asked, board.names)
    return BoardAnswers(
        answers=[draft.finish([next(told) for _ in draft.pairs]) for draft in drafts],
        filter=chosen,
        within=within,
        names=board.names,
        ignored=ignored,
        family=family,
        as_of=viewer.now,
    )


def tile_answers(viewer: Viewer, tiles: Sequence[Tile], asked: Asked) -> list[TileAnswer]:
    """Read the tiles of a board as `board_answers` does, without what stands around them."""
    return board_answers(viewer, tiles, asked).answers
