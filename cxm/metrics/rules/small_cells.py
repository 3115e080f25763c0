"""Small groups: which cells an anonymous survey hides, and which figures are too small to test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cxm.metrics.rules.intervals import FEW_ANSWERS

SCORES_K = 5
COMMENTS_K = 10
LOWEST_K = 3
FEWEST_HIDDEN = 2  # one hidden cell is the total less the others


@dataclass(frozen=True, slots=True)
class Suppression:
    """The keys of the hidden cells, all marked alike, and whether the total is hidden too."""

    hidden: frozenset[str]
    is_total_hidden: bool


def check_threshold(k: int) -> int:
    """Return *k*, or raise ValueError when it is below 3, which protects nobody."""
    if k < LOWEST_K:
        raise ValueError(f"the threshold for small groups is at least {LOWEST_K}")
    return k


def is_too_small(n: int, k: int = SCORES_K) -> bool:
    """Say whether a cell of *n* answers is hidden for itself: 0 < n < k.

    An empty cell is not hidden; it says that there are no answers.
    """
    return 0 < n < check_threshold(k)


def suppress(
    cells: Mapping[str, int], k: int = SCORES_K, *, is_total_shown: bool = True
) -> Suppression:
    """Choose the cells to hide in one row of counts, each cell under its key.

    Cells below *k* are hidden. While the total is shown, further cells follow, the smallest
    non-empty one first and ties by key, until two non-empty cells are hidden that together hold
    at least k answers. When that cannot be, the total is hidden. Source: Handbook on Statistical
    Disclosure Control, sdctools.github.io/HandbookSDC.
    """
    hidden = {key for key, n in cells.items() if is_too_small(n, k)}
    if not hidden or not is_total_shown:
        return Suppression(frozenset(hidden), is_total_hidden=not is_total_shown)
    shown = sorted((n, key) for key, n in cells.items() if n and key not in hidden)
    while shown and not is_covered([cells[key] for key in hidden], k):
        hidden.add(shown.pop(0)[1])
    covered = is_covered([cells[key] for key in hidden], k)
    return Suppression(frozenset(hidden), is_total_hidden=not covered)


def is_covered(hidden: list[int], k: int) -> bool:
    """Say whether these hidden, non-empty counts protect each other beside a shown total."""
    return len(hidden) >= FEWEST_HIDDEN and sum(hidden) >= k


def is_testable(n: int) -> bool:
    """Say whether a figure has the ten answers below which it is not ranked and not tested."""
    return n >= FEW_ANSWERS
