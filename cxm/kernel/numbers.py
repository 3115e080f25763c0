"""How a rounded number is written for people."""

from __future__ import annotations

from decimal import Decimal

MINUS = "\u2212"
NO_DATA = "\u2013"


def written(rounded: Decimal | None, *, is_signed: bool = False) -> str:
    """Write *rounded* with all its decimals, a true minus sign and commas between thousands.

    None is "no data" and becomes an en dash; zero never has a sign. *is_signed* puts a plus
    before what is above zero. Rounding is the caller's (`cxm.metrics.rules.rounding`).
    """
    if rounded is None:
        return NO_DATA
    digits = f"{abs(rounded):,f}"
    if rounded < 0:
        return MINUS + digits
    return f"+{digits}" if is_signed and rounded > 0 else digits
