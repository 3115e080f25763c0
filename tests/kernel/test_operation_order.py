"""Order strings: always room between two, never a zero at the end, slow to grow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxm.kernel.operations.order import DIGITS, between, spread


@given(st.lists(st.integers(min_value=0), max_size=80))
def test_there_is_room_at_every_place(places: list[int]) -> None:
    orders: list[str] = []
    for number in places:
        place = number % (len(orders) + 1)
        before = orders[place - 1] if place else ""
        after = orders[place] if place < len(orders) else ""
        orders.insert(place, between(before, after))

    assert orders == sorted(orders)
    assert len(set(orders)) == len(orders)
    assert not [order for order in orders if order.endswith(DIGITS[0])]


def test_adding_at_the_end_grows_slowly() -> None:
    last = ""
    for _ in range(1_000):
        last = between(last, "")

    assert len(last) <= 40


@pytest.mark.parametrize("count", [0, 1, 2, 30, 61, 1_000])
def test_spread_orders_leave_room_everywhere(count: int) -> None:
    orders = spread(count)

    assert len(orders) == count
    assert orders == sorted(set(orders))
    for before, after in zip(["", *orders], [*orders, ""], strict=True):
        assert before < between(before, after)
        assert not after or between(before, after) < after


def test_nothing_lies_between_two_in_the_wrong_order() -> None:
    with pytest.raises(ValueError, match="nothing between"):
        between("b", "a")
