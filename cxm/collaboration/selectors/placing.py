"""Elements among their siblings, with what moves them up and down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Placed[Row]:
    """A row among its siblings.

    To move it up it is put after *above*, to move it down after *below*; both name a sibling,
    "" means the beginning. They mean nothing where it is first or last already.
    """

    row: Row
    is_first: bool
    is_last: bool
    above: str
    below: str


def placed[Row](rows: Sequence[Row], id_of: Callable[[Row], UUID]) -> list[Placed[Row]]:
    """Place *rows*, which are all siblings in their order; *id_of* names one for operations."""
    keys = ["", "", *(str(id_of(row)) for row in rows)]
    last = len(rows) - 1
    return [
        Placed(
            row,
            is_first=place == 0,
            is_last=place == last,
            above=keys[place],
            below=keys[min(place + 3, last + 2)],
        )
        for place, row in enumerate(rows)
    ]
