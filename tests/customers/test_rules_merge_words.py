"""Merges in words."""

from __future__ import annotations

import pytest

from cxm.customers.rules.merge_words import counts_words, merge_words, unmerge_words, why


@pytest.mark.parametrize(
    ("rule", "told", "expected"),
    [
        ("person", {}, "Joined by hand"),
        ("person", {"reason": "same voice"}, "Joined by hand: “same voice”"),
        ("api", {}, "Joined through the API"),
        ("identify", {}, "A visitor signed in"),
        (
            "identify",
            {"kind": "email", "value": "m…@…"},
            "A visitor gave the e-mail address m…@…",
        ),
        (
            "alias",
            {"kind": "anonymous", "value": "a-1"},
            "A program said that browser id a-1 is the same person",
        ),
        ("alias", {}, "A program said so"),
    ],
)
def test_a_merge_says_why(rule: str, told: dict[str, str], expected: str) -> None:
    assert why(rule, **told) == expected


@pytest.mark.parametrize(
    ("interactions", "responses", "expected"),
    [
        (0, 0, "no interactions"),
        (1, 0, "1 interaction"),
        (1, 1, "1 response"),
        (1200, 1, "1,200 interactions, 1 of them a response"),
        (4, 3, "4 interactions, 3 of them responses"),
    ],
)
def test_facts_are_counted(interactions: int, responses: int, expected: str) -> None:
    assert counts_words(interactions, responses) == expected


def test_a_merge_says_what_moves() -> None:
    words = merge_words("Maja", "Maya", rows=3, interactions=2, responses=0)

    assert words.startswith(
        "Maja and 2 customers joined with them will be shown as Maya, with 2 interactions. "
    )


@pytest.mark.parametrize(
    ("leaving", "expected"),
    [
        (["A"], "A will stand apart from Z again, "),
        (["A", "B"], "A and B will stand apart from Z again, "),
        (["A", "B", "C", "D"], "A, B, C and 1 other will stand apart from Z again, "),
    ],
)
def test_taking_apart_says_who_leaves(leaving: list[str], expected: str) -> None:
    words = unmerge_words(leaving, ["Z"], interactions=1, responses=0)

    assert words.startswith(f"{expected}with 1 interaction and the identifiers")
