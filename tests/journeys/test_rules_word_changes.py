"""What changed in a text, word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.rules.word_changes import Piece, PieceSort, word_changes

SAME, ADDED, TAKEN, MARKED = PieceSort
WORDS = st.lists(st.sampled_from(("pay", "wait", "*wait*", " ", "\n", "later")), max_size=12).map(
    "".join
)


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        pytest.param("", "", [], id="nothing"),
        pytest.param("I pay", "I pay", [Piece(SAME, "I pay")], id="the-same"),
        pytest.param(
            "I wait long",
            "I wait briefly",
            [Piece(SAME, "I wait "), Piece(TAKEN, "long"), Piece(ADDED, "briefly")],
            id="a-word-for-another",
        ),
        pytest.param(
            "I wait long",
            "I pay at once",
            [Piece(SAME, "I "), Piece(TAKEN, "wait long"), Piece(ADDED, "pay at once")],
            id="words-with-blanks-between-are-one",
        ),
        pytest.param("", "I pay", [Piece(ADDED, "I pay")], id="written-at-last"),
        pytest.param(
            "I pay now",
            "I pay",
            [Piece(SAME, "I pay"), Piece(TAKEN, " now")],
            id="shorter",
        ),
        pytest.param(
            "I *wait* here",
            "I wait here",
            [Piece(SAME, "I "), Piece(MARKED, "wait"), Piece(SAME, " here")],
            id="only-the-mark",
        ),
    ],
)
def test_texts_are_compared_word_by_word(before: str, after: str, pieces: list[Piece]) -> None:
    assert word_changes(before, after, is_rich=True) == pieces


def test_signs_in_plain_text_are_part_of_the_word() -> None:
    assert word_changes("*a*", "a") == [Piece(TAKEN, "*a*"), Piece(ADDED, "a")]


@given(WORDS, WORDS)
def test_pieces_make_up_both_texts(before: str, after: str) -> None:
    pieces = word_changes(before, after)

    assert "".join(p.text for p in pieces if p.sort is not ADDED) == before
    assert "".join(p.text for p in pieces if p.sort is not TAKEN) == after


def test_two_long_texts_without_a_word_in_common_count_as_replaced() -> None:
    before, after = "a b " * 2_000, "c d " * 2_000

    assert [p.sort for p in word_changes(before, after)] == [TAKEN, ADDED, SAME]
