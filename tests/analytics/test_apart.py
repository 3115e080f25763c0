"""Which overlapping groups are shown together: whoever subtracts learns nothing about a few."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.rules.apart import shown_groups

ALL = "all"
A, B, C = "a", "b", "c"


def cells(**counts: int) -> dict[frozenset[str], int]:
    """Write combinations as words: ab=5 are five people who are in a and in b, and in all."""
    return {frozenset({ALL, *word.replace("none", "")}): n for word, n in counts.items()}


def in_any(people: dict[frozenset[str], int]) -> frozenset[str]:
    """Name the groups that somebody is in; of others nothing is told but that they are empty."""
    return frozenset[str]().union(*(cell for cell, n in people.items() if n))


CASES = [
    pytest.param(cells(a=5, none=5), {ALL, A}, id="a group of five beside five others"),
    pytest.param(cells(a=4, none=50), {ALL}, id="a group of four"),
    pytest.param(cells(a=50, none=4), {ALL}, id="the rest would be four"),
    pytest.param(cells(a=50), {ALL, A}, id="everybody"),
    pytest.param(cells(none=50), {ALL}, id="nobody is in a group"),
    pytest.param(cells(none=4, a=0), set(), id="a workspace of four people"),
    pytest.param(cells(ab=20, none=20), {ALL, A, B}, id="twins"),
    pytest.param(cells(ab=20, a=4, none=20), {ALL, A}, id="four are in the first alone"),
    pytest.param(cells(ab=20, b=4, none=20), {ALL, A}, id="four are in the second alone"),
    pytest.param(cells(ab=20, a=2, b=2, none=20), {ALL, A}, id="two each are in one alone"),
    pytest.param(cells(ab=20, a=3, b=2, none=20), {ALL, A, B}, id="five are in one alone"),
    pytest.param(cells(a=20, b=20), {ALL, A, B}, id="two halves"),
    pytest.param(
        cells(ac=20, bc=20, c=4, none=20), {ALL, A, B}, id="two groups and four more in a third"
    ),
    pytest.param(
        cells(ab=20, bc=20, ac=20, none=20), {ALL, A, B, C}, id="each pair of groups overlaps"
    ),
]


@pytest.mark.parametrize(("people", "expected"), CASES)
def test_no_sum_of_shown_numbers_is_about_fewer_than_five(
    people: dict[frozenset[str], int], expected: set[str]
) -> None:
    assert shown_groups(people, [ALL, A, B, C]) == expected | ({A, B, C} - in_any(people))


def test_groups_that_come_later_hide_none_that_come_first() -> None:
    people = cells(ab=20, a=4, none=20)

    assert shown_groups(people, [ALL, B, A]) == {ALL, B}


def test_a_threshold_that_protects_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 3"):
        shown_groups(cells(a=5), [A], k=2)


def rank(rows: list[list[Fraction]]) -> int:
    """Count the independent rows, exactly: Gaussian elimination in fractions."""
    left, found = [row for row in rows if any(row)], 0
    while left:
        first, *rest = left
        at = next(place for place, value in enumerate(first) if value)
        less = [
            [v - row[at] / first[at] * f for v, f in zip(row, first, strict=True)] for row in rest
        ]
        left, found = [row for row in less if any(row)], found + 1
    return found


def told_about_few(people: list[frozenset[str]], shown: list[str], k: int) -> bool:
    """Say whether some sum of the shown numbers counts 1 to k - 1 people: try every few of them.

    There is such a sum when leaving those people out makes rows dependent that were not.
    """
    rows = [[Fraction(group in one) for one in people] for group in shown]
    whole = rank(rows)
    few = min(k - 1, len(people))
    return any(
        rank([[v for at, v in enumerate(row) if at not in out] for row in rows]) < whole
        for out in combinations(range(len(people)), few)
    )


GROUPS = "abcd"
worlds = st.lists(st.frozensets(st.sampled_from(GROUPS)), min_size=1, max_size=11)


@settings(max_examples=60, deadline=None)
@given(worlds, st.sampled_from([3, 4]))
@example([frozenset("a")] * 3 + [frozenset("ab")] * 4, 4)
@pytest.mark.slow
def test_nobody_can_compute_a_number_about_fewer_than_k_people(
    memberships: list[frozenset[str]], k: int
) -> None:
    people = [one | {ALL} for one in memberships]

    shown = shown_groups(Counter(people), [ALL, *GROUPS], k)

    assert not told_about_few(people, sorted(shown), k)


def test_the_test_of_differences_finds_one() -> None:
    people = [frozenset({ALL, A})] * 5 + [frozenset({ALL, A, B})] * 2

    assert told_about_few(people, [ALL, B], 3)
    assert told_about_few([*people, frozenset({ALL})], [ALL, A], 3)
    assert not told_about_few(people, [ALL, A], 3)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(5, 60), min_size=4, max_size=4), st.integers(5, 60))
@pytest.mark.slow
def test_groups_that_do_not_overlap_are_all_shown_from_five_people_on(
    sizes: list[int], others: int
) -> None:
    people = {frozenset({ALL, group}): n for group, n in zip(GROUPS, sizes, strict=True)}

    shown = shown_groups({**people, frozenset({ALL}): others}, [ALL, *GROUPS])

    assert shown == {ALL, *GROUPS}


@pytest.mark.slow
def test_thirty_groups_that_overlap_at_random_are_decided_about() -> None:
    coins = random.Random(7)  # noqa: S311 - the same every time, not secret
    people = [frozenset(g for g in range(30) if coins.random() < 0.5) | {-1} for _ in range(300)]
    twins = [frozenset({*one, 30} if 29 in one else one) for one in people]

    shown = shown_groups(Counter(twins) + Counter({frozenset({-1, 30}): 2}), [-1, *range(31)])

    assert shown == {-1, *range(30)}
