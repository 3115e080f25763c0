"""What a tile answers: the same for the page, the API, mails and files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from uuid import UUID

    from django.utils.safestring import SafeString

    from analytics.rules.tile_kinds import TileKind
    from analytics.rules.wording import Change
    from analytics.selectors.changes import Pair
    from analytics.selectors.churn_pictures import DrawnCurves
    from analytics.selectors.figures import GroupFigure
    from analytics.selectors.metric_page import BreakdownRow
    from analytics.selectors.names import Measure
    from cxm.kernel.charts import Segment, TrendPoint
    from cxm.metrics.figures import Figure


@dataclass(frozen=True, slots=True)
class TileTable:
    """The numbers of a tile as words in columns; the first column names the row."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class TileQuote:
    """A comment without its author's name, and the page of its answer."""

    text: str
    day: date
    survey: str
    url: str


@dataclass(frozen=True, slots=True)
class TileAnswer:
    """What one tile shows to one reader at one moment.

    *sentences* say the numbers with n and interval, the first one alone is enough; *days* which
    days count, and *notes* what was left out of its filter; *table* holds every number of the
    tile, also those that a picture shows; *picture* is an SVG, None where
    there is none; *url* the page that explains it, "" for none. *refusal* says why the reader
    gets nothing; then all else is empty but the title, and *url* where something can be done.
    *figures* are the figures behind it, as the page at *url* has them. What follows *width* is for
    the page's own drawing.
    """

    tile_id: UUID
    kind: TileKind
    title: str
    sentences: tuple[str, ...] = ()
    days: str = ""
    notes: tuple[str, ...] = ()
    table: TileTable = TileTable()
    picture: SafeString | None = None
    url: str = ""
    refusal: str = ""
    figures: tuple[GroupFigure, ...] = ()
    width: int = 1
    figure: Figure | None = None
    noun: str = "answer"
    measure: Measure | None = None
    change: Change | None = None
    points: tuple[TrendPoint, ...] = ()
    decimals: int = 0
    bounds: tuple[float, float] | None = None
    bars: tuple[BreakdownRow, ...] = ()
    classes: tuple[Segment, ...] = ()
    bins: tuple[Segment, ...] = ()
    quotes: tuple[TileQuote, ...] = ()
    markup: SafeString | None = None
    curves: DrawnCurves | None = None
    has_own_filter: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A tile that is read but not judged: its comparisons, and what makes the answer of them.

    *finish* gets the changes of *pairs*, in their order.
    """

    finish: Callable[[Sequence[Change | None]], TileAnswer]
    pairs: list[Pair] = field(default_factory=list)
