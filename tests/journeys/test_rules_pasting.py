"""Tables from a spreadsheet: read, and laid over the cells of a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxm.kernel.operations.state import Element, State
from journeys.rules.pasted_lines import PasteLine
from journeys.rules.pasted_tables import (
    MOST_COLUMNS,
    MOST_ROWS,
    Heads,
    PastedTable,
    guessed_heads,
    read_table,
    transposed,
)
from journeys.rules.pasting import Landing, PastePlan, Pasting, plan_paste

if TYPE_CHECKING:
    from collections.abc import Sequence

MAP, STAGE, FIRST, SECOND = (UUID(int=number) for number in range(1, 5))
DOES, LOCKED, FEELS, PAINS, LINKS = (UUID(int=number) for number in range(11, 16))
CARD, POINT = UUID(int=21), UUID(int=22)


def told_lane(pk: UUID, kind: str, title: str, order: str, **more: Any) -> Element:
    values: dict[str, Any] = {"kind": kind, "title": title, "config": {}, "persona": None}
    values |= {"is_locked": False, "is_hidden": False, **more}
    return Element(pk, "lane", values, MAP, order)


def told_card(pk: UUID, lane: UUID, **values: Any) -> Element:
    told = {"step_from": str(FIRST), "step_to": str(FIRST), "text": "", "persona": None}
    return Element(pk, "card", told | values, lane, "a")


def standing(*more: Element) -> State:
    """Give a map of two steps and lanes of five kinds; one is locked, one is not written in."""
    return State(
        [
            Element(MAP, "map", {"name": "As it is"}),
            Element(STAGE, "stage", {"title": "Buy"}, MAP, "a"),
            Element(FIRST, "step", {"title": "Look"}, STAGE, "a"),
            Element(SECOND, "step", {"title": "Pay"}, STAGE, "b"),
            told_lane(DOES, "text", "Does", "a"),
            told_lane(LOCKED, "text", "Secret", "b", is_locked=True),
            told_lane(FEELS, "emotion", "Feels", "c"),
            told_lane(PAINS, "insight", "Pains", "d"),
            told_lane(LINKS, "link", "", "e"),
            *more,
        ]
    )


def planned(text: str, *more: Element, **asked: Any) -> PastePlan:
    return plan_paste(standing(*more), Pasting(read_table(text), **asked))


def lines(found: Sequence[PasteLine]) -> list[tuple[str, bool]]:
    return [(line.title, line.is_new) for line in found]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a\tb\nc\td", [("a", "b"), ("c", "d")]),
        ("a\tb\r\nc\r\n", [("a", "b"), ("c", "")]),
        ('"two\nlines"\tb', [("two\nlines", "b")]),
        ('"says ""no"""\t"a\tb"', [('says "no"', "a\tb")]),
        ('5" wide\t"open', [('5" wide', '"open')]),
        ('"a" and b\tc', [('"a" and b', "c")]),
        ("\ta\n\tb", [("", "a"), ("", "b")]),
        ("a\t\t\n\n\t\n", [("a",)]),
        ("a\n\nb", [("a",), ("",), ("b",)]),
        (" a \t\u00a0b", [("a", "b")]),
        ("", []),
        ("\n\t\n", []),
    ],
    ids=[
        "plain",
        "windows",
        "quoted",
        "doubled",
        "open-quote",
        "quote-inside",
        "corner",
        "empty-ends",
        "empty-row",
        "spaces",
        "nothing",
        "blanks",
    ],
)
def test_tables_are_read_as_spreadsheets_write_them(text: str, rows: list[Any]) -> None:
    assert read_table(text) == PastedTable(tuple(rows))


def test_what_is_beyond_a_limit_is_counted() -> None:
    wide = read_table("\t".join(["x"] * (MOST_COLUMNS + 3)))
    long = read_table("\n".join(["x"] * (MOST_ROWS + 7)))

    assert (len(wide.rows[0]), wide.columns_left, wide.rows_left) == (200, 3, 0)
    assert (len(long.rows), long.columns_left, long.rows_left) == (2_000, 0, 7)


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=1, max_size=6)
TABLES = st.integers(1, 5).flatmap(
    lambda wide: st.lists(st.lists(CELLS, min_size=wide, max_size=wide), min_size=1, max_size=5)
)


@settings(deadline=None)
@given(TABLES, st.sampled_from(['"', ""]))
def test_what_is_copied_comes_out_of_reading_whole(rows: list[list[str]], quote: str) -> None:
    def written(cell: str) -> str:
        needs = quote or cell.startswith('"')
        return '"' + cell.replace('"', '""') + '"' if needs else cell

    text = "\n".join("\t".join(written(cell) for cell in row) for row in rows)

    assert read_table(text).rows == tuple(tuple(row) for row in rows)


@settings(deadline=None)
@given(TABLES)
def test_swapping_twice_gives_the_table_back(rows: list[list[str]]) -> None:
    table = PastedTable(tuple(tuple(row) for row in rows))

    assert transposed(transposed(table)) == table


@settings(deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_pasted_is_laid_cell_for_cell(text: str) -> None:
    plan = planned(text, lane=DOES, step=FIRST)

    shape = [len(row) for row in plan.rows]
    assert shape == [len(plan.steps)] * len(plan.lanes)
    assert all(bool(cell.made) != bool(cell.fault) for _, _, cell in plan.landings())


@pytest.mark.parametrize(
    ("text", "heads"),
    [
        ("\tLook\tLeave\nDoes\ta\tb", Heads(has_steps=True, has_lanes=True)),
        ("look\tPAY\na\tb", Heads(has_steps=True)),
        ("Does\ta\nFeels\tb", Heads(has_lanes=True)),
        ("a\tb\nc\td", Heads()),
        ("\ta\nb\t", Heads(has_steps=True, has_lanes=True)),
        ("Look\tPay", Heads()),
        ("Does\nFeels", Heads()),
        ("", Heads()),
    ],
    ids=["both", "steps", "lanes", "none", "corner", "one-row", "one-column", "nothing"],
)
def test_titles_are_guessed(text: str, heads: Heads) -> None:
    assert guessed_heads(read_table(text), ["Look", "Pay"], ["Does", "Feels"]) == heads


def test_a_table_goes_right_and_down_and_makes_what_is_missing() -> None:
    plan = planned("a\tb\n1\t0,5\nhttps://a.example\t\nc\t", lane=DOES, step=SECOND)

    assert lines(plan.steps) == [("Pay", False), ("Untitled", True)]
    assert lines(plan.lanes) == [
        ("Does", False),
        ("Feels", False),
        ("Links", False),
        ("Text", True),
    ]
    assert [[cell.made for cell in row] for row in plan.rows] == [
        [(("text", "a"),), (("text", "b"),)],
        [(("value", 1.0),), (("value", 0.5),)],
        [(("url", "https://a.example"),), ()],
        [(("text", "c"),), ()],
    ]


def test_titles_find_steps_and_lanes_and_name_new_ones() -> None:
    heads = Heads(has_steps=True, has_lanes=True)

    plan = planned("\tpay\tLeave\n does \ta\tb\nWhy\tc\t", heads=heads)

    assert lines(plan.steps) == [("Pay", False), ("Leave", True)]
    assert lines(plan.lanes) == [("Does", False), ("Why", True)]
    assert plan.card_count == 3


def test_lines_without_title_and_words_are_left_out() -> None:
    heads = Heads(has_steps=True, has_lanes=True)

    plan = planned("\tPay\t\tLook\nDoes\ta\t\tb\n\t\t\t\nSays\tc\t\t", heads=heads)

    assert lines(plan.steps) == [("Pay", False), ("Look", False)]
    assert lines(plan.lanes) == [("Does", False), ("Says", True)]


def test_a_row_of_titles_alone_makes_steps() -> None:
    plan = planned("Pay\tLeave", heads=Heads(has_steps=True))

    assert lines(plan.new_steps) == [("Leave", True)]
    assert plan.does_something


@pytest.mark.parametrize(
    ("asked", "texts"),
    [
        ({}, ["a", "b", "c"]),
        ({"splits_lines": False}, ["a\nb", "c"]),
    ],
    ids=["lines", "cells"],
)
def test_one_column_goes_into_one_cell(asked: dict[str, Any], texts: list[str]) -> None:
    plan = planned('"a\nb"\nc', lane=DOES, step=FIRST, **asked)

    assert lines(plan.steps) == [("Look", False)]
    assert [text for _, text in plan.rows[0][0].made] == texts


def test_swapped_a_column_goes_along_the_steps() -> None:
    plan = planned("a\nb", lane=DOES, step=FIRST, transposes=True)

    assert [cell.words for cell in plan.rows[0]] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "asked", "fault"),
    [
        ("Secret\ta", {"heads": Heads(has_lanes=True)}, "This lane is locked."),
        ("Pains\ta", {"heads": Heads(has_lanes=True)}, "it holds insights of the library"),
        ("Feels\t3", {"heads": Heads(has_lanes=True)}, "between -2 and +2"),
        ("Feels\tnan", {"heads": Heads(has_lanes=True)}, "one number for each step"),
        ("Feels\tgood", {"heads": Heads(has_lanes=True)}, "one number for each step"),
        ("Links\tjavascript:x", {"heads": Heads(has_lanes=True)}, "https://"),
        ("x" * 20_001, {}, "20000"),
        ("\n".join(["x"] * 61), {}, "up to 60 cards"),
        (f"{'x' * 201}\na", {"heads": Heads(has_steps=True)}, "up to 200 characters"),
    ],
    ids=["locked", "chosen", "range", "nan", "word", "script", "long", "many", "title"],
)
def test_what_does_not_fit_says_why(text: str, asked: dict[str, Any], fault: str) -> None:
    [(_, _, cell)] = planned(text, lane=DOES, step=FIRST, **asked).faults

    assert fault in cell.fault
    assert (cell.made, cell.gone) == ((), ())


def test_a_map_takes_no_more_steps_and_lanes_than_it_holds() -> None:
    row = planned("\t".join(["x"] * 200))
    tall = planned("\n".join(["x\ty"] * 100))
    wide = planned("\n".join(["x"] * 400), transposes=True)

    assert not row.faults
    assert [lane.fault for lane in tall.lanes].count("A map holds up to 80 lanes.") == 22
    assert [step.fault for step in wide.steps].count("A map holds up to 300 steps.") == 100


def test_replacing_takes_what_stands_in_the_cell_and_nothing_else() -> None:
    over = told_card(UUID(int=23), DOES, step_to=str(SECOND))
    there = told_card(CARD, DOES)

    added = planned("a\tb", there, over, lane=DOES, step=FIRST)
    replaced = planned("a\tb", there, over, lane=DOES, step=FIRST, replaces=True)

    assert added.gone_count == 0
    assert [cell.gone for cell in replaced.rows[0]] == [(CARD,), ()]


def test_a_value_that_stands_is_changed_only_when_replacing() -> None:
    point = told_card(POINT, FEELS, value=1.0)
    heads = Heads(has_lanes=True)

    added = planned("Feels\t-1", point, heads=heads)
    replaced = planned("Feels\t\u22121,26", point, heads=heads, replaces=True)

    assert "already" in added.rows[0][0].fault
    assert replaced.rows[0][0] == Landing("\u22121,26", (("value", -1.3),), sets=POINT)


def test_a_map_without_anything_gets_its_first_step_and_lane() -> None:
    bare = State([Element(MAP, "map", {"name": "As it is"})])

    plan = plan_paste(bare, Pasting(read_table("a\tb")))

    assert lines(plan.steps) == [("Untitled", True), ("Untitled", True)]
    assert lines(plan.lanes) == [("Text", True)]


def test_another_map_gives_another_plan_to_look_at() -> None:
    first, again = planned("a\tb", lane=DOES), planned("a\tb", lane=DOES)
    other = planned("a\tb", told_card(CARD, DOES), lane=DOES, replaces=True)

    assert first.seen == again.seen != other.seen


SCALE = UUID(int=16)


@pytest.mark.parametrize(
    ("ends", "text", "value"),
    [
        ({"min": 0, "max": 100}, "85%", 85.0),
        ({"min": 0, "max": 100}, "12,5 %", 12.5),
        ({"min": 0, "max": 100}, "85", 85.0),
        ({"min": 0, "max": 1, "step": 0.01}, "85 %", 0.85),
    ],
)
def test_a_share_is_what_it_says_where_the_scale_is_one_of_shares(
    ends: dict[str, Any], text: str, value: float
) -> None:
    lane = told_lane(SCALE, "scale", "Sure", "f", config=ends)

    [[landing]] = planned(text, lane, lane=SCALE, step=FIRST).rows

    assert landing == Landing(text, (("value", value),))


@pytest.mark.parametrize(
    ("text", "of", "fault"),
    [
        ("85%", SCALE, "“85%” is a share: this lane takes numbers from 1 to 5."),
        ("85%", FEELS, "“85%” is a share: this lane takes numbers from -2 to 2."),
        ("%", SCALE, "“%” is a share: this lane takes numbers from 1 to 5."),
        ("85%%", SCALE, "“85%%” is a share: this lane takes numbers from 1 to 5."),
        ("often", SCALE, "This lane takes one number for each step."),
    ],
)
def test_a_share_is_not_stretched_to_another_scale(text: str, of: UUID, fault: str) -> None:
    lane = told_lane(SCALE, "scale", "Arc", "f", config={"min": 1, "max": 5})

    [(_, _, cell)] = planned(text, lane, lane=of, step=FIRST).faults

    assert cell.fault == fault
