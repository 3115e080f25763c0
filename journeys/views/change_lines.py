"""Differences between maps as the lines of a page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from journeys.rules.change_words import NOUNS, label_of, part_of, words
from journeys.rules.changes import LIBRARY, Sort
from journeys.rules.kinds import LineageKind
from journeys.rules.shapes import MAP
from journeys.rules.word_changes import word_changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from journeys.rules.change_words import Names
    from journeys.rules.changes import Change
    from journeys.rules.word_changes import Piece

# What marks a sort, beside its word: each with a shape of its own.
ICONS = {
    Sort.ADDED: "plus",
    Sort.REMOVED: "minus",
    Sort.MOVED: "move-right",
    Sort.CHANGED: "pencil",
    Sort.SPLIT: "waypoints",
    Sort.MERGED: "git-merge",
}
# Of more lines than these a page tells how many are left; the file holds them all.
MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class Line:
    """One difference: what became of it, in a sentence, and of a text word by word.

    *about* is the element that can be commented on, None for none; *is_gone* where it is on the
    other map only. *threads* are open about it on the map that is looked at.
    """

    key: str
    sort: Sort
    icon: str
    words: str
    pieces: tuple[Piece, ...]
    inside: tuple[Line, ...]
    can_be_taken: bool
    about: UUID | None = None
    is_gone: bool = False
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """The differences of one stage, of the map as a whole, or of the library, counted by sort."""

    heading: str
    stage: UUID | None
    counts: tuple[tuple[Sort, str, int], ...]
    lines: tuple[Line, ...]


def parts_of(
    changes: Sequence[Change], names: Names, threads: Mapping[UUID, int] | None = None
) -> list[Part]:
    """Give *changes*, in order, by the stages they belong to; no more lines than a page holds.

    *threads* are those open by lineage.
    """
    room = MOST_LINES
    found = []
    for heading, group in groupby(changes, key=lambda change: part_of(change, names)):
        told = list(group)
        lines = tuple(line_of(change, names, threads) for change in told[:room])
        room -= len(lines)
        found.append(Part(heading, told[0].stage, counted(told), lines))
    return found


def counted(changes: Iterable[Change]) -> tuple[tuple[Sort, str, int], ...]:
    """Count changes by sort: (sort, icon, how many), without what does not occur."""
    counts = Counter(change.sort for change in changes)
    return tuple((sort, ICONS[sort], counts[sort]) for sort in Sort if counts[sort])


def line_of(change: Change, names: Names, threads: Mapping[UUID, int] | None = None) -> Line:
    """Give one difference as a line, with what came with it; *threads* are open by lineage."""
    can_be_talked_of = change.kind in set(LineageKind)
    return Line(
        change.key,
        change.sort,
        ICONS[change.sort],
        _said(change, names),
        _pieces(change),
        tuple(line_of(one, names) for one in change.inside),
        change.kind != LIBRARY,
        change.lineage if can_be_talked_of else None,
        change.sort is Sort.REMOVED,
        (threads or {}).get(change.lineage, 0),
    )


def _said(change: Change, names: Names) -> str:
    if not _is_long(change):
        return words(change, names)
    # Word by word it is told below; twice would be too much.
    of = f" of {names.of(change.lineage)}" if change.kind != "map" else " of the map"
    return f"Changed {label_of(change)}{of}"


def _pieces(change: Change) -> tuple[Piece, ...]:
    if not _is_long(change):
        return ()
    return tuple(word_changes(str(change.before or ""), str(change.after or ""), is_rich=True))


def _is_long(change: Change) -> bool:
    """Whether a text changed, so that its words are compared."""
    is_field = change.sort is Sort.CHANGED and change.kind in NOUNS and len(change.path) == 1
    return is_field and MAP.element(change.kind).field(change.field).is_text
