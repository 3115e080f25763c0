"""The language of topic rules: words, "phrases", beginnings*, NEAR/5, AND, OR, NOT, parentheses.

    refund* OR "money back" OR (pay* NEAR/5 twice) NOT voucher

A comma is another way to write OR. Case and accents make no difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from feedback.rules.text.words import WORD, folded

LONGEST_RULE = 4_000
MOST_TERMS = 300
MOST_DEPTH = 20
MOST_DISTANCE = 50
SHORTEST_BEGINNING = 2
_TOKEN = re.compile(
    r'\s*(?:(NEAR)(?:/([0-9]{1,9}))?(?![\w*])|(AND|OR|NOT)(?![\w*])|([(),])|"([^"]*)("?)|([^\s(),"]+))'
)
_WORDS_WITH_STAR = re.compile(rf"({WORD.pattern})(\*?)")
_LOWER = frozenset({"and", "or", "not", "near"})


class TopicRuleError(ValueError):
    """A rule that cannot be read: what is wrong and what to do, and where, counted from 1."""

    def __init__(self, words: str, position: int) -> None:
        super().__init__(f"{words} (at character {position})")
        self.words = words
        self.position = position


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow each other: each as it is compared, and whether it is a beginning."""

    words: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Near:
    """Two sides whose words stand at most *distance* words from each other, in either order."""

    left: Node
    right: Node
    distance: int


@dataclass(frozen=True, slots=True)
class Either:
    """One of *parts* is enough."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every one of *parts*, and none of *without*."""

    parts: tuple[Node, ...]
    without: tuple[Node, ...]


type Node = Term | Near | Either | All


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int
    distance: int = 0


@lru_cache(maxsize=2_000)
def parse_rule(text: str) -> Node:
    """Read a rule; raises TopicRuleError with words for people and the position.

    Takes time in proportion to the length of *text*, which may be 4,000 characters.
    """
    if len(text) > LONGEST_RULE:
        raise TopicRuleError(f"A rule has at most {LONGEST_RULE:,} characters.", LONGEST_RULE + 1)
    tokens = _tokens(text)
    if not tokens:
        raise TopicRuleError("The rule is empty: write at least one word.", 1)
    if sum(token.kind == "term" for token in tokens) > MOST_TERMS:
        raise TopicRuleError(f"A rule has at most {MOST_TERMS} words and phrases.", 1)
    parser = _Parser(tokens, len(text) + 1)
    node = parser.either()
    if left := parser.peek():
        raise TopicRuleError(f"“{left.text}” has no partner before it.", left.at)
    return node


def _tokens(text: str) -> list[_Token]:
    tokens = []
    at = 0
    while at < len(text) and text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:  # pragma: no cover - every sign begins a token
            raise TopicRuleError("This cannot be read.", at + 1)
        tokens.append(_token(match))
        at = match.end()
    return tokens


def _token(match: re.Match[str]) -> _Token:
    near, distance, operator, sign, phrase, closing, word = match.groups()
    at = next(match.start(n) for n in (1, 3, 4, 5, 7) if match.start(n) >= 0) + 1
    if near:
        if not distance or not 1 <= int(distance) <= MOST_DISTANCE:
            words = f"Say how near: NEAR/1 to NEAR/{MOST_DISTANCE}, for example NEAR/5."
            raise TopicRuleError(words, at)
        return _Token("near", f"NEAR/{distance}", at, int(distance))
    if operator:
        return _Token(operator.lower(), operator, at)
    if sign:
        return _Token("or" if sign == "," else sign, sign, at)
    if word is None and not closing:
        raise TopicRuleError('A phrase begins here and does not end: add a second “"”.', at - 1)
    return _Token("term", phrase if word is None else word, at)


@dataclass(slots=True)
class _Parser:
    tokens: list[_Token]
    end: int
    next: int = 0
    depth: int = 0

    def peek(self) -> _Token | None:
        return self.tokens[self.next] if self.next < len(self.tokens) else None

    def takes(self, kind: str) -> _Token | None:
        token = self.peek()
        if token is None or token.kind != kind:
            return None
        self.next += 1
        return token

    def either(self) -> Node:
        parts = [self.both()]
        while self.takes("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def both(self) -> Node:
        parts: list[Node] = [self.near()]
        without: list[Node] = []
        while token := self.peek():
            if token.kind in {"or", ")"}:
                break
            is_and, is_not = self.takes("and"), self.takes("not")
            if not is_and and not is_not:
                raise TopicRuleError(_unjoined(token), token.at)
            (without if is_not else parts).append(self.near())
        return parts[0] if len(parts) == 1 and not without else All(tuple(parts), tuple(without))

    def near(self) -> Node:
        left = self.single()
        while token := self.takes("near"):
            right = self.single()
            if not (_is_plain(left) and _is_plain(right)):
                words = "NEAR stands between words, phrases, or choices of them with OR."
                raise TopicRuleError(words, token.at)
            left = Near(left, right, token.distance)
        return left

    def single(self) -> Node:
        token = self.peek()
        if token is None:
            raise TopicRuleError("The rule ends too early: a word is missing.", self.end)
        self.next += 1
        if token.kind == "term":
            return _term(token)
        if token.kind == "(":
            return self.inside(token)
        if token.kind == "not":
            words = "NOT needs something before it: write “delivery NOT pizza”."
            raise TopicRuleError(words, token.at)
        raise TopicRuleError(f"A word is missing before “{token.text}”.", token.at)

    def inside(self, opening: _Token) -> Node:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            words = f"At most {MOST_DEPTH} parentheses can stand inside each other."
            raise TopicRuleError(words, opening.at)
        node = self.either()
        self.depth -= 1
        if not self.takes(")"):
            raise TopicRuleError("This parenthesis is not closed: add “)”.", opening.at)
        return node


def _unjoined(token: _Token) -> str:
    if token.text in _LOWER:
        return f"Write {token.text.upper()} in capitals, or put the words into quotes."
    return "Say AND, OR or NEAR/5 between two words, or put a phrase into quotes."


def _is_plain(node: Node) -> bool:
    if isinstance(node, Either):
        return all(map(_is_plain, node.parts))
    return not isinstance(node, All)


def _term(token: _Token) -> Term:
    found = [(folded(match[1]), bool(match[2])) for match in _WORDS_WITH_STAR.finditer(token.text)]
    if not found:
        raise TopicRuleError("There is no word here.", token.at)
    for word, is_beginning in found:
        if is_beginning and len(word) < SHORTEST_BEGINNING:
            words = f"Before “*” stand at least {SHORTEST_BEGINNING} letters."
            raise TopicRuleError(words, token.at)
    return Term(tuple(found))
