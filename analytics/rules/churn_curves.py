"""How long customers stay: survival curves of groups of them, tested against each other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analytics.rules.churn_shapes import TOLD_DAYS, Curve, GroupCurve, Grouped, Step
from cxm.kernel.lazily import lazily
from cxm.metrics.rules.many import benjamini_hochberg
from cxm.metrics.rules.survival import (
    Lifetimes,
    kaplan_meier,
    log_rank,
    log_rank_many,
    median_survival,
    restricted_mean,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from cxm.metrics.rules.survival import SurvivalStep
else:
    np = lazily("numpy")

FEWEST = 10
MOST_GROUPS = 8
MOST_STEPS = 120
MOST_TICKS = 8
_A_MOMENT = 0.5
_TICK_DAYS = (1, 7, 14, 30, 60, 90, 180, 365, 730, 1_095, 1_825, 3_650)

type Lived = Counter[tuple[int, bool, int]]
"""How many stayed so many whole days, whether they then went (or are still here), and of these days
after how many they were watched: 0 for whoever was from the beginning."""


def curve_of(lived: Lived, ticks: Sequence[int]) -> Curve | None:
    """Estimate the curve of *lived*, and who was at risk at *ticks*; None without anybody."""
    if not lived:
        return None
    lives = _lifetimes(lived)
    steps = kaplan_meier(lives)
    horizon = horizon_of(lived)
    seen = [day for day in ticks if day <= horizon]
    # Just after day 0, when everybody who is watched from the beginning is.
    risk = lives.at_risk(np.maximum(np.asarray(seen, dtype=np.float64), _A_MOMENT))
    median = median_survival(steps)
    return Curve(
        n=lived.total(),
        gone=sum(count for (_, is_gone, _), count in lived.items() if is_gone),
        median=None if median is None else int(median),
        mean=restricted_mean(steps, horizon),
        horizon=horizon,
        steps=_thinned(steps, horizon),
        at_risk=tuple(zip(seen, (int(n) for n in risk), strict=True)),
    )


def grouped(
    title: str,
    groups: Mapping[str, Lived],
    titles: Mapping[str, str],
    everybody: Lived,
    *,
    overlap: bool,
) -> Grouped:
    """Draw the largest of *groups*, each tested against all who are not in it.

    *title* is that of the dimension, *titles* are those of the groups. With *overlap* somebody may
    be in several groups, and no test of all groups at once is made.
    """
    sized = sorted(groups, key=lambda key: (-groups[key].total(), titles[key], key))
    drawn = [key for key in sized if groups[key].total() >= FEWEST][:MOST_GROUPS]
    tests = {key: found for key in drawn if (found := _against_others(groups[key], everybody))}
    adjusted = benjamini_hochberg([p for _, p in tests.values()])
    ticks = tick_days(horizon_of(everybody))
    by_key = {key: (*test, q) for (key, test), q in zip(tests.items(), adjusted, strict=True)}
    curves = tuple(
        GroupCurve(key, titles[key], curve, *by_key.get(key, ()))
        for key in drawn
        if (curve := curve_of(groups[key], ticks))
    )
    left_out = len(sized) - len(curves)
    together = None if overlap else log_rank_many([_lifetimes(groups[key]) for key in drawn])
    if together is None:
        return Grouped(title, curves, left_out)
    return Grouped(title, curves, left_out, together.chi_squared, together.p, together.degrees)


def horizon_of(lived: Lived) -> int:
    """Give the longest time anybody was watched, in days; 0 without anybody."""
    return max((days for days, _, _ in lived), default=0)


def tick_days(horizon: int) -> list[int]:
    """Choose at most nine round days from 0 to *horizon* at which to say who is at risk."""
    step = next((days for days in _TICK_DAYS if horizon // days <= MOST_TICKS), _TICK_DAYS[-1])
    return list(range(0, horizon + 1, step))


def _lifetimes(lived: Lived) -> Lifetimes:
    days = np.fromiter((key[0] for key in lived), dtype=np.float64, count=len(lived))
    gone = np.fromiter((key[1] for key in lived), dtype=bool, count=len(lived))
    counts = np.fromiter(lived.values(), dtype=np.float64, count=len(lived))
    entries = np.fromiter((key[2] for key in lived), dtype=np.float64, count=len(lived))
    return Lifetimes(days, gone, entries if entries.any() else None, counts)


def _against_others(group: Lived, everybody: Lived) -> tuple[float, float] | None:
    """Test a group against all others: chi squared and p; None where there is nothing."""
    others = everybody - group
    if not others:
        return None
    found = log_rank(_lifetimes(group), _lifetimes(others))
    return None if found is None else (found.chi_squared, found.p)


def _thinned(steps: Sequence[SurvivalStep], horizon: int) -> tuple[Step, ...]:
    """Keep the last step in each of MOST_STEPS equal parts of the time, and those of TOLD_DAYS."""
    kept = steps
    if len(steps) > MOST_STEPS:
        parts = {int(MOST_STEPS * one.time / (horizon + 1)): one for one in steps}
        told = {day: one for day in TOLD_DAYS for one in steps if one.time <= day}
        by_time = {one.time: one for one in (*parts.values(), *told.values())}
        kept = [by_time[time] for time in sorted(by_time)]
    return tuple(
        Step(int(one.time), one.at_risk, one.events, one.survival, one.low, one.high)
        for one in kept
    )
