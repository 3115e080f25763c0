"""A text cut into pieces: which topics and which words that counted stand where."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from feedback.rules.text.sentiment import Counted
    from feedback.rules.text.topic_match import Span

MOST_PIECES = 600


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text: the topics it is about, how it sounds, and whether it was searched for.

    *tone* is "good", "bad" or empty.
    """

    text: str
    topics: tuple[str, ...] = ()
    tone: str = ""
    is_hit: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether nothing is marked in it."""
        return not (self.topics or self.tone or self.is_hit)


def pieces_of(
    text: str,
    *,
    topics: Mapping[str, Collection[Span]],
    counted: Sequence[Counted] = (),
    searched: Collection[Span] = (),
) -> list[Piece]:
    """Cut *text* at the spans of *topics* (by title), of words that counted and that were searched.

    Nothing is lost; spans beyond the text's end are left out, and a text with very many marks
    keeps the first of them.
    """
    marks = [(start, end, "topic", title) for title, all_ in topics.items() for start, end in all_]
    marks += [(one.start, one.end, "tone", _tone(one.weight)) for one in counted]
    marks += [(start, end, "hit", "hit") for start, end in searched]
    kept = sorted(mark for mark in marks if 0 <= mark[0] < mark[1] <= len(text))[:MOST_PIECES]
    cuts = sorted({0, len(text), *(at for mark in kept for at in mark[:2])})
    pieces = []
    live: list[tuple[int, int, str, str]] = []
    waiting = iter(kept)
    coming = next(waiting, None)
    for start, end in pairwise(cuts):
        while coming and coming[0] <= start:
            live.append(coming)
            coming = next(waiting, None)
        live = [mark for mark in live if mark[1] > start]
        pieces.append(_piece(text[start:end], live))
    return pieces


def _piece(text: str, marks: list[tuple[int, int, str, str]]) -> Piece:
    titles = dict.fromkeys(title for _, _, kind, title in marks if kind == "topic")
    tone = next((tone for _, _, kind, tone in marks if kind == "tone"), "")
    return Piece(text, tuple(titles), tone, any(kind == "hit" for _, _, kind, _ in marks))


def _tone(weight: float) -> str:
    return "good" if weight > 0 else "bad"
