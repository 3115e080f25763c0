"""Rounding for display: once, from the counts, halves away from zero."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

_WIDE = Context(prec=400)  # a double has at most 309 digits before the point


def round_half_away(value: Decimal | float, decimals: int = 0) -> Decimal:
    """Round *value* to *decimals* places, a half going away from zero.

    The result prints with exactly *decimals* places and never as a negative zero. A float counts
    as the decimal it prints as, so that 1.005 is a half at two places. Python's own `round` goes
    to the even neighbour instead. Raises ValueError for NaN and the infinities.
    """
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if not exact.is_finite():
        raise ValueError("only a finite number can be rounded")
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, context=_WIDE)
    return rounded if rounded else abs(rounded)


def largest_remainder(
    parts: Sequence[int] | Sequence[Decimal], total: int = 100
) -> tuple[int, ...] | None:
    """Split *total* over *parts* in whole numbers that add up to it, in the given order.

    Parts are counts or sums of weights, none negative. Every part gets its exact portion rounded
    down; what is left goes one each to the largest remainders, the earlier part first on a tie.
    Returns None when the parts add up to nothing. Raises ValueError for a negative part.
    """
    exact = [Fraction(part) for part in parts]
    if any(part < 0 for part in exact):
        raise ValueError("parts of a whole are not negative")
    whole = sum(exact)
    if whole == 0:
        return None
    portions = [divmod(total * part, whole) for part in exact]
    shares = [int(floor) for floor, _ in portions]
    by_remainder = sorted(range(len(exact)), key=lambda place: -portions[place][1])
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return tuple(shares)
