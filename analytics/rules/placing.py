"""Where a figure lies on the way from the worst to the best that its scale allows."""

from __future__ import annotations

# As drawn feelings are: from very bad to very good.
WORST, BEST = -2.0, 2.0
_PERCENT = {"net": (-100.0, 100.0), "share": (0.0, 100.0)}


def place_on(
    value: float, statistic: str, ends: tuple[float, float], *, is_more_better: bool
) -> float:
    """Place *value*, made by a metric's *statistic*, from -2 (worst) to +2 (best) in even steps.

    A net score lies between -100 and 100, and a share of favourable answers between 0 and 100:
    of both, more is better. A mean or a median lies between the *ends* of the scale.
    """
    low, high = _PERCENT.get(statistic, ends)
    share = (value - low) / (high - low)
    if statistic not in _PERCENT and not is_more_better:
        share = 1 - share
    return WORST + (BEST - WORST) * min(1.0, max(0.0, share))
