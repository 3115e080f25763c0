"""Which lanes of a big map its page draws at once; the others come when they are scrolled to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

# A map of so many cells and cards is drawn whole: it takes a server core a third of a second.
WHOLE_UP_TO = 3_000
# What a screen of 1,440 pixels shows below the titles of steps, in lines of cards.
FIRST_LINES = 60.0
# A lane is at least as high as this, with its title and the icon before it.
LEAST_LINES = 2.4


class LaneSize(NamedTuple):
    """How many cards a lane holds, and how high it will be, in lines of text, or about so."""

    cards: int = 0
    lines: float = LEAST_LINES


def waiting_lanes(
    lanes: Sequence[UUID],
    sizes: Mapping[UUID, LaneSize],
    columns: int,
    *,
    named: Collection[UUID] = (),
    fills_screen: bool = True,
) -> dict[UUID, LaneSize]:
    """Give the *lanes*, listed from above, that wait, with their size; none of a map small enough.

    The ones *named* are drawn, and where it *fills_screen* the first ones that make a screen full.
    """
    of_each = {lane: sizes.get(lane, LaneSize()) for lane in lanes}
    cells = len(lanes) * columns
    if cells + sum(size.cards for size in of_each.values()) <= WHOLE_UP_TO:
        return {}
    waiting: dict[UUID, LaneSize] = {}
    lines = 0.0
    for lane, size in of_each.items():
        is_seen = fills_screen and lines < FIRST_LINES
        lines += size.lines
        if not is_seen and lane not in named:
            waiting[lane] = size
    return waiting
