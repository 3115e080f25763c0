"""One difference between two maps, and what can be said of several."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from uuid import UUID

    from cxm.kernel.operations.shapes import JSON

# Not an element of a map: the title of something in the library that maps only refer to.
LIBRARY = "library"


# Fields that say how a map is looked at, and promise nothing.
_LOOKS = frozenset({"is_collapsed", "is_hidden", "is_locked"})


class Sort(StrEnum):
    """What became of an element from the left map to the right one."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"
    SPLIT = "split"
    MERGED = "merged"

    @property
    def is_whole(self) -> bool:
        """Whether the element came or went as a whole."""
        return self in (Sort.ADDED, Sort.REMOVED)


_OTHER_WAY = {
    Sort.ADDED: Sort.REMOVED,
    Sort.REMOVED: Sort.ADDED,
    Sort.SPLIT: Sort.MERGED,
    Sort.MERGED: Sort.SPLIT,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an element lies: in what (*inside*; None is the map), and behind which sibling.

    *after* holds the ids that this sibling has in the two maps; it is empty at the beginning. Of
    cards the first and the last step are told as well.
    """

    inside: UUID | None
    after: tuple[UUID, ...] = ()
    step_from: UUID | None = None
    step_to: UUID | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: what a person would call one edit.

    *ids* are those of the element: on the right, or on the left where it was removed, first; then
    that on the other side if it has another one there. Of a changed field *path* begins with its
    name, and goes on into its settings; *before* and *after* are its values, None for none. Of what
    was added *after* holds all values, of what was removed *before* does. *was* and *now* are
    places. *stage*, *step* and *lane* say where people look for it. *inside* holds what came
    with it. A split names in *ends* what the step became, a merge what was merged.
    """

    sort: Sort
    kind: str
    ids: tuple[UUID, ...]
    path: tuple[str, ...] = ()
    before: JSON = None
    after: JSON = None
    was: Place | None = None
    now: Place | None = None
    stage: UUID | None = None
    step: UUID | None = None
    lane: UUID | None = None
    ends: tuple[UUID, ...] = ()
    inside: tuple[Change, ...] = ()

    @property
    def lineage(self) -> UUID:
        """The id of the element."""
        return self.ids[0]

    @property
    def field(self) -> str:
        """The name of the field that changed; empty for what is about the whole element."""
        return self.path[0] if self.path else ""

    @property
    def is_of_content(self) -> bool:
        """Whether it is about what the map says: not its name, nor what is folded or locked."""
        return self.kind not in ("map", LIBRARY) and self.field not in _LOOKS

    @property
    def key(self) -> str:
        """What this change is known by among those between two maps."""
        return ":".join((self.sort, str(self.lineage), *self.path))


def flat(changes: Iterable[Change]) -> Iterator[Change]:
    """Go through *changes* and what came with them; splits and merges are what they consist of."""
    for change in changes:
        if change.sort not in (Sort.SPLIT, Sort.MERGED):
            yield replace(change, inside=()) if change.inside else change
        yield from flat(change.inside)


def inverted(change: Change) -> Change:
    """Give the change that takes *change* back."""
    return replace(
        change,
        sort=_OTHER_WAY.get(change.sort, change.sort),
        before=change.after,
        after=change.before,
        was=change.now,
        now=change.was,
        inside=tuple(inverted(one) for one in change.inside),
    )


def counts_by_stage(changes: Iterable[Change]) -> Mapping[UUID | None, Counter[Sort]]:
    """Count *changes* by stage and sort; None stands for the map as a whole."""
    found: dict[UUID | None, Counter[Sort]] = {}
    for change in changes:
        found.setdefault(change.stage, Counter())[change.sort] += 1
    return found
