"""Many tests on one screen: p-values adjusted for being looked at together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

Q = 0.05
_TOLERANCE = 1e-12  # p-values that sit exactly on the limit are flagged


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values for the rate of false flags, in the given order; for screens.

    Valid under independence or positive dependence. Raises ValueError outside [0, 1]. Source:
    Benjamini, Hochberg, Controlling the False Discovery Rate, JRSS B 57, 1995.
    """
    order, m = _ascending(p_values), len(p_values)
    scaled = [p_values[place] * m / rank for rank, place in enumerate(order, start=1)]
    running = list(accumulate(reversed(scaled), min))[::-1]
    return _back_in_place(order, running)


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values for the chance of any false flag, in the given order; for paging alerts.

    Raises ValueError outside [0, 1]. Source: Holm, A Simple Sequentially Rejective Multiple Test
    Procedure, Scandinavian Journal of Statistics 6, 1979.
    """
    order, m = _ascending(p_values), len(p_values)
    scaled = [p_values[place] * (m - rank) for rank, place in enumerate(order)]
    return _back_in_place(order, list(accumulate(scaled, max)))


def is_flagged(adjusted_p: float, q: float = Q) -> bool:
    """Say whether an adjusted p-value is at or below *q*, with a tolerance of 1e-12."""
    return adjusted_p <= q + _TOLERANCE


def _ascending(p_values: Sequence[float]) -> list[int]:
    if not all(0 <= p <= 1 for p in p_values):
        raise ValueError("p-values lie between 0 and 1")
    return sorted(range(len(p_values)), key=p_values.__getitem__)


def _back_in_place(order: Sequence[int], adjusted: Sequence[float]) -> list[float]:
    by_place = dict(zip(order, adjusted, strict=True))
    return [min(1.0, by_place[place]) for place in range(len(order))]
