"""Breakdowns shown side by side: none of them may give away by subtraction what another hides.

A survey of 63 answers beside its one shown touchpoint of 60 tells of the other 3, although both
cells are large (spec: metrics, section 12, rule 5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import permutations

from analytics.rules.disclosure import Disclosure, bands, disclose
from cxm.metrics.rules.small_cells import SCORES_K, is_differencing

type Spot = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    """A set of answers that is shown, or that follows from what is: all hidden cells together."""

    place: int
    key: str | None
    spots: frozenset[Spot]


def disclose_together(
    answers: Mapping[Spot, Sequence[int]], k: int = SCORES_K
) -> tuple[Disclosure, ...]:
    """Choose what to show of several breakdowns of the same answers over nested periods.

    *answers* holds the number of answers at each combination of cells, one of every breakdown, in
    every period, from the shortest to the longest. Each breakdown is first disclosed for itself.
    Then, in every step between offered periods, cells of two breakdowns are compared, and a cell
    with all those of the other that lie inside it; hidden cells count as the one cell they are
    together. Where two differ by 1 to k - 1 answers a shown one is hidden, the smaller first,
    with such companions as `disclose` finds, until no two differ so. With a breakdown wholly
    hidden nothing but its total is left, so this ends. Raises ValueError as `disclose` does.
    """
    breadth = len(next(iter(answers), ()))
    tables = [_table(answers, place) for place in range(breadth)]
    shown = [disclose(table, k) for table in tables]
    if not shown:
        return ()
    steps = _steps(answers, shown[0].is_offered)
    while cell := _given_away(steps, [one.hidden for one in shown], tables, k):
        place, key = cell
        shown[place] = disclose(tables[place], k, also=shown[place].hidden | {key})
    return tuple(shown)


def _table(answers: Mapping[Spot, Sequence[int]], place: int) -> dict[str, list[int]]:
    """Add up the answers of each cell of one breakdown."""
    table: dict[str, list[int]] = {}
    for spot, counts in answers.items():
        before = table.get(spot[place], [0] * len(counts))
        table[spot[place]] = [a + b for a, b in zip(before, counts, strict=True)]
    return table


def _steps(
    answers: Mapping[Spot, Sequence[int]], is_offered: Sequence[bool]
) -> list[dict[Spot, int]]:
    """Give what each offered period adds, without the combinations that add nothing."""
    added = {spot: bands(counts, is_offered) for spot, counts in answers.items()}
    return [
        {spot: numbers[step] for spot, numbers in added.items() if numbers[step]}
        for step in range(sum(is_offered))
    ]


def _given_away(
    steps: Sequence[Mapping[Spot, int]],
    hidden: Sequence[Set[str]],
    tables: Sequence[Mapping[str, Sequence[int]]],
    k: int,
) -> tuple[int, str] | None:
    """Find a cell to hide, with the place of its breakdown: None when nothing is given away."""
    for sizes in steps:
        for one, other in permutations(range(len(tables)), 2):
            for pair in _pairs(
                _cells(sizes, one, hidden[one]), _cells(sizes, other, hidden[other])
            ):
                if is_differencing(_all_of(pair[:-1]), pair[-1].spots, k, sizes=sizes):
                    return _smallest(pair, sizes, hidden, tables)
    return None


def _cells(sizes: Mapping[Spot, int], place: int, hidden: Set[str]) -> list[_Cell]:
    spots: dict[str | None, set[Spot]] = {}
    for spot in sizes:
        key = None if spot[place] in hidden else spot[place]
        spots.setdefault(key, set()).add(spot)
    return [_Cell(place, key, frozenset(found)) for key, found in spots.items()]


def _pairs(inner: Sequence[_Cell], outer: Sequence[_Cell]) -> Iterator[tuple[_Cell, ...]]:
    """Give cells of one breakdown, and last the cell of another that they are compared with."""
    for whole in outer:
        meeting = [cell for cell in inner if not cell.spots.isdisjoint(whole.spots)]
        yield from ((cell, whole) for cell in meeting)
        inside = [cell for cell in meeting if cell.spots <= whole.spots]
        if len(inside) > 1:
            yield (*inside, whole)


def _all_of(cells: Sequence[_Cell]) -> frozenset[Spot]:
    return frozenset().union(*(cell.spots for cell in cells))


def _smallest(
    cells: Sequence[_Cell],
    sizes: Mapping[Spot, int],
    hidden: Sequence[Set[str]],
    tables: Sequence[Mapping[str, Sequence[int]]],
) -> tuple[int, str]:
    """Choose the smallest of *cells* that is shown, ties by key.

    Where all of them stand for hidden ones it is the smallest that is shown beside these.
    """
    named = [(cell.place, cell.key) for cell in cells if cell.key is not None]
    beside = {
        (cell.place, spot[cell.place])
        for cell in cells
        for spot in sizes
        if spot[cell.place] not in hidden[cell.place]
    }
    return min(named or beside, key=lambda cell: (tables[cell[0]][cell[1]][-1], cell[1], cell[0]))
