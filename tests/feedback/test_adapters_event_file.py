"""Lines of orders, customers, companies and events become records, or are refused with reasons."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from cxm.customers.rules.records import Call, Ref
from feedback.adapters.errors import MappingError
from feedback.adapters.event_file import settle_event_orders
from feedback.adapters.event_mapping import EventMapping, ValueColumn, read_mapping
from feedback.adapters.event_mapping_check import validate_events
from feedback.adapters.mapping import Mapping, to_json
from feedback.adapters.table import Table
from feedback.adapters.value_cells import CellError, read_value
from tests.feedback.event_files import (
    HEADS,
    event_mapping,
    parsed_events,
    plain_customers,
    plain_orders,
)
from tests.feedback.survey_files import MAPPINGS

PLACED = {"at": {"column": "placed"}, "name": "order placed"}


def test_an_order_gives_an_event_for_each_time_it_has() -> None:
    rows = [
        ["o1", "ana", "2026-10-01 10:00", "2026-10-02 09:00", "19,90"],
        ["o2", "ben", "2026-10-03 10:00", "", "5"],
    ]

    [first, second], refusals = parsed_events(HEADS, rows, plain_orders())

    assert refusals == []
    assert [(r.key, r.name, r.kind, r.thread_key, r.amount) for r in first.records] == [
        ("o1:placed", "order placed", "order_step", "o1", Decimal("19.90")),
        ("o1:shipped", "order shipped", "order_step", "o1", None),
    ]
    assert [r.touchpoint for r in first.records] == ["", "shipping"]
    assert first.records[0].refs == (Ref("external", "shop", "ana"),)
    assert (first.records[0].currency, first.records[1].currency) == ("EUR", "")
    assert [r.name for r in second.records] == ["order placed"]


def test_steps_in_an_order_that_cannot_be_are_loaded_and_flagged() -> None:
    rows = [
        ["o3", "ana", "2026-10-05", "2026-10-04", ""],
        ["o4", "ana", "2026-10-04", "2026-10-05", ""],
    ]

    lines, refusals = parsed_events(HEADS, rows, plain_orders())

    assert [len(line.records) for line in lines] == [2, 2]
    assert [line.flags for line in lines] == [("order shipped before order placed",), ()]
    assert refusals == []


@pytest.mark.parametrize(
    ("row", "code", "is_whole_row"),
    [
        (["", "ana", "2026-10-01", "", ""], "no_row_id", True),
        (["o1", "ana", "", "", "5"], "no_event", True),
        (["o1", "ana", "soon", "", "5"], "bad_time", True),
        (["o1", "ana", "1980-10-01", "", "5"], "bad_time", True),
        (["o1", "ana", "2027-10-01", "", "5"], "bad_time", True),
        (["o1", "ana", "2026-10-01", "soon", "5"], "bad_time", False),
        (["o1", "ana", "2026-10-01", "", "much"], "bad_value", False),
        (["o1", "ana", "2026-10-01", "", "1e99"], "bad_value", False),
        (["o1", "null", "2026-10-01", "", ""], "bad_customer", False),
        (["o1", "ana"], "ragged_row", True),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(
    row: list[str], code: str, is_whole_row: bool
) -> None:
    lines, [refusal] = parsed_events(HEADS, [row], plain_orders())

    assert (refusal.code, refusal.is_whole_row, refusal.line) == (code, is_whole_row, 2)
    assert len(lines) == (not is_whole_row)
    assert refusal.raw == tuple(row)


def test_a_bad_line_leaves_its_neighbours_alone() -> None:
    rows = [
        ["o1", "ana", "2026-10-01", "", ""],
        ["o2", "", "?", "", ""],
        ["o3", "", "2026-10-01", "", ""],
    ]

    lines, refusals = parsed_events(HEADS, rows, plain_orders())

    assert [line.line for line in lines] == [2, 4]
    assert [refusal.line for refusal in refusals] == [3]


def test_a_required_customer_refuses_lines_that_name_nobody() -> None:
    rows = [["o1", "", "2026-10-01", "", ""]]

    lines, [refusal] = parsed_events(HEADS, rows, plain_orders(is_customer_required=True))

    assert (lines, refusal.code) == ([], "no_customer")


def test_repeated_numbers_are_told_apart_by_their_content() -> None:
    same = ["o1", "ana", "2026-10-01", "", "5"]

    lines, refusals = parsed_events(HEADS, [same, same, [*same[:4], "6"]], plain_orders())

    assert len(lines) == 1
    assert [refusal.code for refusal in refusals] == ["duplicate", "conflict"]


def test_equal_lines_without_a_number_are_several_and_keep_their_keys() -> None:
    by = plain_orders(line="interaction", row_id=[], events=[PLACED])
    row = ["o1", "ana", "2026-10-01", "", "5"]

    first, _ = parsed_events(HEADS, [row, row], by)
    again, _ = parsed_events(HEADS, [row, ["o9", "", "2026-10-01", "", ""], row], by)

    keys = [line.records[0].key for line in first]
    assert len(set(keys)) == 2
    assert keys == [line.records[0].key for line in (again[0], again[2])]


def test_a_customer_line_tells_attributes_and_comes_again_when_they_change() -> None:
    rows = [
        ["007", "Ana@Example.com", "pro", "2026-01-02"],
        ["007", "Ana@Example.com", "free", "2026-02-02"],
    ]

    [first, second], _ = parsed_events("who,mail,plan,since", rows, plain_customers())

    [record] = first.records
    assert record.call is Call.IDENTIFY
    assert record.traits == {"email": "Ana@Example.com", "plan": "pro"}
    assert record.refs == (Ref("external", "shop", "007"), Ref("email", "", "ana@example.com"))
    assert record.key != second.records[0].key


def test_a_contract_is_of_a_company_and_has_a_start_and_an_end() -> None:
    by = {
        "version": 1,
        "line": "contract",
        "source": {"key": "contracts"},
        "row_id": ["nr"],
        "company": {
            "column": "firm",
            "namespace": "crm",
            "attributes": [{"column": "seats", "type": "number"}],
        },
        "events": [
            {"at": {"column": "from"}, "name": "contract began"},
            {"at": {"column": "to"}, "name": "contract ended"},
        ],
    }
    rows = [["c1", "f1", "12", "2026-01-01", "2026-06-30"], ["c2", "", "1", "2026-01-01", ""]]

    [line], [refusal] = parsed_events("nr,firm,seats,from,to", rows, by)

    group, began, ended = line.records
    assert (group.call, group.company, group.traits) == (Call.GROUP, "f1", {"seats": 12})
    assert {(r.kind, r.company, r.namespace) for r in (began, ended)} == {("contract", "f1", "crm")}
    assert refusal.code == "no_company"


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        ("0042", "text", "0042"),
        ("42", "number", 42),
        ("4,5", "number", 4.5),
        ("TRUE", "bool", True),
        ("no", "bool", False),
        ("31 Mar 2026", "date", "2026-03-31"),
        ("2026-03-31 10:30", "date", "2026-03-31T10:30:00"),
    ],
)
def test_values_are_what_their_column_says(text: str, type_: Any, value: object) -> None:
    assert read_value(text, ValueColumn(column="c", type=type_)) == value


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("many", "number"),
        ("NaN", "number"),
        ("1e400", "number"),
        ("maybe", "bool"),
        ("soon", "date"),
        ("03/04/2026", "date"),
    ],
)
def test_values_that_do_not_fit_are_refused(text: str, type_: Any) -> None:
    with pytest.raises(CellError):
        read_value(text, ValueColumn(column="c", type=type_))


def test_day_and_month_are_decided_by_each_whole_column() -> None:
    rows = [["o1", "", "25/10/2026", "11/05/2026", ""], ["o2", "", "01/10/2026", "05/11/2026", ""]]
    table = Table(tuple(HEADS.split(",")), iter(list(enumerate(rows, start=2))))

    settled = settle_event_orders(table, event_mapping(plain_orders()))

    assert [step.at.date_order for step in settled.events] == ["dmy", "ask"]
    fields = [problem.field for problem in validate_events(settled, HEADS.split(","))]
    assert fields == ["events[1].at.date_order"]


@pytest.mark.parametrize(
    ("plain", "field"),
    [
        (plain_orders(source={"key": ""}), "source.key"),
        (plain_orders(row_id=[]), "row_id"),
        (plain_orders(row_id=["nr"]), "row_id[0]"),
        (plain_orders(events=[]), "events"),
        (plain_orders(events=[PLACED, PLACED]), "events"),
        (plain_orders(events=[{"at": {"column": "placed"}}]), "events[0].name"),
        (plain_orders(events=[{"at": {}, "name": "placed"}]), "events[0].at"),
        (plain_orders(line="interaction"), "events"),
        (
            plain_orders(identities=[{"column": "who", "kind": "external"}]),
            "identities[0].namespace",
        ),
        (plain_orders(attributes=[{"column": "total"}], identities=[]), "identities"),
        (plain_orders(properties=[{"column": "total"}, {"column": "total"}]), "properties"),
        (plain_orders(line="company", events=[], at={"column": "placed"}), "company"),
        (plain_orders(line="contract", identities=[]), "company"),
        (plain_orders(line="customer", events=[]), "at"),
        (plain_orders(text={"column": ""}), "text.column"),
    ],
)
def test_each_problem_of_a_mapping_names_its_field(plain: dict[str, Any], field: str) -> None:
    problems = validate_events(event_mapping(plain), HEADS.split(","))

    assert field in [problem.field for problem in problems]


def test_the_mappings_of_these_tests_have_no_problems() -> None:
    assert validate_events(event_mapping(plain_orders()), HEADS.split(",")) == []
    assert validate_events(event_mapping(plain_customers()), ["who", "mail", "plan", "since"]) == []


@pytest.mark.parametrize(
    ("plain", "words"),
    [
        (plain_orders(line="parcel"), "line: invalid enum value"),
        (plain_orders(evnets=[]), "contains unknown field"),
        (plain_orders(version=2), "version: this program reads version 1 only."),
        (
            plain_orders(events=[{"at": {"column": "placed"}, "kind": "dance"}]),
            "events[0].kind: ",
        ),
        ([], "mapping: expected"),
    ],
)
def test_a_mapping_of_another_shape_is_refused(plain: Any, words: str) -> None:
    with pytest.raises(MappingError) as refused:
        read_mapping(json.dumps(plain))

    assert words in str(refused.value)


def test_a_saved_mapping_reads_back_and_one_of_answers_stays_one() -> None:
    for path in MAPPINGS.glob("*.json"):
        mapping = read_mapping(path.read_bytes())
        is_of_events = "line" in json.loads(path.read_bytes())

        assert isinstance(mapping, EventMapping if is_of_events else Mapping)
        assert read_mapping(to_json(mapping)) == mapping
