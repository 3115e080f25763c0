"""Tags of steps and cards as they are kept, added and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from journeys.rules.tags import (
    LONGEST_TAG,
    MOST_TAGS,
    clean_tags,
    joined_tags,
    tags_written,
    with_tags,
    without_tags,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

FULL = [f"tag {number:02}" for number in range(MOST_TAGS)]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        pytest.param([], [], id="none"),
        pytest.param(["", " , ,\n"], [], id="empty ones"),
        pytest.param(["refund", "legal"], ["legal", "refund"], id="by the alphabet"),
        pytest.param(["refund, legal"], ["legal", "refund"], id="several in one text"),
        pytest.param(["a\nb\r\nc"], ["a", "b", "c"], id="a line each"),
        pytest.param(["  very   late "], ["very late"], id="single blanks"),
        pytest.param(["Refund", "refund", "REFUND"], ["Refund"], id="capitals alone"),
        pytest.param(["Straße", "STRASSE"], ["Straße"], id="capitals of other languages"),
        pytest.param(["b", "A", "c"], ["A", "b", "c"], id="order without capitals"),
        pytest.param(["x" * LONGEST_TAG], ["x" * LONGEST_TAG], id="the longest"),
        pytest.param(FULL, FULL, id="the most"),
    ],
)
def test_tags_are_kept_once_and_in_one_order(told: Sequence[str], kept: list[str]) -> None:
    assert clean_tags(told) == kept
    assert clean_tags([tags_written(kept)]) == kept


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (["ok", "x" * (LONGEST_TAG + 1)], "a tag has up to 60 signs; one of these has 61."),
        ([*FULL, "one more"], "up to 20 tags fit; these are 21."),
    ],
)
def test_tags_that_do_not_fit_are_refused_in_words(told: Sequence[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        clean_tags(told)


def test_tags_come_and_go_however_they_are_capitalised() -> None:
    there = ["Legal", "refund"]

    assert with_tags(there, ["urgent, LEGAL"]) == ["Legal", "refund", "urgent"]
    assert without_tags(there, ["legal,unknown"]) == ["refund"]


def test_of_two_that_become_one_as_many_tags_stay_as_fit() -> None:
    assert joined_tags(["b"], ["a", "B"]) == ["a", "b"]
    assert joined_tags(FULL[1:], ["zebra", "yak"]) == [*FULL[1:], "zebra"]
