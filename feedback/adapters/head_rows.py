"""Where the heads of a table are, and one name for each column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
_DATE = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}([ T].*)?")
_QUALTRICS_ID = '{"ImportId":'
_LEGACY_NAME = re.compile(r"V[0-9]+")
_GENERIC = {"response", "open-ended response"}
_SEARCHED_ROWS = 10
_SAME_TYPE_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class HeadRows:
    """*skip_rows* lines of preamble, then *head_rows* rows (0 to 3) that name the columns."""

    skip_rows: int
    head_rows: int
    heads: Literal["first", "joined", "positions"]


@dataclass(frozen=True, slots=True)
class Heads:
    """*names* are unique and filled; *titles* are what a person reads; *notes* say what changed."""

    names: tuple[str, ...]
    titles: tuple[str, ...]
    notes: tuple[str, ...] = ()


def find_head_rows(rows: Sequence[Sequence[str]]) -> HeadRows:
    """Find the heads in the first *rows* of a file.

    Known exports first (Qualtrics: three rows, its legacy form: two; SurveyMonkey: two). Else one
    row, or none where a column is numbers or dates from its very first cell on.
    """
    skip = _preamble(rows)
    rows = rows[skip:]
    for number, row in enumerate(rows[:3]):
        if any(cell.startswith(_QUALTRICS_ID) for cell in row):
            return HeadRows(skip, number + 1, "first")
    if len(rows) > 1 and _is_legacy_qualtrics(rows):
        return HeadRows(skip, 2, "first")
    if len(rows) > 1 and _is_survey_monkey(rows):
        return HeadRows(skip, 2, "joined")
    return HeadRows(skip, 0, "positions") if _has_no_heads(rows) else HeadRows(skip, 1, "first")


def name_columns(head_rows: Sequence[Sequence[str]], width: int, heads: str) -> Heads:
    """Give each of *width* columns a name of its own.

    *heads* is "first", "joined" or "positions" as in a Dialect. An empty head becomes column_N
    (N from 1), a repeated one gets " (2)", blanks around a head go; each is noted.
    """
    if not head_rows or heads == "positions":
        names = tuple(f"column_{place}" for place in range(1, width + 1))
        return Heads(names, names)
    first = _padded(head_rows[0], width)
    rest = _padded(head_rows[1], width) if len(head_rows) > 1 else []
    raw = _joined(first, rest) if heads == "joined" else first
    unique, notes = _unique(raw)
    titles = rest if rest and heads == "first" else [name.strip() for name in raw]
    return Heads(
        tuple(unique),
        tuple(title.strip() or name for title, name in zip(titles, unique, strict=True)),
        tuple(notes),
    )


def _padded(row: Sequence[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]


def _joined(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Join a question with the choice under it; a question spans the empty heads to its right."""
    joined, question = [], ""
    for above, below in zip(first, second, strict=True):
        question = above.strip() or question
        part = "" if below.strip().lower() in _GENERIC else below.strip()
        joined.append(" / ".join(text for text in (question, part) if text))
    return joined


def _unique(raw: Sequence[str]) -> tuple[list[str], list[str]]:
    taken = {head.strip() for head in raw}
    used: set[str] = set()
    names, notes = [], []
    for place, head in enumerate(raw, start=1):
        base = head.strip()
        if not base:
            base = f"column_{place}"
            notes.append(f"Column {place} has no head; it is called {base}.")
        elif base != head:
            notes.append(f"The head “{base}” had blanks around it; they are left out.")
        name, number = base, 2
        while name in used or (name != base and name in taken):
            name, number = f"{base} ({number})", number + 1
        if name != base:
            notes.append(f"The head “{base}” is there more than once; column {place} is “{name}”.")
        used.add(name)
        names.append(name)
    return names, notes


def _preamble(rows: Sequence[Sequence[str]]) -> int:
    """Count first lines that hold one cell at most where the table below has three or more."""
    if not rows:
        return 0
    if len(rows[0]) <= 2 and rows[0] and rows[0][0].lower().startswith("sep="):  # noqa: PLR2004 "sep=," is cut in two
        return 1
    usual = Counter(len(row) for row in rows if row).most_common(1)
    # Over two columns a title looks like a row, so only blank lines are passed by there.
    allowed = 1 if usual and usual[0][0] > 2 else 0  # noqa: PLR2004 three columns make a table
    for number, row in enumerate(rows[:_SEARCHED_ROWS]):
        if sum(1 for cell in row if cell.strip()) > allowed:
            return number
    return 0


def _is_legacy_qualtrics(rows: Sequence[Sequence[str]]) -> bool:
    return bool(_LEGACY_NAME.fullmatch(rows[0][0])) and "ResponseSet" in rows[1]


def _is_survey_monkey(rows: Sequence[Sequence[str]]) -> bool:
    first, second = rows[0], rows[1]
    if not first or first[0].strip().lower() not in {"respondent id", "respondentid"}:
        return False
    return bool(second) and not second[0].strip()


def _has_no_heads(rows: Sequence[Sequence[str]]) -> bool:
    if len(rows) < 2:  # noqa: PLR2004 one row alone is heads
        return False
    body = rows[1:]
    typed = [place for place in range(len(rows[0])) if _is_typed(body, place)]
    return bool(typed) and all(_type(rows[0][place]) for place in typed)


def _is_typed(rows: Sequence[Sequence[str]], place: int) -> bool:
    cells = [row[place] for row in rows if len(row) > place and row[place].strip()]
    return bool(cells) and sum(map(_type, cells)) >= _SAME_TYPE_SHARE * len(cells)


def _type(cell: str) -> bool:
    text = cell.strip()
    return bool(_NUMBER.fullmatch(text) or _DATE.fullmatch(text))
