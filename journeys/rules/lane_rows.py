"""Which card of a lane stands in which of its rows: cards over several steps need room."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def rows_of_spans(spans: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Give for each row of a lane the indices of *spans* in it, from left to right.

    A span is the first and the last column, both inclusive. Those over one column share a cell
    there, in the order given; all others stand alone in theirs. Each takes the first row that has
    room, the ones that begin earlier and reach further first; there is one row at least.
    """
    order = sorted(range(len(spans)), key=lambda i: (spans[i][0], spans[i][0] - spans[i][1], i))
    rows: list[dict[int, bool]] = [{}]
    places: list[list[int]] = [[]]
    for index in order:
        first, last = spans[index]
        is_wide = first != last
        row = next(
            (n for n, taken in enumerate(rows) if _has_room(taken, first, last, is_wide=is_wide)),
            len(rows),
        )
        if row == len(rows):
            rows.append({})
            places.append([])
        for column in range(first, last + 1):
            rows[row][column] = is_wide
        places[row].append(index)
    return places


def _has_room(taken: dict[int, bool], first: int, last: int, *, is_wide: bool) -> bool:
    """Whether nothing is there; narrow ones stand together, so only a wide one is in their way."""
    if is_wide:
        return not any(column in taken for column in range(first, last + 1))
    return not taken.get(first, False)
