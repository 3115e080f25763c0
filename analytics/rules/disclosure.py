"""What may be shown to people who may not read answers: no set of fewer than k, nor by subtraction.

Such people choose among a few nested periods and no other filter. Whatever they put together,
two sets of answers they were shown differ by none or by at least k (spec: metrics, section 12).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from cxm.metrics.rules.small_cells import FEWEST_HIDDEN, SCORES_K, is_too_small, suppress


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Which of the nested periods are shown at all, and which cells are hidden in all of them."""

    is_offered: tuple[bool, ...]
    hidden: frozenset[str]


def disclose(
    cells: Mapping[str, Sequence[int]], k: int = SCORES_K, *, also: Set[str] = frozenset()
) -> Disclosure:
    """Choose what to show of a breakdown over nested periods.

    *cells* holds the number of answers of each cell in every period, from the shortest period to
    the longest. A period is offered when its total is 0 or at least *k*, and has none or at least
    *k* answers more than the last one offered. A cell is hidden, in every period, when any of
    those steps holds 1 to k - 1 of its answers; further cells follow, the smallest first and ties
    by key, until in every step the hidden ones protect each other. With all cells hidden they
    do, since every offered step holds none or at least k answers: totals need no hiding. Cells in
    *also* are hidden whatever they hold. Raises ValueError when cells differ in their number of
    periods.
    """
    lengths = {len(counts) for counts in cells.values()} or {0}
    if len(lengths) != 1:
        raise ValueError("every cell needs a number of answers for every period")
    totals = [sum(counts) for counts in zip(*cells.values(), strict=True)]
    is_offered = _offered(totals, k)
    steps_of = {key: bands(counts, is_offered) for key, counts in cells.items()}
    hidden = {key for key, steps in steps_of.items() if any(is_too_small(n, k) for n in steps)}
    hidden |= also
    others = sorted((sum(steps), key) for key, steps in steps_of.items() if key not in hidden)
    spare = [key for n, key in others if n]
    while not _is_covered([steps_of[key] for key in hidden], k):
        hidden.add(spare.pop(0))
    return Disclosure(is_offered, frozenset(hidden))


def hidden_points(
    points: Mapping[str, int], is_offered: Sequence[bool], band_of: Mapping[str, int]
) -> frozenset[str]:
    """Choose the points of a trend to hide, each of which lies in one step between periods.

    *band_of* gives the place of the shortest period that holds the point. Points of a period that
    is not offered belong to the next longer one that is; without one they are hidden.
    """
    offered = [place for place, is_shown in enumerate(is_offered) if is_shown]
    by_band: dict[int | None, dict[str, int]] = {}
    for key, n in points.items():
        band = next((place for place in offered if place >= band_of[key]), None)
        by_band.setdefault(band, {})[key] = n
    hidden = set(by_band.pop(None, {}))
    for cells in by_band.values():
        hidden |= suppress(cells).hidden
    return frozenset(hidden)


def bands(counts: Sequence[int], is_offered: Sequence[bool]) -> list[int]:
    """Give the answers that each offered period adds to the one before."""
    offered = [n for n, is_shown in zip(counts, is_offered, strict=True) if is_shown]
    return [late - early for early, late in pairwise([0, *offered])]


def _offered(totals: Sequence[int], k: int) -> tuple[bool, ...]:
    shown, last = [], 0
    for total in totals:
        is_shown = not is_too_small(total - last, k)
        last = total if is_shown else last
        shown.append(is_shown)
    return tuple(shown)


def _is_covered(hidden: Sequence[Sequence[int]], k: int) -> bool:
    """Say whether in every step the hidden cells are large, or hide behind each other."""
    for step in zip(*hidden, strict=True):
        counts = [n for n in step if n]
        has_small = any(is_too_small(n, k) for n in counts)
        if has_small and (len(counts) < FEWEST_HIDDEN or sum(counts) < k):
            return False
    return True
