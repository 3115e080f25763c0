"""Words of a text: where they stand, and how they are compared."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Letters and digits, with the combining marks that belong to them.
WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
LONGEST_TEXT = 10_000
_FOLDED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"})


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: as it is compared, and its place in code points, end exclusive."""

    folded: str
    start: int
    end: int


def folded(text: str) -> str:
    """Give *text* without the difference of case and accents: "Élève" and "eleve" are equal."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_FOLDED))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def words_of(text: str) -> list[Word]:
    """List the words of the first 10,000 code points of *text*, in their order."""
    found = WORD.finditer(text, 0, LONGEST_TEXT)
    return [Word(folded(match[0]), match.start(), match.end()) for match in found]
