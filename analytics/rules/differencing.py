"""Breakdowns shown side by side: none of them may give away by subtraction what another hides.

A survey of 63 answers beside its one shown touchpoint of 60 tells of the other 3, although both
cells are large (spec: metrics, section 12, rule 5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import permutations

from analytics.rules.disclosure import Disclosure, bands, disclose
from cxm.metrics.rules.small_cells import SCORES_K, is_too_small

type Spot = tuple[str, ...]
type _Cell = tuple[int, str | None]
"""A set of answers that is shown, by its breakdown and key, or all hidden ones together: None."""


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
        for inner, outer in permutations(range(len(tables)), 2):
            for cells, apart in _compared(sizes, (inner, outer), hidden):
                if is_too_small(apart, k):
                    return _smallest(cells, sizes, hidden, tables)
    return None


def _compared(
    sizes: Mapping[Spot, int], places: tuple[int, int], hidden: Sequence[Set[str]]
) -> Iterator[tuple[tuple[_Cell, ...], int]]:
    """Compare cells of two breakdowns: which ones, and how many answers are in one side alone.

    Each cell of the inner breakdown, and then all that lie inside one of the outer together, with
    that of the outer last. Counted by adding up once: there may be thousands of pairs.
    """
    inner, outer = places
    answers: Counter[_Cell] = Counter()
    shared: dict[_Cell, Counter[_Cell]] = {}
    for spot, n in sizes.items():
        one, whole = _cell(spot, inner, hidden), _cell(spot, outer, hidden)
        answers[one] += n
        answers[whole] += n
        shared.setdefault(whole, Counter())[one] += n
    for whole, meeting in shared.items():
        for one, n in meeting.items():
            yield (one, whole), answers[one] + answers[whole] - 2 * n
        inside = [one for one, n in meeting.items() if n == answers[one]]
        if len(inside) > 1:
            yield (*inside, whole), answers[whole] - sum(answers[one] for one in inside)


def _cell(spot: Spot, place: int, hidden: Sequence[Set[str]]) -> _Cell:
    return place, None if spot[place] in hidden[place] else spot[place]


def _smallest(
    cells: Sequence[_Cell],
    sizes: Mapping[Spot, int],
    hidden: Sequence[Set[str]],
    tables: Sequence[Mapping[str, Sequence[int]]],
) -> tuple[int, str]:
    """Choose the smallest of *cells* that is shown, ties by key.

    Where all of them stand for hidden ones it is the smallest that is shown beside these.
    """
    named = [(place, key) for place, key in cells if key is not None]
    beside = {
        (place, spot[place])
        for place, _ in cells
        for spot in sizes
        if spot[place] not in hidden[place]
    }
    return min(named or beside, key=lambda cell: (tables[cell[0]][cell[1]][-1], cell[1], cell[0]))
