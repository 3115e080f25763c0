"""Sets documents as PDF and as pictures, with fonts of their own and no way out of their folder.

A template is a Typst file below `templates/`. What people wrote reaches it as data, `told.json`,
and never as markup, so that no text of theirs can do anything.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any, cast
from unicodedata import category

import typst
from django.conf import settings

from cxm.kernel.errors import DomainError
from cxm.kernel.typesetting.limits import MOST_PIXELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

# About a second of work.
MOST_SIGNS = 400_000
SCALES = (1, 2, 3, 4)
# In one process: the longest documents take 200 MB each while they are set.
_AT_ONCE = BoundedSemaphore(2)
_SHARED = "typesetting/sheet.typ"
_FONTS = Path(__file__).parent / "fonts"
_PICTURE = re.compile(r"[a-z0-9-]{1,80}\.(svg|png|jpg|gif|webp)")
_POINTS_PER_INCH = 72
# No line has room for longer words: between their letters stands where they may be cut.
_LONG_WORD = re.compile(r"\S{25,}")
_CUT_HERE, _JOINER = "\u200b", "\u200d"
_KEPT_WHOLE = frozenset({"file", "href", "url"})


class TooLargeError(DomainError):
    """There is more to set than is set at once."""


def typeset_pdf(
    template: str,
    told: Mapping[str, Any],
    *,
    at: datetime,
    pictures: Mapping[str, bytes],
    most_signs: int = MOST_SIGNS,
) -> bytes:
    """Set *told* by *template* as a tagged PDF, made at *at*, with its fonts inside.

    *pictures* are files by the names that *told* calls them: small letters, digits and hyphens,
    and an ending that says their kind. The result keeps to PDF/UA-1 where the fonts have all
    signs of the text. *most_signs* is how much may be told, more than usual in background work
    only. Raises TooLargeError.
    """
    second = at.replace(microsecond=0)  # a PDF knows no less
    with _compiler(template, told, pictures, most_signs) as compiler:
        try:
            made = compiler.compile(format="pdf", pdf_standards="ua-1", timestamp=second)
        except typst.TypstError:
            # The standard refuses texts with signs that no font has: they become empty boxes.
            made = compiler.compile(format="pdf", timestamp=second)
    return cast("bytes", made)


def typeset_png(
    template: str,
    told: Mapping[str, Any],
    *,
    pictures: Mapping[str, bytes],
    scale: int,
    most_signs: int = MOST_SIGNS,
) -> bytes:
    """Set *told* by *template*, which makes a single page, as a PNG of *scale* pixels a point.

    The template ends with metadata of width and height in points, labelled `end`. *pictures* and
    *most_signs* as in `typeset_pdf`. Raises TooLargeError, also for a picture of more than 40
    million pixels.
    """
    with _compiler(template, told, pictures, most_signs) as compiler:
        width, height = json.loads(compiler.query("<end>", field="value", one=True))
        if width * height * scale**2 > MOST_PIXELS:
            raise TooLargeError(_too_large_words(scale))
        made = compiler.compile(format="png", ppi=_POINTS_PER_INCH * scale)
    return cast("bytes", made)


def _too_large_words(scale: int) -> str:
    smaller = "Choose a smaller scale, or take the PDF." if scale > 1 else "Take the PDF."
    return f"This is too large for one picture. {smaller}"


@contextmanager
def _compiler(
    template: str, told: Mapping[str, Any], pictures: Mapping[str, bytes], most_signs: int
) -> Iterator[typst.Compiler]:
    """Lay out all that is needed in a folder that nothing is read outside of."""
    text = json.dumps(_cuttable(told), ensure_ascii=False)
    if len(text) > most_signs:
        message = "This is too long to be set as one file. Shorten it, or split it in two."
        raise TooLargeError(message)
    with _AT_ONCE, TemporaryDirectory(prefix="wayfare-setting-") as folder:
        root = Path(folder)
        (root / "told.json").write_text(text, encoding="utf-8", errors="replace")
        for source in (_SHARED, template):
            path = Path(settings.BASE_DIR) / "templates" / source
            (root / path.name).write_bytes(path.read_bytes())
        for name, content in pictures.items():
            if not _PICTURE.fullmatch(name):
                message = f"{name} is no name of a picture"
                raise ValueError(message)
            (root / name).write_bytes(content)
        main = root / Path(template).name
        yield typst.Compiler(input=main, root=root, font_paths=_fonts())


def _cuttable(told: Any) -> Any:
    """Let long words be cut, in all texts but addresses and names of files."""
    if isinstance(told, str):
        return _LONG_WORD.sub(lambda found: _cut(found[0]), told)
    if isinstance(told, dict):
        return {
            name: value if name in _KEPT_WHOLE else _cuttable(value) for name, value in told.items()
        }
    return [_cuttable(one) for one in told] if isinstance(told, list | tuple) else told


def _cut(word: str) -> str:
    """Let *word* be cut before each letter, but never off the marks on it: those take minutes."""
    cuts = (
        sign if category(sign).startswith("M") or _JOINER in (before, sign) else _CUT_HERE + sign
        for before, sign in pairwise(word)
    )
    return word[:1] + "".join(cuts)


@cache
def _fonts() -> typst.Fonts:
    """Find our fonts, and those of the machine for scripts that ours lack; once a process."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[_FONTS])
