"""Values of attributes as they are compared: one text for all that is equal."""

from __future__ import annotations

from decimal import Decimal


def canonical(value: str | bool | Decimal) -> str:  # noqa: FBT001 - a value, not a switch
    """Give the text that equal values share: 5, 5.0 and "5" are 5; true is "true"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        plain = f"{value.normalize():f}"
        return "0" if plain == "-0" else plain
    return value
