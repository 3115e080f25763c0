"""Rows become responses; what is wrong with a row or a score is refused with its reason."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from feedback.adapters.errors import MappingError
from feedback.adapters.mapping import (
    ChannelSource,
    Comment,
    CustomerColumn,
    CustomerSource,
    LanguageSource,
    Mapping,
    Named,
    Score,
    TimeSource,
    TouchpointName,
    WeightSource,
)
from feedback.adapters.mapping_check import validate
from feedback.adapters.records import CustomerRef, RatingRecord, Refusal, ResponseRecord
from feedback.adapters.survey_file import parse, settle_date_order
from feedback.adapters.table import Table
from tests.feedback.survey_files import BERLIN, NOW, SCALES, mapping, parsed, parsed_file, written

AT = "2026-01-02T03:04:05Z"
SHOP = TouchpointName(key="shop", channel=Named(key="store"))


def _codes(items: list[ResponseRecord | Refusal]) -> list[str]:
    return [item.code if isinstance(item, Refusal) else "response" for item in items]


def _one(cells: dict[str, str], by: Mapping) -> ResponseRecord:
    [response] = parsed(cells, [list(cells.values())], by)
    assert isinstance(response, ResponseRecord)
    return response


def test_a_row_gives_everything_that_is_mapped() -> None:
    by = mapping(
        score=Score(column="score", question="q", metric="nps", touchpoint=SHOP),
        response_id=("id",),
        customer=CustomerSource(
            columns=(CustomerColumn(column="who", kind="external", namespace="crm"),),
            name_column="name",
        ),
        comments=(Comment(column="why", question="why"),),
        weight=WeightSource(column="w"),
        channel=ChannelSource(column="via", channels={"Mail": Named(key="email")}),
        touchpoint=TouchpointName(key="company"),
        language=LanguageSource(column="lang", codes={"1": "fr"}),
        hidden=("seat",),
    )
    cells = {
        "id": "r1", "at": AT, "score": "9", "who": "007", "name": "Ana", "why": " good ",
        "w": "0,5", "via": "mail", "lang": "1", "seat": "12A", "unmapped": "x",
    }  # fmt: skip

    response = _one(cells, by)

    assert response == ResponseRecord(
        line=2,
        key="r1",
        answered_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        survey="shop",
        customer=CustomerRef("external", "crm", "007", "Ana"),
        channel="email",
        touchpoint="company",
        language="fr",
        weight=Decimal("0.5"),
        ratings=(RatingRecord("q", "nps", 9, "shop", "store"),),
        comments={"why": "good"},
        answers={"seat": "12A"},
    )


@pytest.mark.parametrize("at", ["", "soon", "1989-06-01", "2026-11-23T12:00:00Z", "01/02/2026"])
def test_a_bad_time_refuses_the_row_and_not_its_neighbours(at: str) -> None:
    rows = [["9", AT], ["8", at], ["7", AT]]

    items = parsed(["score", "at"], rows, mapping())

    assert _codes(items) == ["response", "bad_time", "response"]
    assert isinstance(items[1], Refusal)
    assert (items[1].line, items[1].is_whole_row) == (3, True)


def test_a_short_row_is_refused_only_when_a_mapped_cell_is_missing() -> None:
    heads = ["score", "at", "why", "extra"]
    by = mapping(comments=(Comment(column="why", question="why"),))

    items = parsed(heads, [["9", AT, "fine"], ["9", AT], ["9"]], by)

    assert _codes(items) == ["response", "ragged_row", "ragged_row"]


def test_a_repeated_response_id_is_a_duplicate_or_a_conflict() -> None:
    rows = [["a", "9", AT], ["b", "9", AT], ["a", "9 ", AT], ["b", "2", AT]]

    items = parsed(["id", "score", "at"], rows, mapping(response_id=("id",)))

    assert _codes(items) == ["response", "response", "duplicate", "conflict"]


def test_a_refused_row_does_not_claim_its_response_id() -> None:
    rows = [["a", "9", "soon"], ["a", "9", AT]]

    items = parsed(["id", "score", "at"], rows, mapping(response_id=("id",)))

    assert _codes(items) == ["bad_time", "response"]


def test_several_columns_make_one_response_id_without_mixing_up() -> None:
    rows = [
        ["a|b", "c", "9", AT],
        ["a", "b|c", "9", AT],
        ["a", "", "9", AT],
        ["x" * 300, "y", "9", AT],
    ]

    items = parsed(["id", "order", "score", "at"], rows, mapping(response_id=("id", "order")))

    assert _codes(items) == ["response", "response", "no_response_id", "no_response_id"]
    assert items[0] != items[1]
    assert [item.key for item in items if isinstance(item, ResponseRecord)] == [
        "a\\|b|c",
        "a|b\\|c",
    ]


def test_ids_stay_text_whatever_their_length() -> None:
    rows = [["9007199254740993", "9", AT], ["9007199254740992", "9", AT]]

    items = parsed(["id", "score", "at"], rows, mapping(response_id=("id",)))

    assert [item.key for item in items if isinstance(item, ResponseRecord)] == [
        "9007199254740993",
        "9007199254740992",
    ]


@pytest.mark.parametrize(
    ("policy", "codes"),
    [("all", ["response"] * 3), ("first", ["response", "response", "duplicate"])],
)
def test_identical_rows_are_one_response_or_several(policy: str, codes: list[str]) -> None:
    rows = [["9", AT], ["8", AT], ["9", AT]]

    items = parsed(["score", "at"], rows, mapping(identical_rows=policy))

    assert _codes(items) == codes
    keys = [item.key for item in items if isinstance(item, ResponseRecord)]
    assert len(set(keys)) == len(keys)


def test_the_key_of_a_row_outlives_a_change_of_columns() -> None:
    [one] = parsed(["score", "at"], [["9", AT]], mapping())
    [other] = parsed(["at", "score"], [[AT, " 9 "]], mapping())

    assert isinstance(one, ResponseRecord)
    assert isinstance(other, ResponseRecord)
    assert one.key == other.key


PEOPLE = CustomerSource(
    columns=(
        CustomerColumn(column="mail", kind="email"),
        CustomerColumn(column="nr", kind="external", namespace="crm"),
    ),
    required=True,
)


@pytest.mark.parametrize(
    ("mail", "nr", "found"),
    [
        ("Ana@example.org", "7", CustomerRef("email", "", "Ana@example.org")),
        ("", "7", CustomerRef("external", "crm", "7")),
    ],
)
def test_the_first_filled_column_names_the_customer(mail: str, nr: str, found: CustomerRef) -> None:
    by = mapping(customer=PEOPLE)

    assert _one({"mail": mail, "nr": nr, "score": "9", "at": AT}, by).customer == found


def test_a_row_without_a_required_customer_is_refused() -> None:
    rows = [["", "", "9", AT], ["nobody", "7", "9", AT]]

    items = parsed(["mail", "nr", "score", "at"], rows, mapping(customer=PEOPLE))

    assert _codes(items) == ["no_customer", "response", "bad_email"]


def test_without_a_requirement_a_nameless_row_loads() -> None:
    by = mapping(customer=msgspec.structs.replace(PEOPLE, required=False))

    assert _one({"mail": "", "nr": "", "score": "9", "at": AT}, by).customer is None


@pytest.mark.parametrize("weight", ["0", "-1", "NaN", "1e7", "1e9999999", "heavy", "Infinity"])
def test_a_bad_weight_is_refused_and_the_row_loads_without(weight: str) -> None:
    rows = [["9", AT, weight]]

    items = parsed(["score", "at", "w"], rows, mapping(weight=WeightSource(column="w")))

    assert _codes(items) == ["response", "bad_weight"]
    assert isinstance(items[0], ResponseRecord)
    assert items[0].weight is None


def test_an_unknown_channel_is_refused_and_the_row_loads_without() -> None:
    by = mapping(channel=ChannelSource(column="via", channels={"web": Named(key="web")}))

    items = parsed(["score", "at", "via"], [["9", AT, "fax"], ["9", AT, "WEB"]], by)

    assert _codes(items) == ["response", "unknown_channel", "response"]


def test_long_texts_are_cut_and_marked() -> None:
    by = mapping(comments=(Comment(column="why", question="why", blank=("NA",)),))

    response = _one({"score": "9", "at": AT, "why": "x" * 20_000}, by)

    assert len(response.comments["why"]) == 10_000
    assert response.comments["why"].endswith("x […]")


def test_a_blank_comment_is_compared_exactly() -> None:
    by = mapping(comments=(Comment(column="why", question="why", blank=("NA",)),))
    heads = ["score", "at", "why"]

    items = parsed(heads, [["9", AT, "NA"], ["9", AT, "na"]], by)

    assert [item.comments for item in items if isinstance(item, ResponseRecord)] == [
        {},
        {"why": "na"},
    ]


def test_refusals_of_the_table_pass_through() -> None:
    refusal = Refusal(2, "ragged_row", "Line 2 has 9 cells.")
    table = Table(("score", "at"), iter([refusal, (3, ["9", AT])]))

    items = list(parse(table, mapping(), SCALES, zone=BERLIN, now=NOW))

    assert _codes(items) == ["ragged_row", "response"]


@pytest.mark.parametrize(
    "by",
    [
        mapping(hidden=("colour",)),
        mapping(score=Score(column="score", question="q", metric="joy")),
        mapping(score=Score(column="", question="q", metric="nps")),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_at_once(by: Mapping) -> None:
    table = Table(("score", "at"), iter([]))

    with pytest.raises(MappingError):
        parse(table, by, SCALES, zone=BERLIN, now=NOW)


@pytest.mark.parametrize(
    ("dates", "order"), [(["01/02/2026", "13/02/2026"], "dmy"), (["01/02/2026"], "ask")]
)
def test_the_date_order_is_settled_by_the_column_or_asked(dates: list[str], order: str) -> None:
    table = Table(("score", "at"), iter([(n, ["9", at]) for n, at in enumerate(dates)]))

    settled = settle_date_order(table, mapping())

    assert settled.answered_at.date_order == order
    assert bool(validate(settled, table.heads)) is (order == "ask")


def test_settling_the_date_order_needs_the_column() -> None:
    with pytest.raises(MappingError, match="no column"):
        settle_date_order(Table(("score",), iter([])), mapping())


def test_a_stated_date_order_is_left_alone() -> None:
    table = Table(("score", "at"), iter([(2, ["9", "13/02/2026"])]))
    by = mapping(answered_at=TimeSource(column="at", date_order="mdy"))

    assert settle_date_order(table, by) == by


def test_a_broken_file_loads_what_is_good_and_says_why_not(tmp_path: Path) -> None:
    content = (
        b"id,at,score,why\n"
        b"1,2026-01-02,9,caf\xe9\n"
        b"2,2026-01-02,11,\n"
        b"3,2026-01-02,8,too,many\n"
        b"4,2026-01-02\n"
        b"5,,8,\n"
        b"1,2026-01-02,9,caf\xe9\n"
        b"1,2026-01-02,3,\n"
        b"9007199254740993,2026-01-02,7,=1+1\n"
    )
    by = mapping(response_id=("id",), comments=(Comment(column="why", question="why"),))
    by = msgspec.structs.replace(
        by, dialect=msgspec.structs.replace(by.dialect, encoding="windows-1252")
    )

    responses, refusals = parsed_file(written(tmp_path, content), by)

    assert [(r.key, [x.value for x in r.ratings]) for r in responses] == [
        ("1", [9]), ("2", []), ("9007199254740993", [7]),
    ]  # fmt: skip
    assert (responses[0].comments, responses[2].comments) == ({"why": "café"}, {"why": "=1+1"})
    assert {refusal.line: refusal.code for refusal in refusals} == {
        3: "off_scale", 4: "ragged_row", 5: "ragged_row", 6: "bad_time", 7: "duplicate",
        8: "conflict",
    }  # fmt: skip
