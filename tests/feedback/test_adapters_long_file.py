"""Files with a line for each rating; and that any file needs little memory."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from collections.abc import Iterator

import msgspec
import pytest

from feedback.adapters.mapping import (
    Comment,
    Named,
    Score,
    TouchpointName,
)
from feedback.adapters.records import RatingRecord, Refusal, ResponseRecord
from feedback.adapters.survey_file import parse
from feedback.adapters.table import Table
from tests.feedback.survey_files import BERLIN, NOW, SCALES, mapping, parsed

AT = "2026-01-02T03:04:05Z"
SHOP = TouchpointName(key="shop", channel=Named(key="store"))


def _codes(items: list[ResponseRecord | Refusal]) -> list[str]:
    return [item.code if isinstance(item, Refusal) else "response" for item in items]


LONG = mapping(
    score=Score(
        column="value",
        metric="csat_5",
        touchpoint_column="where",
        touchpoints={"Shop": SHOP, "Web": TouchpointName(key="web")},
    ),
    shape="long",
    response_id=("id",),
)
LONG_HEADS = ["id", "at", "where", "value"]


def test_rows_of_one_response_in_a_long_file_are_joined_wherever_they_stand() -> None:
    rows = [["a", AT, "Shop", "5"], ["b", AT, "shop", "4"], ["a", AT, "Web", "3"]]

    items = parsed(LONG_HEADS, rows, LONG)

    assert [(r.key, r.line, r.ratings) for r in items if isinstance(r, ResponseRecord)] == [
        (
            "a",
            2,
            (
                RatingRecord("csat_5:shop", "csat_5", 5, "shop", "store"),
                RatingRecord("csat_5:web", "csat_5", 3, "web"),
            ),
        ),
        ("b", 3, (RatingRecord("csat_5:shop", "csat_5", 4, "shop", "store"),)),
    ]
    assert len(items) == 2


def test_rows_of_a_long_file_that_repeat_or_contradict_are_refused() -> None:
    rows = [
        ["a", AT, "Shop", "5"],
        ["a", AT, "Shop", "5"],
        ["a", AT, "Shop", "4"],
        ["a", AT, "Moon", "4"],
        ["a", "soon", "Web", "4"],
        ["", AT, "Web", "4"],
    ]

    items = parsed(LONG_HEADS, rows, LONG)

    assert Counter(_codes(items)) == {
        "response": 1, "duplicate": 1, "conflict": 1, "unknown_touchpoint": 1, "bad_time": 1,
        "no_response_id": 1,
    }  # fmt: skip
    [response] = [item for item in items if isinstance(item, ResponseRecord)]
    assert [rating.value for rating in response.ratings] == [5]


def test_a_long_file_without_response_ids_gives_a_response_a_row() -> None:
    rows = [["a", AT, "Shop", "5"], ["a", AT, "Web", "3"]]

    items = parsed(LONG_HEADS, rows, msgspec.structs.replace(LONG, response_id=()))

    assert [len(item.ratings) for item in items if isinstance(item, ResponseRecord)] == [1, 1]


def test_a_long_file_may_name_questions_and_metrics_in_its_rows() -> None:
    score = Score(
        column="value", question_column="q", metric_column="m", metrics={"Recommend": "nps"}
    )
    by = mapping(score=score, shape="long", response_id=("id",))
    rows = [
        ["a", AT, "q1", "Recommend", "10"],
        ["a", AT, "q2", "csat_5", "5"],
        ["a", AT, "q3", "joy", "5"],
    ]

    items = parsed(["id", "at", "q", "m", "value"], rows, by)

    assert _codes(items) == ["response", "unknown_metric"]
    assert isinstance(items[0], ResponseRecord)
    assert items[0].ratings == (RatingRecord("q1", "nps", 10), RatingRecord("q2", "csat_5", 5))
    assert items[0].answers == {"q3": "5"}


def test_no_text_of_a_long_file_is_lost_in_joining() -> None:
    by = msgspec.structs.replace(LONG, comments=(Comment(column="why", question="why"),))
    rows = [
        ["a", AT, "Shop", "5", "fine"],
        ["a", AT, "Web", "3", "slow"],
        ["a", AT, "", "", "fine"],
    ]

    [response] = parsed([*LONG_HEADS, "why"], rows, by)

    assert isinstance(response, ResponseRecord)
    assert response.comments == {"why": "fine", "why (2)": "slow"}


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["wide", "long"])
def test_many_rows_need_constant_memory(shape: str) -> None:
    by = (
        msgspec.structs.replace(LONG, shape=shape)
        if shape == "long"
        else mapping(response_id=("id",))
    )
    heads = ("id", "at", "where", "value", "score")

    def rows() -> Iterator[tuple[int, list[str]]]:
        for number in range(30_000):
            yield number + 2, [f"response-{number % 25_000}", AT, "Shop", "5", "9"]

    tracemalloc.start()
    try:
        count = sum(1 for _ in parse(Table(heads, rows()), by, SCALES, zone=BERLIN, now=NOW))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert count == 30_000
    assert peak < 1_000_000
