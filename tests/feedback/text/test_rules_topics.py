"""The language of topic rules: what it finds, where, and how it refuses."""

from __future__ import annotations

import pytest

from feedback.rules.text import topic_match
from feedback.rules.text.language import LANGUAGES
from feedback.rules.text.starter_topics import STARTER_LANGUAGES, starter_topics
from feedback.rules.text.topic_match import TextIndex, spans_of
from feedback.rules.text.topic_rules import MOST_TERMS, Either, TopicRuleError, parse_rule

KEYS = ["delivery", "billing", "staff", "product", "site", "waiting", "returns"]


def _found(rule: str, text: str) -> list[str] | None:
    spans = spans_of(TextIndex.of(text), {"any": rule}, "en")
    return None if spans is None else [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("refund", "My REFUND, please", ["REFUND"]),
        ("refund", "refunds", None),
        ("refund*", "two refunds, one refunded", ["refunds", "refunded"]),
        ("eleve", "l'Élève", ["Élève"]),
        ("straße", "Die STRASSE", ["STRASSE"]),
        ("grösse", "Gro\u0308sse", ["Gro\u0308sse"]),
        ('"money back"', "Money-back, now", ["Money-back"]),
        ('"money back"', "back money", None),
        ('"mon* back"', "moneys back", ["moneys back"]),
        ("e-mail", "by e mail", ["e mail"]),
        ("pay* NEAR/3 twice", "paid? I payed it then twice", ["payed", "twice"]),
        ("pay* NEAR/2 twice", "I payed it then twice", None),
        ("twice NEAR/1 pay", "pay twice", ["pay", "twice"]),
        ("late AND parcel", "The parcel is late", ["parcel", "late"]),
        ("late AND parcel", "late again", None),
        ("parcel NOT pizza", "parcel of pizza", None),
        ("parcel AND NOT pizza", "parcel", ["parcel"]),
        ("a OR b AND c", "a", ["a"]),
        ("(a OR b) AND c", "a", None),
        ("a, b", "b", ["b"]),
        ("order*, ordering", "ordering", ["ordering"]),
        ('"a b", "b c"', "a b c", ["a b c"]),
        ("(a OR b) NEAR/1 c", "b c a", ["b", "c", "a"]),
        ("x", "", None),
    ],
)
def test_a_rule_finds_its_words(rule: str, text: str, expected: list[str] | None) -> None:
    assert _found(rule, text) == expected


@pytest.mark.parametrize(
    ("rule", "position"),
    [
        ("", 1),
        ("   ", 1),
        ("late delivery", 6),
        ("late and parcel", 6),
        ("NOT late", 1),
        ("late OR", 8),
        ("OR late", 1),
        ("(late", 1),
        ("late)", 5),
        ('say "late', 5),
        ("a NEAR b", 3),
        ("a NEAR/0 b", 3),
        ("a NEAR/51 b", 3),
        ("a NEAR/3 (b AND c)", 3),
        ("ok, ?!", 5),
        ("a*", 1),
        ("(" * 21 + "a" + ")" * 21, 21),
        ("word " * 1_000, 4_001),
        (" OR ".join(["a"] * (MOST_TERMS + 1)), 1),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(rule: str, position: int) -> None:
    with pytest.raises(TopicRuleError) as refused:
        parse_rule(rule)

    assert refused.value.position == position
    assert f"(at character {position})" in str(refused.value)


def test_rules_count_in_their_language_and_where_it_is_open() -> None:
    rules = {"de": "rechnung", "en": "bill", "any": "invoice"}
    index = TextIndex.of("Rechnung, bill, invoice")

    found = {code: spans_of(index, rules, code) for code in ("de", "en", "fr", "")}

    assert found == {
        "de": [(0, 8), (16, 23)],
        "en": [(10, 14), (16, 23)],
        "fr": [(16, 23)],
        "": [(0, 8), (10, 14), (16, 23)],
    }


def test_long_texts_meet_long_rules_in_little_time() -> None:
    text = " ".join(f"ab{number}" for number in range(1_600))

    assert _found(" OR ".join(["ab1*"] * 20), text)
    assert _found("(a NEAR/50 b) NEAR/50 (a OR b)", "a b " * 2_500)


def test_a_chain_of_near_words_finds_each_place_once() -> None:
    index = TextIndex.of("a " * 50)

    runs = topic_match._runs(index, parse_rule("((a NEAR/3 a) NEAR/3 a) NEAR/3 a"))

    assert sorted(runs) == [(at, at) for at in range(50)]


def test_the_topics_to_begin_with_can_be_read_in_five_languages() -> None:
    topics = starter_topics()

    assert [topic.key for topic in topics] == KEYS
    assert set(STARTER_LANGUAGES) < set(LANGUAGES)
    for topic in topics:
        assert set(topic.expressions) == set(STARTER_LANGUAGES)
        for rule in topic.expressions.values():
            assert isinstance(parse_rule(rule), Either)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "The courier never came and I want my money back", {"delivery", "billing"}),
        ("de", "Die Lieferung kam spät, die Verkäuferin war nett", {"delivery", "staff"}),
        ("fr", "Trop d'attente en caisse", {"waiting"}),
        ("es", "El empleado no aceptó la devolución", {"staff", "returns"}),
        ("nl", "De website werkt niet en de kassabon klopt niet", {"site", "billing"}),
    ],
)
def test_the_topics_to_begin_with_find_what_they_are_called(
    language: str, text: str, expected: set[str]
) -> None:
    index = TextIndex.of(text)

    found = {t.key for t in starter_topics() if spans_of(index, t.expressions, language)}

    assert found == expected
