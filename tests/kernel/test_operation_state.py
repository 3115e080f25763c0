"""The index of a document: whatever is done to it, it says what a look at all elements says."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxm.kernel.operations.order import spread
from cxm.kernel.operations.records import Actor, Deed, Operation, Source
from cxm.kernel.operations.state import Element, State, apply, children, children_by_parent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.kernel.operations.shapes import JSON

IDS = [UUID(int=number) for number in range(8)]
KINDS = ("page", "line")
ORDERS = ("A", "B", "BV", "C")
# What is done, to whom, where to, and at which order.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(Deed), st.sampled_from(IDS), st.sampled_from(IDS), st.sampled_from(ORDERS)
    ),
    max_size=60,
)


def operation(deed: Deed, lineage: UUID, kind: str, after: JSON) -> Operation:
    at = datetime(2027, 1, 1, tzinfo=UTC)
    batch = UUID(int=0)
    return Operation(1, batch, batch, deed, kind, lineage, "", None, after, Actor(), at, Source.UI)


def done(steps: Sequence[tuple[Deed, UUID, UUID, str]]) -> State:
    state = State()
    for deed, lineage, parent, order in steps:
        kind = KINDS[lineage.int % 2]
        after: Any = {"values": {"text": order}, "parent": str(parent), "ord": order}
        if deed is Deed.REBALANCE:
            siblings = children(state, parent, kind)
            orders = spread(len(siblings))
            after = {str(e.id): order for e, order in zip(siblings, orders, strict=True)}
        if (lineage in state) != (deed is Deed.CREATE):
            apply(state, operation(deed, lineage, kind, after))
    return state


@given(steps=STEPS)
def test_whatever_is_done_the_index_says_what_a_look_at_everything_says(
    steps: list[tuple[Deed, UUID, UUID, str]],
) -> None:
    state = done(steps)

    expected = children_by_parent(state)
    for parent in (*IDS, None):
        for kind in KINDS:
            there = expected.get((parent, kind), [])
            assert list(state.children(parent, kind)) == there
            assert state.count(parent, kind) == len(there)
            assert [state.index_of(one) for one in there] == list(range(len(there)))
    for kind in KINDS:
        assert state.children_in(IDS, kind) == [e for i in IDS for e in expected.get((i, kind), [])]


@given(steps=STEPS)
def test_a_state_made_at_once_is_the_one_that_operations_made(
    steps: list[tuple[Deed, UUID, UUID, str]],
) -> None:
    state = done(steps)
    elements = list(state.values())
    Random(1).shuffle(elements)  # noqa: S311 - an order for a test

    again = State(elements)

    assert again == state
    for element in elements:
        place = (element.parent, element.kind)
        assert children(again, *place) == children(state, *place)


def test_what_lies_in_an_element_is_found_at_any_depth_deleted_or_not() -> None:
    book, page, line, other = IDS[:4]
    state = State(
        [
            Element(book, "book", {}),
            Element(page, "page", {}, book, "A", is_deleted=True),
            Element(line, "line", {}, page, "A"),
            Element(other, "page", {}, book, "B"),
        ]
    )

    assert state.inside([page]) == {page, line}
    assert state.inside([book, IDS[7]]) == {book, page, line, other, IDS[7]}


def test_elements_are_found_by_what_their_fields_hold() -> None:
    first, second, third = (
        Element(pk, "line", {"start": str(start), "end": str(end)}, IDS[0], "A")
        for pk, start, end in [(IDS[1], 5, 6), (IDS[2], IDS[5], IDS[6]), (IDS[3], IDS[7], IDS[5])]
    )
    state = State([first, second, third])

    assert state.holding("line", ["start", "end"], [IDS[5]]) == [second, third]
    assert state.holding("line", ["end"], [IDS[5]]) == [third]
    assert state.holding("page", ["end"], [IDS[5]]) == []


def test_an_operation_and_the_element_that_it_makes_share_nothing() -> None:
    told: Any = {"values": {"list": [1]}, "parent": None, "ord": ""}
    state = State()
    apply(state, operation(Deed.CREATE, IDS[0], "page", told))

    told["values"]["list"].append(2)

    assert state[IDS[0]].values == {"list": [1]}
    with pytest.raises(KeyError):
        state[IDS[1]]
