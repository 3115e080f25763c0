"""Finding what is left of a person in raw text: the bytes that a client or a file sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cxm.customers.rules.records import JSON

ERASED = "[erased]"
# Shorter identifiers stand in any text by chance: "42" is a customer number and also a price.
LONG_ENOUGH = 5
# Between the digits of a phone number people write blanks, brackets, dots, dashes, slashes.
_BETWEEN = r"[\s()/.\-]{0,3}"
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True, slots=True)
class Traces:
    """Recognises a person's identifiers, however they are spelled; see `traces_of`."""

    pattern: re.Pattern[str] | None
    short: frozenset[str] = frozenset()
    said: frozenset[str] = frozenset()

    def are_in(self, text: str) -> bool:
        """Whether *text* holds one of the identifiers.

        In JSON, characters may be written as escapes. Of identifiers shorter than five
        characters, a text holds one only as a whole quoted value, as the value of a key that
        ends in "id", or when it is nothing else.
        """
        plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "\\u" in text else text
        return bool(self.pattern and self.pattern.search(plain)) or plain.strip() in self.short

    def removed_from(self, value: JSON) -> JSON:
        """Give a JSON *value* in the same shape, without what the person can be known by.

        A text that holds an identifier, or is one of the texts said, becomes "[erased]". A list
        of texts is taken for a row of a file: all its texts go when one holds an identifier.
        """
        if isinstance(value, str):
            return ERASED if self.are_in(value) or self._is_said(value) else value
        if isinstance(value, list):
            is_row = any(isinstance(cell, str) and self.are_in(cell) for cell in value)
            if is_row:
                return ["" if isinstance(cell, str) else cell for cell in value]
            return [self.removed_from(part) for part in value]
        if isinstance(value, dict):
            return {
                (ERASED if self.are_in(key) else key): self.removed_from(part)
                for key, part in value.items()
            }
        return value

    def _is_said(self, text: str) -> bool:
        """Whether *text* is one of the texts said, or the beginning of one, cut with an "…"."""
        plain = text.strip().casefold()
        beginning = plain[:-1].rstrip() if plain.endswith("…") else ""
        if len(beginning) >= LONG_ENOUGH:
            return any(one.startswith(beginning) for one in self.said)
        return plain in self.said


def traces_of(identifiers: Iterable[tuple[str, str]], said: Iterable[str] = ()) -> Traces:
    """Recognise *identifiers*, pairs of kind and folded value, whatever their case.

    They are found as whole words; phone numbers however their digits are grouped. *said* are
    other texts known of the person, which count only where a text is nothing else. With nothing
    to recognise, nothing is found.
    """
    patterns, short = [], set()
    for kind, value in set(identifiers):
        if not value.strip():
            continue
        if len(value) >= LONG_ENOUGH:
            patterns.append(_word(kind, value))
        else:
            short.add(value)
            quoted = re.escape(value)
            patterns.append(rf'"{quoted}"|id"\s*:\s*{quoted}(?![\w.])')
    found = re.compile("|".join(sorted(patterns)), re.IGNORECASE) if patterns else None
    texts = frozenset(text.strip().casefold() for text in said if text.strip())
    return Traces(found, frozenset(short), texts)


def _word(kind: str, value: str) -> str:
    if kind == "phone":
        digits = _BETWEEN.join(value.lstrip("+"))
        # An international number is also written with 00, or in brackets: +(49) 171.
        lead = rf"(?:\+|00)?{_BETWEEN}" if value.startswith("+") else ""
        return rf"(?<!\d){lead}{digits}(?!\d)"
    return rf"(?<!\w){re.escape(value)}(?!\w)"
