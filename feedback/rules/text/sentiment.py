"""How a text sounds, from -1 to 1, by a list of words for each language, and which words counted.

Method: C. Hutto, E. Gilbert, "VADER: a parsimonious rule-based model for sentiment analysis", 2014
(weights added up, negation, intensifiers, contrast, and the sum x put as x / sqrt(x² + 15)), with
lists of our own.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from feedback.rules.text.words import LONGEST_TEXT, Word, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES_WITH_WORDS = ("de", "en", "fr")
_ALPHA = 15.0
_NEGATED = -0.74
_STRONGER, _WEAKER = 1.3, 0.6
_BEFORE_CONTRAST, _AFTER_CONTRAST = 0.5, 1.5
# How many words before one a "not" or a "very" is looked for, and behind it ("gefällt mir nicht").
_REACH, _REACH_BEHIND = 3, 3
_NEUTRAL = 0.05
_STOP = re.compile(r"[.!?;\n…]+")
_SHORTEST_STEM = 3


class SentimentLabel(StrEnum):
    """What a text sounds like in a word; none where nobody wrote a list for its language."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """A word or sign that counted: its place in code points, end exclusive, and its weight."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Sentiment:
    """How a text sounds: *value* from -1 to 1, None without a list, and the words that counted.

    *sentences* are the places of its sentences, which `around` asks.
    """

    value: float | None
    label: SentimentLabel
    counted: tuple[Counted, ...] = ()
    sentences: tuple[tuple[int, int], ...] = ()

    def around(self, spans: list[tuple[int, int]]) -> float | None:
        """Say how the sentences sound that *spans* stand in; None where no word counted there."""
        sentences, words = self._sentences_at(spans), self.counted
        weights: list[float] = []
        for first, last in sentences:
            at = bisect_left(words, first, key=lambda one: one.start)
            end = bisect_left(words, last, at, key=lambda one: one.start)
            weights += [one.weight for one in words[at:end]]
        return _squeezed(weights) if weights else None

    def _sentences_at(self, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Give the sentences that *spans* stand in, in order; both are in order, none overlaps."""
        found: list[tuple[int, int]] = []
        behind = 0
        for start, end in spans:
            at = max(behind, bisect_right(self.sentences, start, key=lambda one: one[1]))
            behind = max(behind, bisect_left(self.sentences, end, key=lambda one: one[0]))
            found += self.sentences[at:behind]
        return found


@dataclass(frozen=True, slots=True)
class _Lexicon:
    whole: dict[str, float] = field(default_factory=dict)
    stems: dict[str, float] = field(default_factory=dict)
    roles: dict[str, frozenset[str]] = field(default_factory=dict)

    def weight(self, word: str) -> float:
        """Give the weight of a word, or of the longest stem that it begins with; 0 for none."""
        if word in self.whole:
            return self.whole[word]
        lengths = range(len(word), _SHORTEST_STEM - 1, -1)
        return next((self.stems[word[:n]] for n in lengths if word[:n] in self.stems), 0.0)

    def plays(self, role: str, word: str) -> bool:
        return word in self.roles.get(role, ())


def sentiment_of(text: str, language: str) -> Sentiment:
    """Say how *text* sounds, whose language is known by its ISO 639-1 code.

    No number, and an empty label, for a language without a list of words.
    """
    if language not in LANGUAGES_WITH_WORDS:
        return Sentiment(None, SentimentLabel.NONE)
    lexicon = _lexicon(language)
    sentences = tuple(_sentences(text[:LONGEST_TEXT]))
    words = words_of(text)
    counted: list[Counted] = []
    at = 0
    for first, last in sentences:
        inside = []
        while at < len(words) and words[at].start < last:
            inside.append(words[at])
            at += 1
        found = [*_counted(lexicon, text, inside), *_emoji(text, first, last)]
        counted += sorted(found, key=lambda one: one.start)
    value = _squeezed([one.weight for one in counted])
    return Sentiment(value, label_of(value), tuple(counted), sentences)


def label_of(value: float) -> SentimentLabel:
    """Name a value: within 0.05 of zero a text is neutral (Hutto and Gilbert 2014)."""
    if abs(value) < _NEUTRAL:
        return SentimentLabel.NEUTRAL
    return SentimentLabel.POSITIVE if value > 0 else SentimentLabel.NEGATIVE


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for stop in _STOP.finditer(text):
        yield start, stop.end()
        start = stop.end()
    if start < len(text):
        yield start, len(text)


def _counted(lexicon: _Lexicon, text: str, words: list[Word]) -> Iterator[Counted]:
    """Give the words of one sentence that count, with what stands around them."""
    turns = [at for at, word in enumerate(words) if lexicon.plays("but", word.folded) and at]
    turn = turns[-1] if turns else None
    for at, word in enumerate(words):
        weight = lexicon.weight(word.folded)
        if not weight:
            continue
        near = words[max(0, at - _REACH) : at]
        before = [one for one in near if "," not in text[one.end : word.start]]
        is_denied = any(lexicon.plays("not", one.folded) for one in before)
        if is_denied or _is_undone(lexicon, words, at):
            weight *= _NEGATED
        for role, factor in (("more", _STRONGER), ("less", _WEAKER)):
            if any(lexicon.plays(role, one.folded) for one in before[-2:]):
                weight *= factor
        if turn is not None:
            weight *= _BEFORE_CONTRAST if at < turn else _AFTER_CONTRAST
        yield Counted(word.start, word.end, weight)


def _is_undone(lexicon: _Lexicon, words: list[Word], at: int) -> bool:
    """Whether a "not" follows that is about nothing else: "gefällt mir nicht"."""
    behind = words[at + 1 : at + 1 + _REACH_BEHIND]
    for place, word in enumerate(behind):
        if lexicon.weight(word.folded) or lexicon.plays("but", word.folded):
            return False
        if lexicon.plays("after", word.folded):
            rest = words[at + 2 + place : at + 2 + place + _REACH]
            return not any(lexicon.weight(one.folded) for one in rest)
    return False


def _emoji(text: str, first: int, last: int) -> Iterator[Counted]:
    weights = _emoji_weights()
    for at in range(first, last):
        if text[at] > "\u2000" and text[at] in weights:
            yield Counted(at, at + 1, weights[text[at]])


def _squeezed(weights: list[float]) -> float:
    total = sum(weights)
    return round(total / math.sqrt(total * total + _ALPHA), 4)


@cache
def _lexicon(language: str) -> _Lexicon:
    """Read one list, once a process: lines of a weight and words, and lines of a role and words."""
    found = _Lexicon()
    for head, words in _lines(language):
        if head.endswith(":"):
            found.roles[head[:-1]] = frozenset(words)
            continue
        for word in words:
            place = found.stems if word.endswith("*") else found.whole
            place[word.rstrip("*")] = float(head)
    return found


@cache
def _emoji_weights() -> dict[str, float]:
    return {sign: float(head) for head, signs in _lines("emoji") for sign in signs}


def _lines(name: str) -> Iterator[tuple[str, list[str]]]:
    path = files("feedback.rules.text") / "lexicons" / f"{name}.txt"
    for line in path.read_text("utf-8").splitlines():
        head, *words = line.split()
        yield head, words
