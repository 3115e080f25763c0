"""Order strings: a place between any two others, so that a move writes one row."""

from __future__ import annotations

# In the order of their code points, as the collation "C" compares them.
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LONGEST = 48
_BASE = len(DIGITS)


def between(before: str, after: str) -> str:
    """Give a string that sorts after *before* and before *after*; an empty one is an end.

    Both are read as fractions in base 62, without zeros at their end. Adding at an end makes
    longer strings slowly, one sign in about thirty. Raises ValueError when *before* does not sort
    before *after*.
    """
    if after and before >= after:
        message = f"there is nothing between {before!r} and {after!r}"
        raise ValueError(message)
    if not after:
        return _following(before)
    shared = 0
    while shared < len(before) and before[shared] == after[shared]:
        shared += 1
    return after[:shared] + _middle(before[shared:], after[shared:])


def spread(count: int) -> list[str]:
    """Give *count* strings in order, evenly apart and as short as they can be."""
    length = 1
    while _BASE**length <= 2 * count:
        length += 1
    step = _BASE**length // (count + 1)
    return [_written(place * step, length) for place in range(1, count + 1)]


def _following(before: str) -> str:
    for place, sign in enumerate(before):
        digit = DIGITS.index(sign)
        if digit < _BASE - 1:
            return before[:place] + DIGITS[digit + 1]
    return before + DIGITS[_BASE // 2]


def _middle(low: str, high: str) -> str:
    """Give a fraction between two whose first digits differ; *low* may be empty."""
    first = DIGITS.index(low[0]) if low else 0
    last = DIGITS.index(high[0])
    if last - first > 1:
        return DIGITS[(first + last) // 2]
    if last > first and len(high) > 1:
        return high[0]
    if last > first:
        return DIGITS[first] + _following(low[1:])
    # *low* has ended and *high* begins with zeros.
    return DIGITS[0] + _middle("", high[1:])


def _written(number: int, length: int) -> str:
    signs = []
    for _ in range(length):
        number, digit = divmod(number, _BASE)
        signs.append(DIGITS[digit])
    return "".join(reversed(signs)).rstrip(DIGITS[0])
