"""A table laid over the cells of a map: where each cell goes, and what does not fit."""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.records import RefusedError
from journeys.rules.kinds import HIGHEST_EMOTION, LOWEST_EMOTION, LaneKind
from journeys.rules.lane_configs import MOST_IN_A_CELL
from journeys.rules.lane_kinds import card_fault, kept_config
from journeys.rules.laws import TENTHS
from journeys.rules.pasted_lines import VALUES, PasteLine, Span, lane_lines, step_lines
from journeys.rules.pasted_tables import Heads, PastedTable, transposed
from journeys.rules.shapes import MAP

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from cxm.kernel.operations.state import Element, State

type Made = tuple[str, str | float]

_CARD = MAP.elements["card"]
_WRITES = {LaneKind.LINK: "url"}


@dataclass(frozen=True, slots=True)
class Pasting:
    """What is pasted, from which cell on, and how.

    *lane* and *step* are the cell at the left top; None is the first of each. With *replaces* what
    stands in a cell goes when something comes; with *splits_lines* each line is a card of its own.
    """

    table: PastedTable
    lane: UUID | None = None
    step: UUID | None = None
    heads: Heads = field(default_factory=Heads)
    replaces: bool = False
    transposes: bool = False
    splits_lines: bool = True


@dataclass(frozen=True, slots=True)
class Landing:
    """One cell of the table on the map: the cards that are *made*, each a field with its value.

    *gone* are cards that go for them, *sets* is the card whose value is set instead. A cell with a
    *fault* makes nothing; without *words* it was empty.
    """

    words: str = ""
    made: tuple[Made, ...] = ()
    gone: tuple[UUID, ...] = ()
    sets: UUID | None = None
    fault: str = ""


@dataclass(frozen=True)
class PastePlan:
    """What a paste would do: *rows* holds for each of *lanes* a cell for each of *steps*.

    *rows_left* and *columns_left* count what was cut off a table that is too large.
    """

    steps: tuple[PasteLine, ...]
    lanes: tuple[PasteLine, ...]
    rows: tuple[tuple[Landing, ...], ...]
    rows_left: int = 0
    columns_left: int = 0

    def landings(self) -> Iterator[tuple[PasteLine, PasteLine, Landing]]:
        """Give each cell that holds words, with its lane and its step, row by row."""
        for lane, row in zip(self.lanes, self.rows, strict=True):
            for step, cell in zip(self.steps, row, strict=True):
                if cell.words:
                    yield lane, step, cell

    @cached_property
    def faults(self) -> list[tuple[PasteLine, PasteLine, Landing]]:
        """List the cells that do not fit, with their lanes and steps."""
        return [one for one in self.landings() if one[2].fault]

    @cached_property
    def card_count(self) -> int:
        """Count the cards that are made and the values that are set."""
        return sum(len(cell.made) for _, _, cell in self.landings())

    @cached_property
    def gone_count(self) -> int:
        """Count the cards that go."""
        return sum(len(cell.gone) for _, _, cell in self.landings())

    @cached_property
    def new_steps(self) -> list[PasteLine]:
        """List the steps that are made for it."""
        return [line for line in self.steps if line.is_new]

    @cached_property
    def new_lanes(self) -> list[PasteLine]:
        """List the lanes that are made for it."""
        return [line for line in self.lanes if line.is_new]

    @property
    def does_something(self) -> bool:
        """Whether anything of it changes the map."""
        return bool(self.card_count or self.new_steps or self.new_lanes)

    @cached_property
    def seen(self) -> str:
        """Give a word that another plan, also of the same table, does not have."""
        return hashlib.sha256(repr((self.steps, self.lanes, self.rows)).encode()).hexdigest()


def plan_paste(state: State, asked: Pasting) -> PastePlan:
    """Lay a table over a map, from a cell on to the right and down.

    A first row or column of titles finds steps and lanes by their names; without one they are
    those from the cell on that can be written in. What is missing is made: steps behind the last
    one, lanes of text. A single column without titles all goes into the one cell. Nothing is
    changed here, and nothing raised: what does not fit says why.
    """
    table = transposed(asked.table) if asked.transposes else asked.table
    body = _Body.of(table, asked.heads)
    cells: list[list[tuple[str, ...]]] = [[(cell,) for cell in row] for row in body.rows]
    if body.is_list and cells and not asked.transposes:
        cells = [[tuple(cell for row in body.rows for cell in row if cell)]]
    over = step_lines(state, Span(body.width, asked.step, body.steps))
    down = lane_lines(state, Span(len(cells), asked.lane, body.lanes))
    ground = _Ground.of(state, asked)
    laid = tuple(
        tuple(ground.landing(lane, step, pieces) for step, pieces in zip(over, row, strict=True))
        for lane, row in zip(down, cells, strict=True)
    )
    return PastePlan(tuple(over), tuple(down), laid, table.rows_left, table.columns_left)


def persona_of(state: State, lane: UUID | None) -> str | None:
    """Give whose values a lane holds: its own persona, else the map's main one; None is nobody."""
    if lane is None:
        return None
    own = state[lane].values["persona"]
    [root] = state.of_kind("map")
    cast = sorted(state.children(root.id, "cast"), key=lambda one: not one.values["is_main"])
    found = own or (cast[0].values["persona"] if cast else None)
    return str(found) if found else None


@dataclass(frozen=True, slots=True)
class _Body:
    """The cells of a table without its titles, and those of steps and lanes where it has some."""

    rows: list[list[str]]
    steps: list[str] | None
    lanes: list[str] | None

    @classmethod
    def of(cls, table: PastedTable, heads: Heads) -> _Body:
        """Take the titles off; lines with neither a title nor words are left out."""
        rows = [list(row) for row in table.rows]
        top = rows.pop(0) if heads.has_steps and rows else None
        lanes = [row.pop(0) for row in rows] if heads.has_lanes else None
        if top is not None and heads.has_lanes:
            top.pop(0)
        if lanes is not None:
            told = [place for place, row in enumerate(rows) if lanes[place] or any(row)]
            rows, lanes = [rows[place] for place in told], [lanes[place] for place in told]
        if top is not None:
            told = [n for n, title in enumerate(top) if title or any(row[n] for row in rows)]
            rows, top = [[row[n] for n in told] for row in rows], [top[n] for n in told]
        return cls(rows, top, lanes)

    @property
    def is_list(self) -> bool:
        """Whether it is one column without any title."""
        is_bare = self.steps is None and self.lanes is None
        return is_bare and all(len(row) == 1 for row in self.rows)

    @property
    def width(self) -> int:
        """Count its columns, also of a table that is all titles."""
        return len(self.rows[0]) if self.rows else len(self.steps or ())


@dataclass(frozen=True, slots=True)
class _Ground:
    """What stands on the map where a table is pasted, and how it is pasted."""

    state: State
    asked: Pasting
    alone: dict[tuple[UUID, str], list[Element]]
    counts: Counter[tuple[UUID, str]]

    @classmethod
    def of(cls, state: State, asked: Pasting) -> _Ground:
        """Look at the cards of a map: those of one step by their cell, and how many begin there."""
        [root] = state.of_kind("map")
        alone: dict[tuple[UUID, str], list[Element]] = defaultdict(list)
        counts: Counter[tuple[UUID, str]] = Counter()
        for lane in state.children(root.id, "lane"):
            for card in state.children(lane.id, "card"):
                cell = (lane.id, str(card.values["step_from"]))
                counts[cell] += 1
                if card.values["step_from"] == card.values["step_to"]:
                    alone[cell].append(card)
        return cls(state, asked, alone, counts)

    def landing(self, lane: PasteLine, step: PasteLine, pieces: Sequence[str]) -> Landing:
        """Say what becomes of one cell of the table."""
        words = "\n".join(pieces)
        fault = words and (lane.fault or step.fault)
        if not words or fault:
            return Landing(words, fault=fault)
        cell = (lane.id, str(step.id)) if lane.id and step.id else None
        try:
            if lane.kind in VALUES:
                return self._value(lane, cell, words)
            return self._cards(lane, cell, pieces, words)
        except RefusedError as error:
            return Landing(words, fault=str(error))

    def _cards(
        self, lane: PasteLine, cell: tuple[UUID, str] | None, pieces: Sequence[str], words: str
    ) -> Landing:
        texts = [line for piece in pieces for line in self._lines(piece)]
        name = _WRITES.get(lane.kind, "text")
        made = tuple((name, _kept(self._config(lane), lane.kind, name, text)) for text in texts)
        here = self.alone.get(cell, []) if cell else []
        gone = tuple(card.id for card in here) if self.asked.replaces else ()
        count = (self.counts[cell] if cell else 0) - len(gone) + len(made)
        if count > MOST_IN_A_CELL:
            raise RefusedError(f"A cell holds up to {MOST_IN_A_CELL} cards; here were {count}.")
        return Landing(words, made, gone)

    def _value(self, lane: PasteLine, cell: tuple[UUID, str] | None, words: str) -> Landing:
        config = self._config(lane)
        value = _kept(config, lane.kind, "value", _number(words, lane.kind, config))
        there = self._card_with_value(lane, cell) if cell else None
        if there and not self.asked.replaces:
            raise RefusedError("There is a value here already: choose to replace what is there.")
        return Landing(words, (("value", value),), sets=there)

    def _card_with_value(self, lane: PasteLine, cell: tuple[UUID, str]) -> UUID | None:
        persona = persona_of(self.state, lane.id)
        is_felt = lane.kind is LaneKind.EMOTION
        for card in self.alone.get(cell, ()):
            whose = card.values["persona"]
            if not is_felt or (str(whose) if whose else None) == persona:
                return card.id
        return None

    def _lines(self, text: str) -> list[str]:
        if not self.asked.splits_lines:
            return [text]
        return [line.strip() for line in text.splitlines() if line.strip()]

    def _config(self, lane: PasteLine) -> Any:
        told: Any = self.state[lane.id].values["config"] if lane.id else {}
        return kept_config(lane.kind, told)


def _kept(config: Any, kind: LaneKind, name: str, value: str | float) -> Any:
    """Give a value of a card as it is kept. Raises RefusedError where it does not fit the lane."""
    kept: Any = _CARD.field(name).kept(value)
    fault = card_fault(kind, config, {name: kept})
    if fault and fault[0] == name:
        raise RefusedError(fault[1], field=name)
    is_felt = kind is LaneKind.EMOTION
    if is_felt and not LOWEST_EMOTION <= kept <= HIGHEST_EMOTION:
        raise RefusedError("An emotion lies between -2 and +2.", field=name)
    # As the editor does: emotions are told in tenths.
    return round(kept * TENTHS) / TENTHS if is_felt else kept


def _number(words: str, kind: LaneKind, config: Any) -> float:
    """Read a number as spreadsheets show it: with a comma or a point, any minus, and as a share.

    A share is what it says on a scale from 0 to 100, or from 0 to 1; nothing is stretched.
    """
    told = words.replace(",", ".").replace("\u2212", "-").strip()
    low, high = _ends(kind, config)
    is_share = told.endswith("%")
    if is_share and (low, high) not in _SHARES:
        message = f"“{words[:20]}” is a share: this lane takes numbers from {low:g} to {high:g}."
        raise RefusedError(message, field="value")
    try:
        value = float(told.removesuffix("%"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise RefusedError("This lane takes one number for each step.", field="value")
    return value / 100 if is_share and high == 1 else value


_SHARES = ((0, 100), (0, 1))


def _ends(kind: LaneKind, config: Any) -> tuple[float, float]:
    if kind is LaneKind.EMOTION:
        return LOWEST_EMOTION, HIGHEST_EMOTION
    return config.min, config.max
