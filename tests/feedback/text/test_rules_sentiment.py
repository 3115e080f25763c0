"""How texts sound, and which words make them sound so."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from django.conf import settings

from feedback.rules.text.sentiment import SentimentLabel, label_of, sentiment_of

FRENCH = Path(settings.BASE_DIR).parent / "shared/data/nps_retail_fr/nps_redacted.csv"
POSITIVE, NEUTRAL, NEGATIVE = (
    SentimentLabel.POSITIVE,
    SentimentLabel.NEUTRAL,
    SentimentLabel.NEGATIVE,
)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "The staff was friendly", POSITIVE),
        ("en", "The staff was not friendly", NEGATIVE),
        ("en", "I don't recommend this shop", NEGATIVE),
        ("en", "Good product but terrible service", NEGATIVE),
        ("en", "The parcel is blue", NEUTRAL),
        ("en", "\N{POUTING FACE}", NEGATIVE),
        ("de", "Sehr freundlich und schnell", POSITIVE),
        ("de", "Gefällt mir nicht", NEGATIVE),
        ("de", "Nicht freundlich, viel zu teuer", NEGATIVE),
        ("de", "Nette Leute, aber eine katastrophale Lieferung", NEGATIVE),
        ("fr", "Très bon accueil", POSITIVE),
        ("fr", "Pas satisfaite du tout", NEGATIVE),
        ("fr", "Bon accueil mais trop d'attente", NEGATIVE),
    ],
)
def test_a_text_sounds_as_its_words_do(language: str, text: str, expected: SentimentLabel) -> None:
    assert sentiment_of(text, language).label is expected


@pytest.mark.parametrize("language", ["", "it", "pl"])
def test_a_language_without_words_says_so(language: str) -> None:
    sentiment = sentiment_of("ottimo", language)

    assert (sentiment.value, sentiment.label) == (None, SentimentLabel.NONE)


def test_one_word_has_the_value_of_the_published_formula() -> None:
    # Hutto and Gilbert 2014: x / sqrt(x² + 15), here with "good" at 2 and "very" at 1.3 times.
    assert sentiment_of("good", "en").value == round(2 / math.sqrt(4 + 15), 4)
    assert sentiment_of("very good", "en").value == round(2.6 / math.sqrt(2.6**2 + 15), 4)


def test_words_that_counted_are_marked_in_code_points() -> None:
    text = "\N{GRINNING FACE} Élégant, très bon"

    counted = [text[one.start : one.end] for one in sentiment_of(text, "fr").counted]

    assert counted == ["\N{GRINNING FACE}", "bon"]


def test_sentences_sound_each_for_itself() -> None:
    text = "The staff was great. The delivery was awful."
    sentiment = sentiment_of(text, "en")

    staff, delivery = sentiment.around([(4, 9)]), sentiment.around([(25, 33)])

    assert staff is not None
    assert delivery is not None
    assert staff > 0 > delivery


@pytest.mark.parametrize(
    ("spans", "reached"),
    [
        ([(0, 4)], "good."),
        ([(5, 6)], "bad!"),
        ([(4, 6)], "good. bad!"),
        ([(0, 1), (2, 3)], "good."),
        ([(0, 1), (11, 12)], "good. great"),
        ([(0, 16)], "good. bad! great"),
        ([(6, 9), (9, 12)], "bad! great"),
    ],
)
def test_around_places_only_their_own_sentences_count_and_once(
    spans: list[tuple[int, int]], reached: str
) -> None:
    text = "good. bad! great"

    assert sentiment_of(text, "en").around(spans) == sentiment_of(reached, "en").value


def test_many_places_in_many_sentences_are_each_looked_up() -> None:
    text = "good. " * 1_600

    found = sentiment_of(text, "en").around([(at, at + 1) for at in range(0, len(text), 3)])

    assert found == sentiment_of(text, "en").value


def test_sentences_without_words_that_count_have_no_sound() -> None:
    assert sentiment_of("Blue parcel. Great.", "en").around([(0, 4)]) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.05, POSITIVE), (0.049, NEUTRAL), (0.0, NEUTRAL), (-0.049, NEUTRAL), (-0.05, NEGATIVE)],
)
def test_values_near_zero_are_neutral(value: float, expected: SentimentLabel) -> None:
    assert label_of(value) is expected


@pytest.mark.parametrize("unit", ["good ", "not ", "but ", ".", "good, but not "])
def test_long_texts_stay_between_the_ends(unit: str) -> None:
    value = sentiment_of(unit * (10_000 // len(unit)), "en").value

    assert value is not None
    assert -1 <= value <= 1


@pytest.mark.slow
@pytest.mark.skipif(not FRENCH.exists(), reason="the texts of the French chain are not here")
def test_real_texts_of_promoters_sound_better_than_those_of_detractors() -> None:
    with FRENCH.open(encoding="latin-1", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["explication"] != "NA" and r["nps"].isdigit()]
    low = [r["explication"] for r in rows if int(r["nps"]) <= 6]
    high = [r["explication"] for r in rows if int(r["nps"]) >= 9]

    bad, good = (
        sum(sentiment_of(text, "fr").label is NEGATIVE for text in texts) / len(texts)
        for texts in (low, high)
    )

    assert bad > 2 * good
