"""Reading single values of a query string that anybody may have written."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST_TEXT = 200
# No list is so long; Python itself refuses to read numbers of some thousand digits.
MOST_DIGITS = 18


def query_text(query: Mapping[str, str], name: str) -> str:
    """Give what *query* says for *name*, at most 200 characters, fit to be looked up.

    NUL signs are dropped, since no text in the database can hold one; so is space around it.
    """
    return query.get(name, "").replace("\0", "")[:LONGEST_TEXT].strip()


def whole_number(text: str) -> int | None:
    """Read a whole number from 0 up, in at most 18 digits; None for anything else."""
    is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if is_number else None


def ids_among(texts: Iterable[str]) -> list[UUID]:
    """Read ids, each once and in order, such as those of ticked rows; what is none is left out."""
    found: dict[UUID, None] = {}
    for text in texts:
        try:
            found[UUID(text)] = None
        except ValueError:
            continue
    return list(found)
