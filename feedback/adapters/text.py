"""Lines of text out of a file of any encoding, with what can harm a reader removed."""

from __future__ import annotations

import io
import re
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from feedback.adapters.encoding import WIDE, decode_line
from feedback.adapters.errors import FileRefusedError

LONGEST_LINE = 4_000_000
# Control characters but tab, line feed and return; the mark of byte order; direction marks,
# overrides and isolates; halves of surrogate pairs.
_UNSAFE = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ufeff\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)


@dataclass(slots=True)
class Removed:
    """Counts, while a file is read: characters removed, and characters no encoding could read."""

    characters: int = 0
    unreadable: int = 0


def without_unsafe(text: str, removed: Removed) -> str:
    """Give *text* without control and direction characters, counting them in *removed*."""
    if not _UNSAFE.search(text):
        return text
    clean, count = _UNSAFE.subn("", text)
    removed.characters += count
    return clean


def text_lines(path: Path, encoding: str, second: str, removed: Removed) -> Generator[str]:
    """Stream the lines of a file with their own line ends (line feed, return, or both).

    Close the iterator to close the file. Raises FileRefusedError `line_too_long` for a line over
    four million characters, and `not_readable` where the encoding cannot be decoded at all.
    """
    is_wide = encoding.lower().replace("_", "-").startswith(WIDE)
    with closing(_open(path, encoding, is_wide=is_wide)) as stream:
        number = 0
        while line := _next_line(stream, number := number + 1, encoding):
            if line.isascii() or is_wide:
                text = line
            else:
                # Read as Latin-1 each character is one byte: line ends are found before decoding.
                text, is_foreign = decode_line(line.encode("latin-1"), encoding, second)
                text = text.removeprefix("\ufeff") if number == 1 else text
                removed.unreadable += text.count("\ufffd") if is_foreign else 0
            yield without_unsafe(text, removed)


def _open(path: Path, encoding: str, *, is_wide: bool) -> io.TextIOWrapper:
    if is_wide:
        return path.open(encoding=encoding, newline="", errors="replace")
    return path.open(encoding="latin-1", newline="")


def _next_line(stream: io.TextIOWrapper, number: int, encoding: str) -> str:
    try:
        line = stream.readline(LONGEST_LINE)
    except UnicodeError as error:
        raise FileRefusedError(
            "not_readable", f"Line {number} is not text in {encoding}. Choose another encoding."
        ) from error
    if len(line) == LONGEST_LINE:
        raise FileRefusedError(
            "line_too_long",
            f"Line {number} is longer than four million characters, so this is not a table of "
            "text. Export the file as CSV or XLSX again.",
        )
    return line
