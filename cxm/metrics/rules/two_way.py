"""Two-way tables: what shown margins give away about hidden cells, and hiding enough of both."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from cxm.kernel.lazily import lazily
from cxm.metrics.rules.small_cells import SCORES_K, is_covered, is_too_small

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy import optimize
else:
    np = lazily("numpy")
    optimize = lazily("scipy.optimize")

# A table with its margins: row r, column c; row or column MARGIN stands for the totals.
MARGIN = -1

type Table = Sequence[Sequence[int]]
type Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the largest value that a hidden count can have; *high* may be infinite."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Line:
    """The places of one row, one column or one margin, and the place of their total."""

    parts: tuple[Place, ...]
    total: Place


def hidden_bounds(table: Table, hidden: Set[Place]) -> dict[Place, Bounds]:
    """Work out what a reader can infer about each hidden place, by linear programming.

    A place is (row, column), counted from 0; (row, MARGIN) and (MARGIN, column) are totals, and
    (MARGIN, MARGIN) is the grand total. What is not in *hidden* is shown, and counts are known
    to be 0 or more. Runs two small linear programs for each hidden place.
    """
    cells = sorted(place for place in hidden if MARGIN not in place)
    shown_totals = [place for place in _places(table) if MARGIN in place and place not in hidden]
    sums = np.array([_members(total, cells) for total in shown_totals], dtype=float)
    rest = [_count(table, total) - _known(table, total, hidden) for total in shown_totals]
    bounds = {}
    for place in hidden:
        members = np.array(_members(place, cells), dtype=float)
        known = _known(table, place, hidden)
        low = _least(members, sums, rest)
        high = -_least(-members, sums, rest)
        bounds[place] = Bounds(known + low, known + high)
    return bounds


def exposed(table: Table, hidden: Set[Place], k: int = SCORES_K) -> list[Place]:
    """List the hidden places whose bounds lie less than *k* apart, in order."""
    bounds = hidden_bounds(table, hidden)
    return sorted(place for place, found in bounds.items() if found.high - found.low < k)


def suppress_table(table: Table, k: int = SCORES_K) -> frozenset[Place]:
    """Choose the places of a two-way table to hide, totals included; see `hidden_bounds`.

    Small counts are hidden first. Then every row and column beside its total, and the totals
    beside the grand total, get companions as in `suppress`; a count that crosses another line
    with something hidden goes before a smaller one, which closes rectangles and hides fewer. Last,
    whatever the shown totals still give away gets more company, until nothing is exposed.
    """
    hidden = {place for place in _places(table) if is_too_small(_count(table, place), k)}
    while True:
        _complete(table, hidden, k)
        found = exposed(table, hidden, k)
        if not found:
            return frozenset(hidden)
        near = {place for line in _lines_through(table, found[0]) for place in _all(line)}
        shown = [place for place in _places(table) if _is_shown(table, place, hidden)]
        hidden.add(min(shown, key=lambda place: (place not in near, _count(table, place), place)))


def _complete(table: Table, hidden: set[Place], k: int) -> None:
    """Add companions to *hidden* until every line with a shown total is covered."""
    while line := next((line for line in _lines(table) if _is_open(table, line, hidden, k)), None):
        shown = [place for place in line.parts if _is_shown(table, place, hidden)]
        hidden.add(min(shown, key=_rank(table, line, hidden)) if shown else line.total)


def _is_open(table: Table, line: _Line, hidden: Set[Place], k: int) -> bool:
    inside = [_count(table, place) for place in line.parts if place in hidden]
    return bool(inside) and line.total not in hidden and not is_covered(inside, k)


def _rank(
    table: Table, line: _Line, hidden: Set[Place]
) -> Callable[[Place], tuple[bool, int, Place]]:
    def rank(place: Place) -> tuple[bool, int, Place]:
        crossing = [other for other in _lines_through(table, place) if other != line]
        is_crossed = any(hidden & set(other.parts) for other in crossing)
        return not is_crossed, _count(table, place), place

    return rank


def _is_shown(table: Table, place: Place, hidden: Set[Place]) -> bool:
    return place not in hidden and _count(table, place) > 0


def _least(target: NDArray[np.float64], sums: NDArray[np.float64], rest: list[int]) -> float:
    """Minimise *target* over the counts that fit the shown totals; -inf without a limit."""
    if not target.any():
        return 0.0
    found = optimize.linprog(
        target, A_eq=sums if rest else None, b_eq=rest or None, bounds=(0, None)
    )
    # The sums of rows and columns are totally unimodular: the true optimum is a whole number.
    return float(round(found.fun)) if found.status == 0 else -math.inf


def _places(table: Table) -> Iterator[Place]:
    rows, columns = range(MARGIN, len(table)), range(MARGIN, len(table[0]))
    return product(rows, columns)


def _lines(table: Table) -> Iterator[_Line]:
    """Yield every row and column of the table with its margins."""
    rows, columns = range(len(table)), range(len(table[0]))
    for row in (*rows, MARGIN):
        yield _Line(tuple((row, column) for column in columns), (row, MARGIN))
    for column in (*columns, MARGIN):
        yield _Line(tuple((row, column) for row in rows), (MARGIN, column))


def _lines_through(table: Table, place: Place) -> list[_Line]:
    return [line for line in _lines(table) if place in _all(line)]


def _all(line: _Line) -> tuple[Place, ...]:
    return (*line.parts, line.total)


def _members(place: Place, cells: Sequence[Place]) -> list[bool]:
    """Mark the *cells* that add up to *place*: itself, or those in its row or column."""
    row, column = place
    return [
        row in (MARGIN, its_row) and column in (MARGIN, its_column) for its_row, its_column in cells
    ]


def _count(table: Table, place: Place) -> int:
    row, column = place
    rows = table if row == MARGIN else [table[row]]
    return sum(sum(counts) if column == MARGIN else counts[column] for counts in rows)


def _known(table: Table, place: Place, hidden: Set[Place]) -> int:
    """Add up the shown cells that belong to *place*."""
    cells = [cell for cell in _places(table) if MARGIN not in cell and cell not in hidden]
    marks = _members(place, cells)
    return sum(_count(table, cell) for cell, mark in zip(cells, marks, strict=True) if mark)
