"""Breaks text into lines that fit a width, whatever people wrote."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import bidirectional, category

from cxm.kernel.typesetting.widths import width_of

_JOINER = "\u200d"
_TONES = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)
# Turns text around beyond its own end, or is no sign at all.
_LEFT_OUT = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@lru_cache(maxsize=32_768)
def broken(text: str, width: float, size: float, weight: int = 400) -> tuple[str, ...]:
    """Break *text* into lines of *width* at most, in the unit of *size*.

    Breaks that were written stay; words that are wider than a line are cut between their letters,
    but never off the marks on them. Without text there are no lines.
    """
    found: list[str] = []
    for written in text.splitlines():
        found += _one(readable(written), width, size, weight)
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def readable(text: str) -> str:
    """Leave out of a line what is no sign, or would turn text around beyond it."""
    kept = (sign for sign in text.replace("\t", " ") if sign not in _LEFT_OUT)
    return "".join(sign for sign in kept if category(sign) not in {"Cc", "Cs", "Cn"})


def is_from_the_right(text: str) -> bool:
    """Whether *text* begins at the right: by its first letter that has a direction."""
    ways = (bidirectional(sign) for sign in text)
    return next((way in {"R", "AL"} for way in ways if way in {"L", "R", "AL"}), False)


def _one(text: str, width: float, size: float, weight: int) -> list[str]:
    """Break what stands between two breaks that were written."""
    lines: list[str] = []
    line, filled = "", 0.0
    blank = width_of(" ", size, weight)
    for word in text.split():
        wide = width_of(word, size, weight)
        if line and filled + blank + wide <= width:
            line, filled = f"{line} {word}", filled + blank + wide
            continue
        if line:
            lines.append(line)
        *whole, line = _cut(word, width, size, weight) if wide > width else [word]
        lines += whole
        filled = width_of(line, size, weight) if whole else wide
    return [*lines, line]


def _cut(word: str, width: float, size: float, weight: int) -> list[str]:
    """Cut a word that is wider than a line; of a narrow line each holds one sign at least."""
    parts = [""]
    filled = 0.0
    for sign in _signs(word):
        wide = width_of(sign, size, weight)
        if parts[-1] and filled + wide > width:
            parts.append("")
            filled = 0.0
        parts[-1] += sign
        filled += wide
    return parts


def _signs(word: str) -> list[str]:
    """Split a word into what people see as single signs."""
    found: list[str] = []
    for sign in word:
        if found and _belongs(found[-1], sign):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _belongs(before: str, sign: str) -> bool:
    if category(sign).startswith("M") or sign == _JOINER or before[-1] == _JOINER:
        return True
    is_half_flag = len(before) == 1 and ord(before) in _FLAGS and ord(sign) in _FLAGS
    return is_half_flag or ord(sign) in _TONES
