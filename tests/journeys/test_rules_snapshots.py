"""How maps are written down whole, and which of them go when there are too many."""

from __future__ import annotations

from random import Random
from uuid import UUID

import msgspec
import pytest

from cxm.kernel.operations.state import State
from journeys.rules.reviews import SnapshotTrigger
from journeys.rules.snapshots import Mark, is_due, library_ids, packed, thinned, unpacked
from tests.journeys import chance
from tests.journeys.plain_maps import PlainMap

AUTO, PROMOTE = SnapshotTrigger.EVERY_500_OPS, SnapshotTrigger.BEFORE_PROMOTE
MANUAL, PUBLISH = SnapshotTrigger.MANUAL, SnapshotTrigger.PUBLISH


def marks(*told: tuple[int, SnapshotTrigger]) -> list[Mark]:
    return [Mark(UUID(int=seq), seq, why) for seq, why in told]


@pytest.mark.parametrize(
    ("told", "most", "gone"),
    [
        pytest.param([(500, AUTO), (1_000, AUTO)], 2, [], id="enough room"),
        pytest.param(
            [(500, AUTO), (900, PROMOTE), (1_000, AUTO), (1_500, AUTO)],
            3,
            [900],
            id="the smallest gap closes first",
        ),
        pytest.param(
            [(500, AUTO), (1_000, AUTO), (1_500, AUTO), (2_000, AUTO)],
            2,
            [500, 1_500],
            id="of equal gaps the oldest, and then they are wider there",
        ),
        pytest.param(
            [(1, MANUAL), (2, PUBLISH), (3, MANUAL), (4, AUTO)],
            2,
            [],
            id="what people made stays, and the last one",
        ),
        pytest.param([(1, MANUAL), (2, AUTO), (3, MANUAL)], 1, [2], id="automatic ones only"),
    ],
)
def test_the_automatic_snapshots_go_that_are_missed_least(
    told: list[tuple[int, SnapshotTrigger]], most: int, gone: list[int]
) -> None:
    assert [pk.int for pk in thinned(marks(*told), most)] == gone


@pytest.mark.parametrize(
    ("before", "after", "due"),
    [(0, 499, False), (499, 500, True), (500, 999, False), (990, 1_010, True), (0, 5_000, True)],
)
def test_a_snapshot_is_due_over_each_multiple_of_five_hundred(
    before: int, after: int, *, due: bool
) -> None:
    assert is_due(before, after) is due


@pytest.mark.parametrize("seed", range(5))
def test_a_map_that_was_written_down_is_read_as_it_was(seed: int) -> None:
    rng = Random(seed)  # noqa: S311 - maps by chance, not secrets
    rows = chance.edited(chance.a_map(rng), rng, 5)
    for element in rng.sample(sorted(rows.values(), key=lambda e: e.id), 4):
        element.revs = {"created": 3, "title": 7}
        element.is_deleted = element.parent is not None
    state = State(rows.values())

    written = msgspec.json.decode(msgspec.json.encode(packed(state, {})))

    assert unpacked(written) == state


def test_a_snapshot_names_the_library_items_on_its_cards() -> None:
    drawn = PlainMap()
    [_, step] = drawn.stage("Pay")
    pain = str(UUID(int=7))
    drawn.card(drawn.lane("insight"), step, insight=pain)

    found = library_ids(drawn.state)

    assert found == {"insight": {pain}}
    assert packed(drawn.state, {pain: "Waits"})["titles"] == {pain: "Waits"}
