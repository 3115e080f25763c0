"""From the level of an occasion and the mood of a person to a score."""

from __future__ import annotations

import math
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate

_NET = "nps"
_PASSIVES = 0.27
# Per metric: the scores from worst to best, each with its share of the unfavourable or
# favourable side. For the mean of stars, a level is the percent of four and five stars.
_SIDES: dict[str, tuple[dict[int, float], dict[int, float]]] = {
    "csat_5": ({1: 0.26, 2: 0.29, 3: 0.45}, {4: 0.52, 5: 0.48}),
    "csat_3": ({1: 0.48, 2: 0.52}, {3: 1.0}),
    "ces_2": ({1: 0.14, 2: 0.19, 3: 0.3, 4: 0.37}, {5: 0.27, 6: 0.36, 7: 0.37}),
    "stars": ({1: 0.36, 2: 0.22, 3: 0.42}, {4: 0.34, 5: 0.66}),
}
_DETRACTORS = {0: 0.13, 1: 0.05, 2: 0.07, 3: 0.1, 4: 0.11, 5: 0.26, 6: 0.28}
_NEUTRAL = {7: 0.42, 8: 0.58}
_PROMOTERS = {9: 0.46, 10: 0.54}
_LEAST, _MOST = 2.0, 98.0


def score(metric: str, level: float, latent: float) -> int:
    """Turn a standard normal *latent* into a score, so that many of them give the *level*.

    Levels are percent favourable, for "nps" the Net Promoter Score; above all that people can
    answer they are cut. Raises KeyError for a metric that no made-up survey asks.
    """
    values, cumulative = _scale(metric, round(level, 1))
    share = (1 + math.erf(latent / math.sqrt(2))) / 2
    return values[min(bisect_right(cumulative, share), len(values) - 1)]


def is_praise(metric: str, value: int) -> bool:
    """Tell whether a score is on the happy side."""
    return value in (_PROMOTERS if metric == _NET else _SIDES[metric][1])


def is_blame(metric: str, value: int) -> bool:
    """Tell whether a score is on the unhappy side; a middling one is neither."""
    if metric == _NET:
        return value in _DETRACTORS
    return value in list(_SIDES[metric][0])[:2]


@lru_cache(maxsize=4_096)
def _scale(metric: str, level: float) -> tuple[tuple[int, ...], tuple[float, ...]]:
    sides: list[tuple[dict[int, float], float]]
    if metric == _NET:
        net = min(max(level / 100, _PASSIVES - 1), 1 - _PASSIVES)
        promoters = (1 - _PASSIVES + net) / 2
        detractors = 1 - _PASSIVES - promoters
        sides = [(_DETRACTORS, detractors), (_NEUTRAL, _PASSIVES), (_PROMOTERS, promoters)]
    else:
        happy = min(max(level, _LEAST), _MOST) / 100
        low, high = _SIDES[metric]
        sides = [(low, 1 - happy), (high, happy)]
    shares = {value: part * weight for side, weight in sides for value, part in side.items()}
    return tuple(shares), tuple(accumulate(shares.values()))
