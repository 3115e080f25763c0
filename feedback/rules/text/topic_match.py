"""Finding what topic rules are about in a text, and where."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from feedback.rules.text.topic_rules import (
    SHORTEST_BEGINNING,
    All,
    Either,
    Near,
    Term,
    parse_rule,
)
from feedback.rules.text.words import Word, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from feedback.rules.text.topic_rules import Node

type Span = tuple[int, int]

ANY_LANGUAGE = "any"


@dataclass(slots=True)
class TextIndex:
    """The words of a text, arranged so that rules are matched in time linear in its length."""

    words: list[Word]
    places: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_beginning: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, text: str) -> TextIndex:
        """Arrange the words of *text*."""
        index = cls(words_of(text))
        for at, word in enumerate(index.words):
            places = index.places[word.folded]
            if not places:
                index.by_beginning[word.folded[:SHORTEST_BEGINNING]].append(word.folded)
            places.append(at)
        return index

    def of_word(self, word: str, *, is_beginning: bool) -> list[int]:
        """Give where a word stands, or all words that begin with it, in order."""
        if not is_beginning:
            return self.places.get(word, [])
        fitting = self.by_beginning.get(word[:SHORTEST_BEGINNING], [])
        found = [at for one in fitting if one.startswith(word) for at in self.places[one]]
        return sorted(found)


def spans_of(index: TextIndex, rules: Mapping[str, str], language: str) -> list[Span] | None:
    """Give where a topic is met in a text, in code points, end exclusive; None where it is not.

    *rules* are the topic's expressions by language, "any" among them; those of *language* and
    "any" count, all of them where the language is undetermined (empty). Raises TopicRuleError.
    """
    wanted = [
        rule for code, rule in rules.items() if not language or code in {language, ANY_LANGUAGE}
    ]
    found = [run for rule in wanted for run in _runs(index, parse_rule(rule))]
    return _joined(index, found) if found else None


def _runs(index: TextIndex, node: Node) -> list[Span]:
    """Give the runs of words (first, last) that make *node* true; none where it is not."""
    match node:
        case Term(words):
            return _term_runs(index, words)
        case Either(parts):
            return [run for part in parts for run in _runs(index, part)]
        case All(parts, without):
            return _all_runs(index, parts, without)
        case Near(left, right, distance):
            return _near_runs(_runs(index, left), _runs(index, right), distance)


def _term_runs(index: TextIndex, words: tuple[tuple[str, bool], ...]) -> list[Span]:
    (first, is_beginning), *others = words
    starts = index.of_word(first, is_beginning=is_beginning)
    for step, (word, is_part) in enumerate(others, start=1):
        if not starts:
            break
        there = set(index.of_word(word, is_beginning=is_part))
        starts = [at for at in starts if at + step in there]
    return [(at, at + len(others)) for at in starts]


def _all_runs(index: TextIndex, parts: tuple[Node, ...], without: tuple[Node, ...]) -> list[Span]:
    found: list[Span] = []
    for part in parts:
        runs = _runs(index, part)
        if not runs:
            return []
        found += runs
    return [] if any(_runs(index, part) for part in without) else found


def _near_runs(left: list[Span], right: list[Span], distance: int) -> list[Span]:
    """Keep the runs of each side that have one of the other side near enough, none twice.

    Else a chain of NEAR with the same words on both sides doubled its runs at each link.
    """
    found = [*_with_neighbour(left, right, distance), *_with_neighbour(right, left, distance)]
    return list(dict.fromkeys(found))


def _with_neighbour(runs: list[Span], others: list[Span], distance: int) -> list[Span]:
    starts = sorted(first for first, _ in others)
    ends = sorted(last for _, last in others)
    kept = []
    for first, last in runs:
        after = bisect_left(starts, last + 1)
        before = bisect_left(ends, first)
        is_followed = after < len(starts) and starts[after] - last <= distance
        is_led = before > 0 and first - ends[before - 1] <= distance
        if is_followed or is_led:
            kept.append((first, last))
    return kept


def _joined(index: TextIndex, runs: Iterable[Span]) -> list[Span]:
    """Turn runs of words into places in the text, those that overlap made one."""
    joined: list[Span] = []
    for first, last in sorted(set(runs)):
        start, end = index.words[first].start, index.words[last].end
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined
