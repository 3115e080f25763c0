"""The forest of merges: what is undone leaves no trace, wherever it stood."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxm.customers.rules.forest import (
    MergeCircleError,
    merged,
    path_of,
    root_of,
    roots,
    unmerged,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

ROWS = range(8)
type Forest = dict[int, int]
type Pair = tuple[int, int]

_pairs = st.tuples(st.sampled_from(ROWS), st.sampled_from(ROWS))
_steps = st.lists(_pairs, max_size=12)


def _grown(steps: Iterable[Pair], merges: Forest | None = None) -> Forest:
    """Merge each pair that is not one yet."""
    forest = dict(merges or {})
    for absorbed, survivor in steps:
        if root_of(absorbed, forest) != root_of(survivor, forest):
            forest = merged(forest, absorbed=absorbed, survivor=survivor)
    return forest


def _groups(forest: Forest) -> set[frozenset[int]]:
    """Give who is one with whom."""
    root = roots(ROWS, forest)
    return {frozenset(row for row in ROWS if root[row] == r) for r in root.values()}


@pytest.mark.parametrize(
    ("merges", "expected"),
    [
        pytest.param({}, {"a": "a", "b": "b", "c": "c"}, id="nobody-merged"),
        pytest.param({"a": "b"}, {"a": "b", "b": "b", "c": "c"}, id="one-merge"),
        pytest.param({"a": "b", "b": "c"}, {"a": "c", "b": "c", "c": "c"}, id="a-chain"),
        pytest.param({"a": "c", "b": "c"}, {"a": "c", "b": "c", "c": "c"}, id="two-into-one"),
    ],
)
def test_a_root_is_where_the_merges_lead(merges: dict[str, str], expected: dict[str, str]) -> None:
    assert roots("abc", merges) == expected


def test_a_path_names_every_step() -> None:
    assert path_of("a", {"a": "b", "b": "c"}) == ["a", "b", "c"]


def test_the_root_of_the_one_that_goes_is_absorbed_into_the_very_row_named() -> None:
    assert merged({"a": "b", "c": "d"}, absorbed="a", survivor="c") == {
        "a": "b",
        "b": "c",
        "c": "d",
    }


def test_undoing_in_the_middle_takes_along_what_was_merged_below() -> None:
    forest = {"a": "b", "b": "c", "c": "d"}

    assert roots("abcd", unmerged(forest, "b")) == {"a": "b", "b": "b", "c": "d", "d": "d"}


@pytest.mark.parametrize("pair", [("a", "a"), ("a", "b"), ("b", "a"), ("c", "a")])
def test_a_circle_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(MergeCircleError):
        merged({"a": "b", "b": "c"}, absorbed=pair[0], survivor=pair[1])


def test_merges_that_lead_in_a_circle_are_told_instead_of_followed_for_ever() -> None:
    with pytest.raises(MergeCircleError):
        root_of("a", {"a": "b", "b": "c", "c": "b"})


def test_what_was_never_merged_cannot_be_taken_apart() -> None:
    with pytest.raises(KeyError):
        unmerged({"a": "b"}, "b")


@given(before=_steps, pair=_pairs, after=_steps)
def test_a_merge_undone_was_never_there(before: list[Pair], pair: Pair, after: list[Pair]) -> None:
    start = _grown(before)
    with_it = _grown([pair], start)
    if with_it == start:
        return
    [gone] = set(with_it) - set(start)
    later = {a: s for a, s in _grown(after, with_it).items() if a not in with_it}

    undone = unmerged({**with_it, **later}, gone)

    assert undone == _grown(later.items(), start)


@given(steps=_steps, seed=st.randoms(use_true_random=False))
def test_the_order_of_merges_does_not_decide_who_is_one_with_whom(
    steps: list[Pair], seed: object
) -> None:
    shuffled = list(steps)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random

    assert _groups(_grown(steps)) == _groups(_grown(shuffled))


@given(steps=_steps, data=st.data())
def test_the_order_of_undoing_does_not_matter(steps: list[Pair], data: st.DataObject) -> None:
    forest = _grown(steps)
    some = st.lists(st.sampled_from(sorted(forest)), unique=True) if forest else st.just([])
    gone = data.draw(some)
    again = data.draw(st.permutations(gone))

    one, other = forest, forest
    for row in gone:
        one = unmerged(one, row)
    for row in again:
        other = unmerged(other, row)

    assert roots(ROWS, one) == roots(ROWS, other)


@given(steps=_steps)
def test_every_row_has_one_root_which_is_its_own(steps: list[Pair]) -> None:
    forest = _grown(steps)

    found = roots(ROWS, forest)

    assert all(found[root] == root for root in found.values())
    assert all(
        found[here] == found[there]
        for row in ROWS
        for here, there in pairwise(path_of(row, forest))
    )
