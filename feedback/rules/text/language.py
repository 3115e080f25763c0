"""Which language a text is in: a naive Bayes classifier over groups of three letters.

Its profiles are made of lists of each language's most common words, among them what customers
write about. Method: W. B. Cavnar, J. M. Trenkle, "N-gram-based text categorization", 1994, with
likelihoods in place of ranks.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from feedback.rules.text.words import LONGEST_TEXT, WORD

LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
FEWEST_LETTERS = 20
_SURE_ENOUGH = 0.7
_MOST_WORDS = 80
# What one word of a list says beside its letters, and what the survey's language says.
_WORD_WEIGHT, _PRIOR_WEIGHT = 1.2, 2.0
_COMMON = 100
_LEAST_KNOWN_SHARE = 0.08
# Neighbouring groups of letters say partly the same: each counts for less than if it stood alone.
_DAMPING = 0.35
_SMOOTHING = 0.5


@dataclass(frozen=True, slots=True)
class FoundLanguage:
    """A language as its ISO 639-1 code, empty when undetermined, and how sure that is, 0 to 1."""

    code: str
    confidence: float


UNDETERMINED = FoundLanguage("", 0.0)


@dataclass(frozen=True, slots=True)
class _Profile:
    words: frozenset[str]
    weights: dict[str, float]
    unseen: float


def language_of(text: str, *, prior: str = "") -> FoundLanguage:
    """Say which of the seven languages *text* is in.

    *prior* is the language of the survey ("de", "de-AT"): it tips the scales where letters leave
    doubt. Undetermined below 20 letters, for other scripts, and where neither the words are known
    nor one language stands out.
    """
    head = text[:LONGEST_TEXT]
    if sum(map(str.isalpha, head)) < FEWEST_LETTERS:
        return UNDETERMINED
    words = [match[0].casefold() for match in WORD.finditer(head)]
    words = [word for word in words if word.isalpha()][:_MOST_WORDS]
    profiles = _profiles()
    known = {code: sum(word in p.words for word in words) for code, p in profiles.items()}
    scores = {
        code: _DAMPING * _letters_score(profile, words)
        + _WORD_WEIGHT * known[code]
        + _PRIOR_WEIGHT * (code == prior[:2].lower())
        for code, profile in profiles.items()
    }
    best = max(scores, key=lambda code: scores[code])
    total = sum(math.exp(score - scores[best]) for score in scores.values())
    is_known = known[best] >= max(1, _LEAST_KNOWN_SHARE * len(words))
    if not is_known or 1 / total < _SURE_ENOUGH:
        return UNDETERMINED
    return FoundLanguage(best, 1 / total)


def _letters_score(profile: _Profile, words: list[str]) -> float:
    weights, unseen = profile.weights, profile.unseen
    return sum(weights.get(group, unseen) for word in words for group in _groups(word))


def _groups(word: str) -> list[str]:
    padded = f" {word} "
    return [padded[at : at + 3] for at in range(len(padded) - 2)]


@cache
def _profiles() -> dict[str, _Profile]:
    """Read the lists of words, once a process."""
    folder = files("feedback.rules.text") / "languages"
    lists = {code: (folder / f"{code}.txt").read_text("utf-8").split() for code in LANGUAGES}
    return {code: _profile(words) for code, words in lists.items()}


def _profile(words: list[str]) -> _Profile:
    counts: Counter[str] = Counter()
    for rank, word in enumerate(words):
        # The lists begin with the most common words, and how often words occur falls with rank.
        weight = max(1, _COMMON // (rank + 10))
        for group in _groups(word.replace("'", " ")):
            counts[group] += weight
    size = sum(counts.values()) + _SMOOTHING * 8_000
    weights = {group: math.log((n + _SMOOTHING) / size) for group, n in counts.items()}
    plain = {part for word in words for part in word.split("'")}
    return _Profile(frozenset(plain), weights, math.log(_SMOOTHING / size))
