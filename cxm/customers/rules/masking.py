"""What is left of a person for those who may see what happened, but not to whom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

_EMAIL = re.compile(r"[^\s@<>,;:()\"']+@[^\s@<>,;:()\"']+\.[^\s@<>,;:()\"']+")
_NUMBER = re.compile(r"\+?\d(?:[\s()/.-]{0,3}\d){6,}")
_SHORTEST_NAME = 3
_MOST_INITIALS = 4
_SHOWN_DIGITS = 2


def customer_alias(customer_id: UUID) -> str:
    """Name a customer without naming them: "Customer 7f3a", the same on every page."""
    return f"Customer {customer_id.hex[-4:]}"


def initials(name: str) -> str:
    """Give the first letters of a name, at most four: "Zoë van Houten" is "Z. V. H."."""
    words = [word for word in re.split(r"[^\w]+", name) if word[:1].isalpha()]
    return " ".join(f"{word[0].upper()}." for word in words[:_MOST_INITIALS])


def masked_email(email: str) -> str:
    """Give the first letter of an address, and that it is one: "m…@…"."""
    return f"{email[:1]}…@…" if email else ""


def masked_phone(phone: str) -> str:
    """Give the last two digits of a phone number: "…23"; nothing of a shorter one than five."""
    digits = re.sub(r"\D", "", phone)
    return f"…{digits[-_SHOWN_DIGITS:]}" if len(digits) > _SHOWN_DIGITS * 2 else "…" * bool(phone)


def redacted(text: str, known: Iterable[str] = ()) -> str:
    """Take out of *text* what tells who wrote it.

    That is: every e-mail address, every number of seven digits and more (however they are
    grouped), and each of *known*, the names and identifiers of its author, as whole words
    whatever their case.
    """
    plain = _NUMBER.sub("[number]", _EMAIL.sub("[e-mail]", text))
    names = sorted(set(_names(known)), key=len, reverse=True)
    if not names:
        return plain
    pattern = "|".join(map(re.escape, names))
    return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", "[name]", plain, flags=re.IGNORECASE)


def _names(known: Iterable[str]) -> Iterable[str]:
    """Give each name whole, and each of its words that is no initial."""
    for name in known:
        yield from (part for part in (name.strip(), *name.split()) if len(part) >= _SHORTEST_NAME)
