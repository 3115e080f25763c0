"""Text that a spreadsheet would run: given out with an apostrophe before it, read without it."""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Spreadsheets take the wide signs for the plain ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001
_RUN = re.compile(rf"'*[{re.escape(''.join(FORMULA_STARTS))}]")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


def defused(text: str) -> str:
    """Give *text* as a cell of a CSV file, with a ' before what would be run; numbers stay.

    What reads already like such a cell gets one more, so that `undefused` gives *text* back.
    """
    return f"'{text}" if _RUN.match(text) and not _NUMBER.fullmatch(text) else text


def undefused(cell: str) -> str:
    """Take off the ' that `defused` put before a text."""
    return cell[1:] if cell.startswith("'") and _RUN.match(cell) else cell


def csv_text(lines: Iterable[Iterable[object]]) -> str:
    """Write *lines* of a CSV file, every text defused; what is no text as it reads."""
    text = StringIO()
    writer = csv.writer(text)
    for cells in lines:
        writer.writerow([defused(one) if isinstance(one, str) else one for one in cells])
    return text.getvalue()


def csv_line(cells: Iterable[object]) -> str:
    """Write one line of a CSV file, as `csv_text` does."""
    return csv_text([cells])
