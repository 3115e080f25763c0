"""What a scored cell holds: a score, a declared code, or something to refuse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.adapters.mapping import (
    Mapping,
    Score,
)
from feedback.adapters.records import Refusal, ResponseRecord
from tests.feedback.survey_files import mapping, parsed

AT = "2026-01-02T03:04:05Z"


def _one(cells: dict[str, str], by: Mapping) -> ResponseRecord:
    [response] = parsed(cells, [list(cells.values())], by)
    assert isinstance(response, ResponseRecord)
    return response


CELLS = Score(
    column="score",
    question="q",
    metric="csat_5",
    not_applicable=("6", "did not use"),
    blank=("0", "NA"),
    errors=("99",),
    labels={"Yum!": 4},
)


@pytest.mark.parametrize(
    ("cell", "value"), [("5", 5), (" 5 ", 5), ("5.0", 5), ("5,00", 5), ("+3", 3), ("yum!", 4)]
)
def test_scores_are_read(cell: str, value: int) -> None:
    response = _one({"score": cell, "at": AT}, mapping(score=CELLS))

    assert [rating.value for rating in response.ratings] == [value]


@pytest.mark.parametrize("cell", ["", "  ", "0", "NA", "na"])
def test_blank_cells_leave_no_trace(cell: str) -> None:
    response = _one({"score": cell, "at": AT}, mapping(score=CELLS))

    assert (response.ratings, response.answers) == ((), {})


@pytest.mark.parametrize("cell", ["6", "Did not use"])
def test_not_applicable_is_kept_and_is_no_score(cell: str) -> None:
    response = _one({"score": cell, "at": AT}, mapping(score=CELLS))

    assert (response.ratings, response.answers) == ((), {"q": cell})


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("11", "off_scale"),
        ("-1", "off_scale"),
        ("9" * 5_000, "off_scale"),
        ("4.5", "not_whole_number"),
        ("4,5", "not_whole_number"),
        ("TRUE", "not_a_number"),
        ("NaN", "not_a_number"),
        ("inf", "not_a_number"),
        ("1e400", "not_a_number"),
        ("1e0", "not_a_number"),
        ("٣", "not_a_number"),
        ("good", "not_a_number"),
        ("99", "declared_error"),
    ],
)
def test_what_is_no_score_is_refused_and_the_row_still_loads(cell: str, code: str) -> None:
    items = parsed(["score", "at"], [[cell, AT]], mapping(score=CELLS))

    response, refusal = items
    assert isinstance(response, ResponseRecord)
    assert isinstance(refusal, Refusal)
    assert (response.ratings, list(response.answers)) == ((), ["q"])
    assert (refusal.code, refusal.column, refusal.is_whole_row) == (code, "score", False)
    assert (refusal.line, refusal.raw) == (2, (cell, AT))


@pytest.mark.slow
@given(cell=st.text(max_size=12))
def test_no_text_becomes_a_score_by_accident(cell: str) -> None:
    by = mapping(score=Score(column="score", question="q", metric="nps"))

    responses = [
        r for r in parsed(["score", "at"], [[cell, AT]], by) if isinstance(r, ResponseRecord)
    ]

    values = [rating.value for response in responses for rating in response.ratings]
    plain = cell.strip().replace(",", ".").lstrip("+")
    assert values == ([int(float(plain))] if _is_whole(plain) else [])


def _is_whole(text: str) -> bool:
    digits, _, rest = text.removeprefix("-").partition(".")
    is_plain = digits.isascii() and digits.isdigit() and (not rest or set(rest) == {"0"})
    return is_plain and not text.endswith(".") and text.count(".") <= 1 and 0 <= float(text) <= 10
