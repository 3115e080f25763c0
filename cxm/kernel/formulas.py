"""Text that a spreadsheet would run: given out with an apostrophe before it, read without it."""

from __future__ import annotations

import re

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
