"""Laws of the difference between two maps, and what single edits are told as."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.rules.applying import applied
from journeys.rules.changes import inverted
from journeys.rules.comparing import changes_between
from tests.journeys.chance import a_map, as_file, edited

if TYPE_CHECKING:
    from tests.journeys.chance import Rows

SEEDS = st.integers(0, 2**32)
pytestmark = pytest.mark.slow


def two_maps(seed: int) -> tuple[Rows, Rows]:
    """Give two maps that began as one and were edited apart."""
    rng = Random(seed)  # noqa: S311 - for tests
    base = a_map(rng)
    return edited(base, rng, rng.randint(0, 6)), edited(base, rng, rng.randint(0, 6))


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_a_map_does_not_differ_from_itself(seed: int) -> None:
    one, _ = two_maps(seed)

    assert changes_between(one, one) == []


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_the_difference_makes_of_one_map_the_other_both_ways_round(seed: int) -> None:
    left, right = two_maps(seed)

    assert as_file(applied(left, changes_between(left, right))) == as_file(right)
    assert as_file(applied(right, changes_between(right, left))) == as_file(left)


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_a_difference_taken_back_gives_the_map_before(seed: int) -> None:
    left, right = two_maps(seed)

    back = [inverted(change) for change in changes_between(left, right)]

    assert as_file(applied(right, back)) == as_file(left)


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    left, right = two_maps(seed)
    rng = Random(seed)  # noqa: S311 - for tests

    def shuffled(state: Rows) -> Rows:
        rows = list(state.items())
        rng.shuffle(rows)
        return dict(rows)

    assert changes_between(shuffled(left), shuffled(right)) == changes_between(left, right)
