"""A map as a grid to draw: its columns, and its lanes with their cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from journeys.rules.durations import duration_words
from journeys.rules.flow_tracks import Way, height_of_ways, pieces_by_column, tracks_of
from journeys.rules.kinds import FlowKind, LaneKind
from journeys.rules.lane_kinds import RULES, LaneRule, kept_config
from journeys.rules.lane_rows import rows_of_spans
from journeys.selectors import grid_rows as rows
from journeys.selectors.card_facts import beside_of
from journeys.selectors.grid_columns import FIRST_COLUMN, Column, Columns, columns_of
from journeys.selectors.grid_names import cast_in_order
from journeys.selectors.lane_curves import CurveCell, curve_cells, summary_of, voices_of
from journeys.selectors.lane_grades import GradeMark, grade_marks, read_grades
from journeys.selectors.lane_items import Ground, Item, items_of
from journeys.selectors.lane_scores import read_scores
from journeys.selectors.lane_sizes import AtOnce, lanes_that_wait

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from journeys.models import JourneyMap
    from journeys.rules.first_lanes import LaneSize
    from journeys.rules.flow_tracks import WayPiece
    from journeys.rules.look import Look
    from journeys.selectors.grid_names import Name
    from journeys.selectors.grid_rows import LaneRow
    from journeys.selectors.lane_curves import Voice

HEAD_ROWS = 2
CURVED = frozenset({LaneKind.EMOTION, LaneKind.SCALE})
# Chips on a lane hold several; cards stand one under the other.


@dataclass(slots=True)
class Cell:
    """A cell, over *span* columns from *column* on, with what lies in it.

    *trace* says how the line that joins channels runs through it: "from", "through", "gap" or "to".
    """

    column: Column
    last: Column
    span: int
    label: str
    items: list[Item] = field(default_factory=list)
    curve: CurveCell | None = None
    ways: Sequence[WayPiece] = ()
    words: str = ""
    grades: Sequence[GradeMark] = ()
    trace: str = ""


@dataclass(slots=True)
class LaneDrawn:
    """A lane: its title, and its rows of cells.

    *index* is the place of its row in the grid from 1, *key* its lineage as text, *count* how many
    cards it shows and *hidden* how many filters hide; what is no card is not counted. One that
    *waits* has no rows yet, and will be so many lines high.
    """

    row: LaneRow
    rule: LaneRule
    config: Any
    title: str
    index: int
    is_folded: bool
    fold_url: str
    focus_url: str
    rows: list[list[Cell]]
    key: str
    count: int = 0
    hidden: int = 0
    persona: Name | None = None
    voices: Sequence[Voice] = ()
    summary: str = ""
    height: float = 0
    waits: float = 0
    ways: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Grid:
    """A map as it is looked at; *hidden* counts the cards that filters leave out."""

    columns: Columns
    lanes: list[LaneDrawn]
    all_lanes: Sequence[LaneRow]
    cast: Sequence[Name]

    @property
    def hidden(self) -> int:
        """How many cards the filters hide."""
        return sum(lane.hidden for lane in self.lanes)

    @property
    def count(self) -> int:
        """How many cards are shown."""
        return sum(lane.count for lane in self.lanes)

    @property
    def is_cut(self) -> bool:
        """Whether lanes wait until they are scrolled to."""
        return any(lane.waits for lane in self.lanes)


def grid_of(
    row: JourneyMap,
    look: Look,
    *,
    names: Callable[[], Sequence[Name]],
    now: datetime,
    may_change: bool,
    only: Callable[[LaneRow], bool] | None = None,
    at_once: AtOnce | None = None,
) -> Grid:
    """Read and lay out a map, or the lanes of it that *only* says; of a big one those *at_once*.

    *names* gives those of `names_of`; it is asked only where something is named. Without it, at
    most seven queries, whatever the map holds, and three for one lane; what filters ask beyond the
    map takes one or two more, lanes that show grades four, lanes that show scores one and one for
    each model, and choosing those *at_once* one.
    """
    lanes = rows.lanes_of(row)
    shown = [
        (place, lane)
        for place, lane in enumerate(listed(lanes, look))
        if only is None or only(lane)
    ]
    columns = columns_of(row, look)
    waiting = lanes_that_wait(row, [lane for _, lane in shown], look, columns, at_once)
    # What filters hide is counted in all lanes.
    read = [lane for _, lane in shown if look.filters or lane.lineage not in waiting]
    named = names() if any(_names_something(lane) for _, lane in shown) else ()
    ground = Ground(
        slug=row.tenant.slug,
        look=look,
        columns=columns,
        now=now,
        beside=beside_of(row, look, now=now),
        names={(name.kind, name.id): name for name in named},
        cast=cast_in_order(named),
        may_change=may_change,
        map_id=row.pk,
    )
    _read(row, ground, read, {LaneKind(lane.kind) for lane in read})
    read_grades(row, ground, read, lanes)
    read_scores(row, ground, read)
    drawn = [
        lane_drawn(lane, place + HEAD_ROWS + 1, ground, waits=waiting.get(lane.lineage))
        for place, lane in shown
    ]
    return Grid(ground.columns, drawn, lanes, ground.cast)


def lane_drawn(
    lane: LaneRow, index: int, ground: Ground, *, waits: LaneSize | None = None
) -> LaneDrawn:
    """Lay out one lane; *index* is the place of its row in the grid.

    One that *waits*, and is so big, has a title and counts, but no cells yet.
    """
    kind = LaneKind(lane.kind)
    config = kept_config(kind, lane.config)
    items, hidden = items_of(lane, config, ground)
    persona = ground.name("cast", lane.persona) or ground.name("persona", lane.persona)
    title = lane.title or RULES[kind].words
    drawn = LaneDrawn(
        lane,
        RULES[kind],
        config,
        title,
        index,
        ground.look.is_folded(lane.lineage, usually=lane.is_collapsed),
        ground.look.toggling(lane.lineage),
        ground.look.address(lanes=frozenset() if ground.look.lanes else frozenset({lane.lineage})),
        [],
        str(lane.lineage),
        hidden=hidden,
        persona=persona,
    )
    if waits:
        told = len(items) if drawn.rule.takes_cards else 0
        drawn.waits, drawn.count = waits.lines, told if ground.look.filters else waits.cards
    elif kind in CURVED:
        _draw_curves(drawn, items, ground)
    elif kind is LaneKind.FLOW:
        _draw_ways(drawn, ground)
    elif kind is LaneKind.GRADE:
        drawn.rows = [[_graded_cell(drawn, one, ground) for one in ground.columns.columns]]
    elif kind is LaneKind.LINE:
        drawn.rows = []
    else:
        _draw_cells(drawn, items, ground)
    return drawn


def _names_something(lane: LaneRow) -> bool:
    """Whether a lane shows more than texts of its own."""
    by_persona = lane.config.get("colour_by") == "persona"
    return lane.kind != LaneKind.TEXT or lane.persona is not None or by_persona


def listed(lanes: Sequence[LaneRow], look: Look) -> list[LaneRow]:
    """List the lanes that are looked at: those named, or all but the hidden ones."""
    named = [lane for lane in lanes if lane.lineage in look.lanes]
    return named or [lane for lane in lanes if not lane.is_hidden]


def _read(
    row: JourneyMap, ground: Ground, lanes: Sequence[LaneRow], kinds: Collection[LaneKind]
) -> None:
    """Read what the lanes show; of what none shows there is no query."""
    carded = {lane.lineage for lane in lanes if RULES[LaneKind(lane.kind)].takes_cards}
    if carded:
        for card in rows.cards_of(row, carded):
            ground.cards.setdefault(card.lane, []).append(card)
    if {LaneKind.TOUCHPOINT, LaneKind.CHANNEL} & set(kinds):
        ground.contacts = rows.contacts_of(row)
    if LaneKind.ACTOR in kinds:
        ground.roles = rows.roles_of(row)
    if LaneKind.NESTED in kinds:
        ground.nested = rows.nested_of(row)
    if LaneKind.FLOW in kinds:
        ground.flows = rows.flows_of(row)


def _draw_cells(drawn: LaneDrawn, items: Sequence[Item], ground: Ground) -> None:
    placed: list[tuple[int, int]] = []
    kept: list[Item] = []
    for item in items:
        span = _span(item, ground.columns)
        if span:
            # A folded lane counts what begins at each step.
            placed.append((span[0], span[0]) if drawn.is_folded else span)
            kept.append(item)
    drawn.count = len(kept) if drawn.rule.takes_cards else 0
    for place, indices in enumerate(rows_of_spans(placed)):
        starts: dict[int, tuple[int, list[Item]]] = {}
        for index in indices:
            first, last = placed[index]
            starts.setdefault(first, (last, []))[1].append(kept[index])
        drawn.rows.append(_row(drawn, starts, ground.columns.columns, is_first=place == 0))
    if drawn.rule.kind is LaneKind.CHANNEL and drawn.config.trace and not drawn.is_folded:
        _trace(drawn.rows[0])


def _trace(cells: Sequence[Cell]) -> None:
    """Join the first cell that holds a channel with the last; one alone is joined with nothing."""
    held = [place for place, cell in enumerate(cells) if cell.items]
    if len(held) > 1:
        for place in range(held[0], held[-1] + 1):
            cells[place].trace = "through" if cells[place].items else "gap"
        cells[held[0]].trace, cells[held[-1]].trace = "from", "to"


def _row(
    drawn: LaneDrawn,
    starts: dict[int, tuple[int, list[Item]]],
    columns: Sequence[Column],
    *,
    is_first: bool,
) -> list[Cell]:
    cells: list[Cell] = []
    at = 0
    noun = "card" if drawn.rule.takes_cards else "item"
    is_timed = is_first and drawn.rule.kind is LaneKind.TIME
    while at < len(columns):
        column = columns[at]
        last, items = starts.get(at, (at, []))
        words = _words(column, drawn) if is_timed else ""
        to = f" to step {columns[last].number}" if last > at else ""
        label = f"{column.words}{to}. {drawn.title}. {words or _counted(len(items), noun)}."
        cells.append(Cell(column, columns[last], last - at + 1, label, items, words=words))
        at = last + 1
    return cells


def _span(item: Item, columns: Columns) -> tuple[int, int] | None:
    """Give the columns that a card lies over; None where none of its steps is shown.

    Looked at one stage, a card that goes on beyond is cut at its edge.
    """
    first, last = columns.places.get(item.step), columns.places.get(item.step_to)
    if first is not None and last is not None:
        return first, last
    if first is None and last is None:
        return _over_all(item, columns)
    return (0, last) if last is not None else (first or 0, len(columns.columns) - 1)


def _over_all(item: Item, columns: Columns) -> tuple[int, int] | None:
    """Give all columns where a card begins before the first and ends after the last."""
    order = {step.lineage: place for place, step in enumerate(columns.steps)}
    begin, end = order.get(item.step), order.get(item.step_to)
    shown = [order[step] for step in columns.places]
    if begin is None or end is None or not shown or not begin < min(shown) <= max(shown) < end:
        return None
    return 0, len(columns.columns) - 1


def _words(column: Column, drawn: LaneDrawn) -> str:
    """Say what a cell of times shows that is no item: how long a step is meant to last."""
    if column.is_folded:
        return ""
    meant = column.first.expected_duration
    return "" if meant is None else duration_words(meant, drawn.config.unit)


def _graded_cell(drawn: LaneDrawn, column: Column, ground: Ground) -> Cell:
    marks = grade_marks(drawn.config, ground, column)
    said = f"{marks[0].grade.words}. {marks[0].sub}" if marks else "Not graded"
    label = f"{column.words}. {drawn.title}. {said.rstrip('. ')}."
    return Cell(column, column, 1, label, grades=marks)


def _draw_curves(drawn: LaneDrawn, items: Sequence[Item], ground: Ground) -> None:
    kept = [item for item in items if item.step in ground.columns.places]
    drawn.count = len(kept)
    columns = ground.columns.columns
    cells = curve_cells(drawn.row, drawn.config, ground, kept)
    if drawn.rule.kind is LaneKind.EMOTION:
        drawn.voices = voices_of(drawn.row, drawn.config, ground, kept)
    drawn.summary = summary_of(cells, columns)
    drawn.rows = [
        [
            Cell(column, column, 1, _curve_label(drawn, column, cell), curve=cell)
            for column, cell in zip(columns, cells, strict=True)
        ]
    ]


def _curve_label(drawn: LaneDrawn, column: Column, cell: CurveCell) -> str:
    points = [f"{point.voice.name} {point.words}".strip() for point in cell.points]
    return f"{column.words}. {drawn.title}. {', '.join(points) or 'No value'}."


def _draw_ways(drawn: LaneDrawn, ground: Ground) -> None:
    columns, places = ground.columns.columns, ground.columns.places
    wanted = drawn.config.kinds
    shown = [
        flow
        for flow in ground.flows
        if flow.from_step in places
        and flow.to_step in places
        and (not wanted or flow.kind in wanted)
    ]
    ways = [Way(str(one.lineage), places[one.from_step], places[one.to_step]) for one in shown]
    pieces = pieces_by_column(ways)
    drawn.height = height_of_ways(max(tracks_of(ways), default=0) + 1)
    for flow in shown:
        share = f" {flow.planned_share:.0%}" if drawn.config.shares and flow.planned_share else ""
        condition = f": {flow.condition}" if flow.condition else ""
        drawn.ways[str(flow.lineage)] = f"{FlowKind(flow.kind).words}{share}{condition}"
    drawn.rows = [
        [
            Cell(
                column,
                column,
                1,
                f"{column.words}. {drawn.title}. {_ways_words(drawn, here)}.",
                ways=here,
            )
            for place, column in enumerate(columns)
            for here in [pieces.get(place, [])]
        ]
    ]


def _ways_words(drawn: LaneDrawn, pieces: Sequence[WayPiece]) -> str:
    begun = [drawn.ways[piece.id] for piece in pieces if piece.begins]
    return ", ".join(begun) or "No way begins here"


def _counted(count: int, noun: str) -> str:
    if not count:
        return "Empty"
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"


__all__ = ["FIRST_COLUMN", "Cell", "Grid", "LaneDrawn", "grid_of", "lane_drawn", "listed"]
