"""Which lanes of a big map are drawn at once."""

from __future__ import annotations

from uuid import UUID

import pytest

from journeys.rules.first_lanes import FIRST_LINES, WHOLE_UP_TO, LaneSize, waiting_lanes

LANES = [UUID(int=number) for number in range(1, 7)]
HALF = FIRST_LINES / 2
MANY = WHOLE_UP_TO // len(LANES)


def waiting(*lines: float, **more: object) -> list[int]:
    """Say which lanes wait, by number from 1: each of so many *lines*, on a map that is too big."""
    sizes = {lane: LaneSize(MANY + 1, height) for lane, height in zip(LANES, lines, strict=True)}
    found = waiting_lanes(LANES, sizes, 1, **more)  # type: ignore[arg-type]  # named in each test
    return [lane.int for lane in found]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((HALF,) * 6, [3, 4, 5, 6]),
        ((FIRST_LINES * 9, *(1,) * 5), [2, 3, 4, 5, 6]),
        ((HALF - 1, HALF, HALF, 1, 1, 1), [4, 5, 6]),
        ((1,) * 6, []),
    ],
    ids=["two make a screen", "one is higher than a screen", "three make it", "all are seen"],
)
def test_lanes_wait_that_the_first_screen_does_not_show(
    lines: tuple[float, ...], expected: list[int]
) -> None:
    assert waiting(*lines) == expected


def test_a_lane_that_is_named_does_not_wait() -> None:
    assert waiting(*(HALF,) * 6, named={LANES[4]}) == [3, 4, 6]


def test_where_no_screen_is_to_be_filled_only_what_is_named_is_drawn() -> None:
    assert waiting(*(HALF,) * 6, named={LANES[4]}, fills_screen=False) == [1, 2, 3, 4, 6]


@pytest.mark.parametrize(("cards", "waits"), [(WHOLE_UP_TO - 6, 0), (WHOLE_UP_TO - 5, 5)])
def test_a_map_of_few_cells_and_cards_is_drawn_whole(cards: int, waits: int) -> None:
    sizes = {LANES[0]: LaneSize(cards, FIRST_LINES)}

    assert len(waiting_lanes(LANES, sizes, 1)) == waits


def test_cells_without_cards_make_a_map_big_as_well() -> None:
    columns = WHOLE_UP_TO // len(LANES) + 1

    assert len(waiting_lanes(LANES, {}, columns, fills_screen=False)) == len(LANES)


def test_how_big_a_lane_is_goes_with_it() -> None:
    size = LaneSize(WHOLE_UP_TO, 12.0)

    assert waiting_lanes(LANES[:1], {LANES[0]: size}, 1, fills_screen=False) == {LANES[0]: size}
