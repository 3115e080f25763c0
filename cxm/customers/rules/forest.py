"""Open merges as a forest: who is shown as whom, and what a merge or its undoing changes.

A merge says that one row of customers is the same person as another: `{absorbed: survivor}`. A
row is absorbed at most once at a time, so the open merges form trees; where a row's merges lead
is its root. What is undone is taken out, wherever in a tree it stood: all else stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping


class MergeCircleError(ValueError):
    """The two are one already, or merges lead back to where they began."""


def root_of[T: Hashable](row: T, merges: Mapping[T, T]) -> T:
    """Follow *merges* from *row* to its root; raises MergeCircleError where they go in a circle."""
    return path_of(row, merges)[-1]


def path_of[T: Hashable](row: T, merges: Mapping[T, T]) -> list[T]:
    """List *row* and what it was merged into, step by step, up to its root.

    Raises MergeCircleError where the merges go in a circle.
    """
    path = [row]
    seen = {row}
    while path[-1] in merges:
        following = merges[path[-1]]
        if following in seen:
            message = f"the merges of {row} go in a circle"
            raise MergeCircleError(message)
        path.append(following)
        seen.add(following)
    return path


def roots[T: Hashable](rows: Iterable[T], merges: Mapping[T, T]) -> dict[T, T]:
    """Give the root of each of *rows*; raises MergeCircleError where merges go in a circle."""
    return {row: root_of(row, merges) for row in rows}


def merged[T: Hashable](merges: Mapping[T, T], *, absorbed: T, survivor: T) -> dict[T, T]:
    """Give *merges* and one more: all that *absorbed* belongs to becomes part of *survivor*.

    The root of *absorbed* is what is absorbed, into the row *survivor* itself: were *survivor*
    taken out of its own tree one day, this merge would go with it. Raises MergeCircleError where
    the two have one root already.
    """
    gone = root_of(absorbed, merges)
    if gone == root_of(survivor, merges):
        message = f"{absorbed} and {survivor} are one already"
        raise MergeCircleError(message)
    return {**merges, gone: survivor}


def unmerged[T: Hashable](merges: Mapping[T, T], absorbed: T) -> dict[T, T]:
    """Give *merges* without the one that absorbed *absorbed*; KeyError where there is none."""
    rest = dict(merges)
    del rest[absorbed]
    return rest
