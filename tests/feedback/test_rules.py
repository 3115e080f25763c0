"""Marking searched words, and taking persons out of texts."""

from __future__ import annotations

from uuid import UUID

import pytest

from feedback.rules.marking import Part, excerpt, marked, search_words
from feedback.rules.masking import customer_alias, redacted


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


@pytest.mark.parametrize(
    ("text", "known", "shown"),
    [
        ("write jo@example.com.", (), "write [e-mail]"),
        ("<jo.b+x@mail.example.co.uk>", (), "<[e-mail]>"),
        ("call +49 (30) 123-456 78 now", (), "call [number] now"),
        ("order 12345678", (), "order [number]"),
        ("waited 40 minutes, gate 12", (), "waited 40 minutes, gate 12"),
        ("I am Maya Lindt", ("Maya Lindt",), "I am [name]"),
        ("MAYA here, lindt there", ("Maya Lindt",), "[name] here, [name] there"),
        ("Mayan temple", ("Maya",), "Mayan temple"),
        ("It is C-77!", ("C-77",), "It is [name]!"),
        ("A b c", ("A B", "", " "), "[name] c"),
        ("$^ (.*", ("(.*)",), "$^ (.*"),
    ],
)
def test_a_text_is_redacted_of_its_author(text: str, known: tuple[str, ...], shown: str) -> None:
    assert redacted(text, known) == shown


def test_an_alias_is_the_same_for_the_same_customer() -> None:
    assert customer_alias(UUID("6f1d9c34-0000-7000-8000-00000000af3e")) == "Customer af3e"
