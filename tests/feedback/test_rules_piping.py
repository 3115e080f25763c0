"""Answers in texts: how places are written, filled and refused."""

from __future__ import annotations

import pytest

from feedback.rules.piping import Pipe, PipingError, faults_of, filled, names_in, pipes_in


def test_places_are_read_in_their_order() -> None:
    text = "Hello {{ name | there }}, about {{order|your order}}"

    assert pipes_in(text) == [Pipe("name", "there"), Pipe("order", "your order")]
    assert names_in(text) == ["name", "order"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ name }}", "lacks words for when there is no answer"),
        ("{{ name | }}", "lacks words for when there is no answer"),
        ("{{ | you }}", "names no question"),
        ("{{ First Name | you }}", "names no question"),
        ("Hello {{ name | you", "one of them is missing"),
        ("Hello name | you }}", "one of them is missing"),
        ("{{ a | {{ b | c }} }}", "one of them is missing"),
    ],
)
def test_a_broken_place_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(PipingError, match=words):
        pipes_in(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("Why {{ nps | this }}?", "Why 9?", id="an answer"),
        pytest.param("About {{ order | your order }}", "About your order", id="no answer"),
        pytest.param("{{ tag | x }}", "<b>{{ nps | 1 }}</b>", id="what was filled in stays text"),
        pytest.param("{{ nps }} and {", "{{ nps }} and {", id="a broken one stays as it is"),
    ],
)
def test_places_are_filled(text: str, said: str) -> None:
    words = {"nps": "9", "order": "", "tag": "<b>{{ nps | 1 }}</b>"}

    assert filled(text, words) == said


def test_what_is_asked_later_cannot_stand_in_a_text() -> None:
    assert faults_of("{{ a | x }} {{ b | y }} {{ b | z }}", ["a"]) == [
        "“b” is no question that is asked before."
    ]
    assert faults_of("{{ a | x }}", ["a"]) == []
    assert faults_of("{{ a", ["a"]) == [
        "A place begins with {{ and ends with }}: one of them is missing."
    ]
