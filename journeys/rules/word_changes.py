"""What changed in a text, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# With longer stretches between what is the same at both ends, all of it counts as replaced: the
# comparison takes time by the square of them.
MOST_WORDS = 1_500
_WORDS = re.compile(r"\s+|[^\s]+")
_MARKS = re.compile(r"[*_`]+")


class PieceSort(StrEnum):
    """What became of a stretch of a text."""

    SAME = "same"
    ADDED = "added"
    TAKEN = "taken"
    MARKED = "marked"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; of one that is only *marked* otherwise, as bold, it is the new one."""

    sort: PieceSort
    text: str


def word_changes(before: str, after: str, *, is_rich: bool = False) -> list[Piece]:
    """Cut two texts into what both have, and what was taken and added, in reading order.

    Without the added pieces it is *before*, without the taken ones *after*. Of rich text words are
    compared first and their marks then: a word that only became bold is `marked`.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    bare_old = [_bare(word, is_rich=is_rich) for word in old]
    bare_new = [_bare(word, is_rich=is_rich) for word in new]
    pieces: list[Piece] = []
    for sort, i, j, k, m in _joined(_stretches(bare_old, bare_new), bare_old):
        if sort == "equal":
            for was, word in zip(old[i:j], new[k:m], strict=True):
                _add(pieces, PieceSort.SAME if was == word else PieceSort.MARKED, word)
        else:
            _add(pieces, PieceSort.TAKEN, "".join(old[i:j]))
            _add(pieces, PieceSort.ADDED, "".join(new[k:m]))
    return pieces


def _bare(word: str, *, is_rich: bool) -> str:
    return (_MARKS.sub("", word) or word) if is_rich else word


def _add(pieces: list[Piece], sort: PieceSort, text: str) -> None:
    if not text:
        return
    if pieces and pieces[-1].sort is sort:
        pieces[-1] = Piece(sort, pieces[-1].text + text)
    else:
        pieces.append(Piece(sort, text))


def _joined(
    stretches: list[tuple[str, int, int, int, int]], old: list[str]
) -> list[tuple[str, int, int, int, int]]:
    """Join changed stretches with nothing but blanks between them: they read as one."""
    found: list[tuple[str, int, int, int, int]] = []
    last = len(stretches) - 1
    for number, (sort, i, j, k, m) in enumerate(stretches):
        if i == j and k == m:
            continue
        is_blank = sort == "equal" and 0 < number < last and not "".join(old[i:j]).strip()
        is_changed = sort != "equal" or is_blank
        if is_changed and found and found[-1][0] != "equal":
            found[-1] = ("replace", found[-1][1], j, found[-1][3], m)
        else:
            found.append(("replace" if sort != "equal" else sort, i, j, k, m))
    return found


def _stretches(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    """Give (sort, from and to on the left, from and to on the right), as difflib does."""
    shortest = min(len(old), len(new))
    start = 0
    while start < shortest and old[start] == new[start]:
        start += 1
    end = 0
    while end < shortest - start and old[-1 - end] == new[-1 - end]:
        end += 1
    inner_old, inner_new = old[start : len(old) - end], new[start : len(new) - end]
    if max(len(inner_old), len(inner_new)) > MOST_WORDS:
        codes = [("replace", 0, len(inner_old), 0, len(inner_new))]
    else:
        matcher = SequenceMatcher(None, inner_old, inner_new, autojunk=False)
        codes = [*matcher.get_opcodes()]
    middle = [(s, i + start, j + start, k + start, m + start) for s, i, j, k, m in codes]
    return [
        ("equal", 0, start, 0, start),
        *middle,
        ("equal", len(old) - end, len(old), len(new) - end, len(new)),
    ]
