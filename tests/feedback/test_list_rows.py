"""Reading lists of people: columns, bare addresses, and what is wrong with a row."""

from __future__ import annotations

import pytest

from cxm.customers.rules.records import Ref
from feedback.rules.distribution.list_rows import MOST_PEOPLE, ListRefusedError, read_people

EMAIL, PHONE = "ana@example.com", "+351 912 000 111"


def test_columns_are_known_by_their_heads_and_the_rest_stands_beside() -> None:
    heads = ["E-Mail", "Customer number", "Full  name", "Locale", "Order", ""]
    row = [" Ana@Example.com ", "C-7", "Ana Reis", "pt-BR", "A-1024", ""]

    [ana] = read_people([heads, row])

    assert ana.refs == (Ref("external", "", "C-7"), Ref("email", "", EMAIL))
    assert dict(ana.values) == {
        "email": "Ana@Example.com",
        "external_id": "C-7",
        "name": "Ana Reis",
        "language": "pt-BR",
    }
    assert dict(ana.facts) == {"Order": "A-1024"}
    assert (ana.number, ana.fault) == (2, "")


@pytest.mark.parametrize(
    ("bare", "kind", "value"), [(EMAIL, "email", EMAIL), (PHONE, "phone", "+351912000111")]
)
def test_bare_addresses_need_no_heads(bare: str, kind: str, value: str) -> None:
    people = read_people([[bare], [""], [bare.replace("ana", "bo").replace("111", "222")]])

    assert people[0].refs == (Ref(kind, "", value),)
    assert [(one.number, one.fault) for one in people] == [(1, ""), (3, "")]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (["ana", "", "", ""], "email: “ana” is no e-mail address."),
        (["", "12", "", ""], "phone: “12” is no phone number."),
        (["", "", "", "A-1"], "Nobody is named: an email, phone or external_id is missing."),
        ([EMAIL, "", "deutsch!", ""], "language: “deutsch!” is no language, such as de or pt-BR."),
        ([EMAIL, "", "", "x" * 501], "order: longer than 500 characters."),
        ([EMAIL, "", "", "", "more"], "The row has more cells than there are heads (4)."),
    ],
)
def test_a_fault_names_its_column(row: list[str], fault: str) -> None:
    [person] = read_people([["email", "phone", "language", "order"], row])

    assert person.fault == fault


def test_who_is_named_twice_is_asked_once() -> None:
    rows = [["email", "phone"], [EMAIL, PHONE], ["bo@example.com", PHONE], [EMAIL.upper(), ""]]

    assert [one.fault for one in read_people(rows)] == [
        "",
        "The same person as in row 2.",
        "The same person as in row 2.",
    ]


def test_a_row_with_a_fault_hides_nobody() -> None:
    rows = [["email", "language"], [EMAIL, "deutsch!"], [EMAIL, "de"]]

    assert [bool(one.fault) for one in read_people(rows)] == [True, False]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "There is nobody in it."),
        ([["", " "]], "There is nobody in it."),
        ([["email", "na\0me"], [EMAIL, "Ana"]], "There are NUL signs in it"),
        ([["email", "name"], [EMAIL, "A\0na"]], "There are NUL signs in it"),
        ([["email", "name"]], "There are heads, and nobody below them."),
        ([["Ana", "Reis"]], "Name the columns in the first row"),
        ([["ana@example.com", "Ana"]], "Name the columns in the first row"),
        ([["email", "E-Mail"], [EMAIL, EMAIL]], "Two columns are called “email”"),
        ([["email", *map(str, range(21))], [EMAIL]], "There are 21 columns besides the person"),
        ([["email", "x" * 61], [EMAIL]], "is longer than 60 characters"),
        ([["email"]] + [[EMAIL]] * (MOST_PEOPLE + 1), "There are 20,001 people in it"),
    ],
)
def test_what_is_no_list_is_refused_in_words(rows: list[list[str]], words: str) -> None:
    with pytest.raises(ListRefusedError, match=words):
        read_people(rows)
