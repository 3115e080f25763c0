"""Marking searched words, and taking persons out of texts."""

from __future__ import annotations

import pytest

from feedback.rules.marking import Part, excerpt, marked, search_words


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Late parcel", {"late", "parcel"}),
        ('"very late" now', {"very", "late", "now"}),
        ("late -parcel", {"late"}),
        ('late -"lost parcel"', {"late"}),
        ("cat OR dog or bird", {"cat", "dog", "bird"}),
        ("check-in", {"check", "in"}),
        ('"unclosed phrase', {"unclosed", "phrase"}),
        ("!!! (( ))", set()),
        ("", set()),
    ],
)
def test_search_words_are_those_that_can_have_been_found(query: str, words: set[str]) -> None:
    assert search_words(query) == words


@pytest.mark.parametrize(
    ("text", "words", "hits"),
    [
        ("Late, late!", {"late"}, ["Late", "late"]),
        ("Later than late", {"late"}, ["late"]),
        ("Größe", {"größe"}, ["Größe"]),
        ("Nothing", {"late"}, []),
        ("", {"late"}, []),
    ],
)
def test_marking_finds_whole_words_and_loses_nothing(
    text: str, words: set[str], hits: list[str]
) -> None:
    parts = marked(text, words)

    assert [part.text for part in parts if part.is_hit] == hits
    assert "".join(part.text for part in parts) == text


def test_an_excerpt_is_one_line() -> None:
    assert excerpt("Too\n\n  slow", ()) == [Part("Too slow", is_hit=False)]


def test_an_excerpt_of_a_long_text_begins_shortly_before_the_hit() -> None:
    text = "so " * 100 + "late " + "and " * 100

    parts = excerpt(text, {"late"}, longest=80)

    line = "".join(part.text for part in parts)
    assert line == "…" + "so " * 13 + "late " + "and " * 8 + "and…"
    assert [part.text for part in parts if part.is_hit] == ["late"]
