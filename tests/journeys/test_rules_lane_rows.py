"""Cards over several steps do not cover each other, and ways between steps neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.rules.flow_tracks import Way, pieces_by_column, tracks_of
from journeys.rules.lane_rows import rows_of_spans

ENDS = st.tuples(st.integers(0, 8), st.integers(0, 8))
SPANS = st.lists(ENDS.map(lambda ends: (min(ends), max(ends))), max_size=14)


@pytest.mark.parametrize(
    ("spans", "rows"),
    [
        pytest.param([], [[]], id="an empty lane has a row"),
        pytest.param([(0, 0), (0, 0)], [[0, 1]], id="narrow ones share a cell"),
        pytest.param([(0, 1), (2, 2)], [[0, 1]], id="beside each other"),
        pytest.param([(1, 2), (2, 2)], [[0], [1]], id="under a wide one"),
        pytest.param([(0, 1), (1, 2), (2, 3)], [[0, 2], [1]], id="a row is used again"),
    ],
)
def test_cards_stand_in_the_first_row_with_room(
    spans: list[tuple[int, int]], rows: list[list[int]]
) -> None:
    assert rows_of_spans(spans) == rows


@given(SPANS)
def test_every_card_stands_once_and_none_over_another(spans: list[tuple[int, int]]) -> None:
    rows = rows_of_spans(spans)

    assert sorted(index for row in rows for index in row) == list(range(len(spans)))
    for row in rows:
        wide = [spans[index] for index in row if spans[index][0] != spans[index][1]]
        narrow = {spans[index][0] for index in row} - {first for first, _ in wide}
        taken = [column for first, last in wide for column in range(first, last + 1)]
        assert len(taken) == len(set(taken))
        assert not narrow & set(taken)
        assert [spans[index][0] for index in row] == sorted(spans[index][0] for index in row)


@given(st.lists(ENDS, max_size=10))
def test_ways_on_one_track_do_not_meet(ends: list[tuple[int, int]]) -> None:
    ways = [Way(str(index), *pair) for index, pair in enumerate(ends)]
    lines: dict[int, list[int]] = {}
    for way, track in zip(ways, tracks_of(ways), strict=True):
        left, right = sorted((way.start, way.end))
        lines.setdefault(track, []).extend(range(left, right + 1))

    assert all(len(line) == len(set(line)) for line in lines.values())


def test_a_way_goes_through_all_cells_between_and_points_at_the_last() -> None:
    found = pieces_by_column([Way("back", 3, 1)])

    assert {column: [bool(piece.head) for piece in pieces] for column, pieces in found.items()} == {
        3: [False],
        2: [False],
        1: [True],
    }
    assert found[2][0].path.startswith("M0 ")
    assert found[3][0].begins


def test_a_loop_stays_over_its_step() -> None:
    [piece] = pieces_by_column([Way("again", 2, 2)])[2]

    assert piece.head
    assert piece.begins
