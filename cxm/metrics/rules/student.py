"""Student's t distribution, for intervals and tests of means; pages load no library for it."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

_MOST_TERMS, _MOST_STEPS = 10_000, 200
_SMALL, _TINY = 1e-16, 1e-300
_MIDDLE = 0.5
_LARGE = 1_000.0


@lru_cache(maxsize=4_096)
def t_quantile(probability: float, degrees: float) -> float:
    """Give the value below which a t variable falls with *probability*, strictly in (0, 1).

    *degrees* of freedom are above 0 and may be a fraction.
    """
    tail = min(probability, 1 - probability)
    low, high = 0.0, 1.0
    while t_two_sided_p(high, degrees) / 2 > tail:
        low, high = high, 2 * high
    found = min(max(-NormalDist().inv_cdf(tail), low), high)
    for _ in range(_MOST_STEPS):  # pragma: no branch - it comes to rest long before
        gap = t_two_sided_p(found, degrees) / 2 - tail
        low, high = (found, high) if gap > 0 else (low, found)
        better = found + gap / _density(found, degrees)
        better = better if low < better < high else (low + high) / 2
        is_there = abs(better - found) <= _SMALL * abs(better)
        found = better
        if is_there:
            break
    return found if probability > _MIDDLE else -found


def t_two_sided_p(t: float, degrees: float) -> float:
    """Give the probability that a t variable lies further from 0 than *t*.

    *degrees* of freedom are above 0 and may be a fraction.
    """
    if math.isinf(t):
        return 0.0
    whole = degrees + t * t
    return _beta_share(degrees / whole, t * t / whole, degrees / 2, 0.5)


def _density(t: float, degrees: float) -> float:
    log = _log_ratio(degrees / 2)
    log -= 0.5 * math.log(degrees * math.pi) + (degrees + 1) / 2 * math.log1p(t * t / degrees)
    return math.exp(log)


def _log_ratio(a: float) -> float:
    """Give the logarithm of gamma(a + 1/2) / gamma(a), which large *a* take digits from."""
    if a < _LARGE:
        return math.lgamma(a + _MIDDLE) - math.lgamma(a)
    return 0.5 * math.log(a) - 1 / (8 * a) + 1 / (192 * a**3)


def _beta_share(x: float, rest: float, a: float, b: float) -> float:
    """Give the regularised incomplete beta function of *x*, with *rest* = 1 - *x*.

    One of *a* and *b* is 1/2. By its continued fraction. Sources: DLMF 8.17.22; Lentz, Applied
    Optics 15, 1976.
    """
    if x <= 0 or rest <= 0:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(rest, x, b, a)
    log = _log_ratio(max(a, b) if min(a, b) == _MIDDLE else min(a, b)) - math.lgamma(_MIDDLE)
    return math.exp(log + a * math.log(x) + b * math.log(rest)) / a * _continued(x, a, b)


def _continued(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, _MOST_TERMS):  # pragma: no branch - it comes to rest long before
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d, c = 1 / _away(1 + term * d), _away(1 + term / c)
            found *= d * c
        if abs(d * c - 1) < _SMALL:
            break
    return found


def _away(value: float) -> float:
    """Keep what is divided by off zero."""
    return value if abs(value) > _TINY else _TINY
