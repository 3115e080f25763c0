"""How somebody looks at a map as a table, as its address has it, and how lines are sorted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from journeys.rules.look import Look
from journeys.rules.several import DEEDS, moves_to_step, operations_for
from journeys.rules.table_looks import CARDS, STEPS, TableLook, in_order, table_asked

A, B, C, D = (UUID(int=n) for n in range(1, 5))


def asked(columns: str = "", **query: str) -> TableLook:
    return table_asked(query, Look(), [columns] if columns else [])


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ({}, "?"),
        ({"rows": "cards"}, "?rows=cards"),
        ({"rows": "lanes", "sort": "nothing", "size": "7000"}, "?"),
        ({"sort": "-us"}, "?sort=-us"),
        ({"rows": "cards", "sort": "us"}, "?rows=cards"),
        ({"size": "50"}, "?size=50"),
    ],
    ids=["usual", "cards", "nonsense", "downwards", "a column of the other rows", "size"],
)
def test_an_address_is_read_and_written_again(query: dict[str, str], address: str) -> None:
    assert asked(**query).address() == address


def test_columns_are_chosen_in_their_own_order_and_the_first_always_stays() -> None:
    table = asked("note,stage,nothing,title")

    assert [column.key for column in table.shown] == ["title", "stage", "note"]
    assert table.address() == "?columns=stage%2Cnote"


def test_the_usual_columns_need_no_word_in_the_address() -> None:
    usual = ",".join(column.key for column in asked().shown)

    assert asked(usual).address() == "?"


def test_the_filter_of_the_map_stays_in_the_address() -> None:
    table = table_asked({"rows": "cards"}, Look(q="bill", stage=A))

    assert table.address(size=100) == f"?rows=cards&size=100&filter=bill&stage={A}"


def test_a_head_sorts_up_then_down_then_not() -> None:
    column = asked().shown[0]
    up, down = asked(sort="title"), asked(sort="-title")

    assert [one.sorting(column) for one in (asked(), up, down)] == [
        "?sort=title",
        "?sort=-title",
        "?",
    ]
    assert [one.direction(column) for one in (asked(), up, down)] == [
        "",
        "ascending",
        "descending",
    ]


@pytest.mark.parametrize(
    ("keys", "is_down", "expected"),
    [
        ([3, None, 1], False, [1, 3, None]),
        ([3, None, 1], True, [3, 1, None]),
        (["b", "", "A"], False, ["A", "b", ""]),
        (["b", "", "A"], True, ["b", "A", ""]),
        ([True, False], True, [True, False]),
    ],
)
def test_what_has_no_value_comes_last_both_ways(
    keys: list[Any], expected: list[Any], *, is_down: bool
) -> None:
    assert in_order([(key, key) for key in keys], is_down=is_down) == expected


def test_level_lines_keep_their_order() -> None:
    lines = [(1, "first"), (0, "zero"), (1, "second")]

    assert in_order(lines, is_down=True) == ["first", "second", "zero"]


def test_several_things_are_one_batch() -> None:
    found = operations_for(DEEDS[CARDS]["colour"], [A, B], "c3")

    assert [(one.lineage, one.field) for one in found] == [(A, "colour"), (B, "colour")]
    assert len({one.batch for one in found}) == 1
    assert len({one.id for one in found}) == 2


def test_moving_into_a_stage_names_the_stage() -> None:
    [one] = operations_for(DEEDS[STEPS]["stage"], [A], B)

    assert (one.op.value, one.value) == ("move", {"parent": str(B)})


@pytest.mark.parametrize(
    ("span", "to", "expected"),
    [((A, A), C, (C, C)), ((A, B), C, (C, D)), ((A, C), C, (C, D)), ((B, D), A, (A, C))],
    ids=["one step", "two steps", "cut at the end", "to the front"],
)
def test_a_card_stays_as_wide_as_the_map_allows(
    span: tuple[UUID, UUID], to: UUID, expected: tuple[UUID, UUID]
) -> None:
    found = moves_to_step({UUID(int=9): span}, to, [A, B, C, D])

    assert [(one.field, one.value) for one in found] == [
        ("step_from", str(expected[0])),
        ("step_to", str(expected[1])),
    ]
