"""Search words in what people wrote: which to mark, and the one line that a list shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

LONGEST_LINE = 180
_LEAD = 40
_TERM = re.compile(r'-?"[^"]*"?|\S+')
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text; *is_hit* when it is a word that was searched for."""

    text: str
    is_hit: bool


def search_words(query: str) -> frozenset[str]:
    """Give the words, in lower case, that a search for *query* can have found.

    The query is read as PostgreSQL's `websearch_to_tsquery` does: quotes make phrases, a hyphen
    before a word excludes it, `or` joins.
    """
    wanted = (term for term in _TERM.findall(query) if not term.startswith("-"))
    words = {word.lower() for term in wanted for word in _WORD.findall(term)}
    return frozenset(words - {"or"})


def marked(text: str, words: Collection[str]) -> list[Part]:
    """Cut *text* where it holds one of *words* (lower case) as a whole word; nothing is lost."""
    if not words:
        return [Part(text, is_hit=False)] if text else []
    parts: list[Part] = []
    end = 0
    for found in _WORD.finditer(text):
        if found.group().lower() in words:
            if found.start() > end:
                parts.append(Part(text[end : found.start()], is_hit=False))
            parts.append(Part(found.group(), is_hit=True))
            end = found.end()
    if end < len(text):
        parts.append(Part(text[end:], is_hit=False))
    return parts


def excerpt(text: str, words: Collection[str], *, longest: int = LONGEST_LINE) -> list[Part]:
    """Give one line of *text*, at most *longest* characters, with *words* marked.

    It starts where the text does, or shortly before the first hit when that lies further on. An
    ellipsis stands where something was left out.
    """
    line = " ".join(text.split())
    start = _start(line, words, longest)
    shown = line[start : start + longest].strip()
    before = "…" if start else ""
    after = "…" if start + longest < len(line) else ""
    return marked(f"{before}{shown}{after}", words)


def _start(line: str, words: Collection[str], longest: int) -> int:
    hits = (found.start() for found in _WORD.finditer(line) if found.group().lower() in words)
    first = next(hits, 0)
    return max(first - _LEAD, 0) if first > longest - _LEAD else 0


def marked_at(text: str, spans: Collection[tuple[int, int]]) -> list[Part]:
    """Cut *text* at *spans*, pairs of code points, end exclusive, that do not overlap."""
    parts: list[Part] = []
    end = 0
    for first, last in sorted(spans):
        if first > end:
            parts.append(Part(text[end:first], is_hit=False))
        parts.append(Part(text[first:last], is_hit=True))
        end = last
    if end < len(text):
        parts.append(Part(text[end:], is_hit=False))
    return parts


def line_at(
    text: str, spans: Collection[tuple[int, int]], *, longest: int = LONGEST_LINE
) -> list[Part]:
    """Give at most *longest* characters of *text* around the first of *spans*, those marked."""
    first = min((start for start, _ in spans), default=0)
    start = max(first - _LEAD, 0) if first > longest - _LEAD else 0
    end = start + longest
    inside = [
        (max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start
    ]
    before = [Part("…", is_hit=False)] if start else []
    after = [Part("…", is_hit=False)] if end < len(text) else []
    return [*before, *marked_at(text[start:end], inside), *after]
