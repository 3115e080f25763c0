"""How far two figures lie apart, and how many customers another month would bring."""

from __future__ import annotations

from math import hypot, sqrt

from journeys.rules.formulas import Span

_Z = 1.959963984540054


def difference(above: Span, below: Span) -> Span:
    """Give *above* less *below*, of two independent figures that have intervals.

    The method of variance estimates recovery: G. Y. Zou, A. Donner, "Construction of confidence
    limits about effect measures: a general approach", Statistics in Medicine 27, 2008, eq. 2.
    """
    value = above.value - below.value
    low = value - hypot(above.value - above.lo, below.hi - below.value)
    return Span(value, low, value + hypot(above.hi - above.value, below.value - below.lo))


def count_span(count: int) -> Span:
    """Give a *count* of independent things with the interval of its mean: Poisson, 95 %.

    Byar's approximation: N. E. Breslow, N. E. Day, "Statistical Methods in Cancer Research",
    volume II, IARC 1987, page 69.
    """
    if count == 0:
        return Span(0.0, 0.0, _byar(1, _Z))
    return Span(float(count), _byar(count, -_Z), _byar(count + 1, _Z))


def _byar(count: int, z: float) -> float:
    return float(count * (1 - 1 / (9 * count) + z / (3 * sqrt(count))) ** 3)
