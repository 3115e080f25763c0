"""How wide text is in our fonts, so that lines can be broken before anything is set.

Widths are those of single signs: pairs that stand closer and Arabic letters that join are a little
narrower than said. Tables of fonts are read as the OpenType specification 1.9 describes them
(`head`, `hhea`, `hmtx`, and `cmap` in the formats 4 and 12).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import category, east_asian_width

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FOLDER = Path(__file__).parent / "fonts"
# In the order in which a sign is looked for, as in templates/typesetting/sheet.typ.
_OTHERS = ("NotoSansArabic_400Regular", "NotoSansHebrew_400Regular", "NotoEmoji_400Regular")
_FACES = {
    400: ("Figtree_400Regular", "NotoSans_400Regular", *_OTHERS),
    600: ("Figtree_600SemiBold", "NotoSans_700Bold", *_OTHERS),
    700: ("Figtree_700Bold", "NotoSans_700Bold", *_OTHERS),
}
# Of signs that none of our fonts has, in em: what fonts of a machine have them in.
_WIDE, _UNKNOWN = 1.0, 0.75
_FORMAT_BY_SEGMENTS, _FORMAT_BY_GROUPS = 4, 12
_NO_MORE = 0xFFFF


@dataclass(frozen=True, slots=True)
class _Face:
    """The signs of a font by their code, each with its width in em."""

    widths: Mapping[int, float]


def width_of(text: str, size: float, weight: int = 400) -> float:
    """Give the width of *text* in a line, in the unit of *size*; *weight* is 400, 600 or 700."""
    return sum(_sign_width(sign, weight) for sign in text) * size


@lru_cache(maxsize=8_192)
def _sign_width(sign: str, weight: int) -> float:
    if category(sign) in {"Mn", "Me", "Cf", "Cc"}:
        return 0.0
    for name in _FACES[weight]:
        width = _face(name).widths.get(ord(sign))
        if width is not None:
            return width
    return _WIDE if east_asian_width(sign) in {"W", "F"} else _UNKNOWN


@cache
def _face(name: str) -> _Face:
    content = (_FOLDER / f"{name}.ttf").read_bytes()
    tables = _tables(content)
    per_em = _number(content, tables["head"] + 18)
    measured = _number(content, tables["hhea"] + 34)
    metrics = tables["hmtx"]

    def width(glyph: int) -> float:
        # The last width holds for all glyphs behind it.
        return _number(content, metrics + 4 * min(glyph, measured - 1)) / per_em

    return _Face({code: width(glyph) for code, glyph in _glyphs(content, tables["cmap"])})


def _tables(content: bytes) -> dict[str, int]:
    count = _number(content, 4)
    records = (struct.unpack_from(">4s3I", content, 12 + 16 * place) for place in range(count))
    return {tag.decode("ascii"): offset for tag, _, offset, _ in records}


def _glyphs(content: bytes, table: int) -> Iterator[tuple[int, int]]:
    """Give the glyph of each code that the font has a sign for."""
    count = _number(content, table + 2)
    records = (struct.unpack_from(">2HI", content, table + 4 + 8 * n) for n in range(count))
    for _, _, offset in records:
        at = table + offset
        kind = _number(content, at)
        if kind == _FORMAT_BY_GROUPS:
            yield from _by_groups(content, at)
        elif kind == _FORMAT_BY_SEGMENTS:
            yield from _by_segments(content, at)


def _by_groups(content: bytes, at: int) -> Iterator[tuple[int, int]]:
    (count,) = struct.unpack_from(">I", content, at + 12)
    for place in range(count):
        first, last, glyph = struct.unpack_from(">3I", content, at + 16 + 12 * place)
        yield from ((code, glyph + code - first) for code in range(first, last + 1))


def _by_segments(content: bytes, at: int) -> Iterator[tuple[int, int]]:
    count = _number(content, at + 6) // 2
    ends, starts = at + 14, at + 16 + 2 * count
    deltas, ranges = starts + 2 * count, starts + 4 * count
    for place in range(count):
        first, last = (_number(content, column + 2 * place) for column in (starts, ends))
        delta = _number(content, deltas + 2 * place)
        where = ranges + 2 * place
        offset = _number(content, where)
        for code in range(first, min(last, _NO_MORE - 1) + 1):
            glyph = code
            if offset:
                glyph = _number(content, where + offset + 2 * (code - first))
            if glyph or not offset:
                yield code, (glyph + delta) % 0x10000


def _number(content: bytes, at: int) -> int:
    (found,) = struct.unpack_from(">H", content, at)
    return int(found)
