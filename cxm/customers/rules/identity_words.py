"""Identifiers in words: how far each can be trusted, and what is left of a masked one."""

from __future__ import annotations

import hashlib
from enum import StrEnum

from cxm.customers.rules.masking import masked_email, masked_phone

_HASH_BYTES = 4


class Strength(StrEnum):
    """How surely an identifier tells who somebody is."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"


_SURE = frozenset({"external", "card"})
_SURE_ONCE_VERIFIED = frozenset({"email", "phone"})


def strength_of(kind: str, *, is_verified: bool) -> Strength:
    """Judge an identifier: numbers that somebody gave out are strong, as are verified addresses.

    Unverified addresses and social names are fair; ids of browsers and devices are weak.
    """
    if kind in _SURE or (kind in _SURE_ONCE_VERIFIED and is_verified):
        return Strength.STRONG
    return Strength.FAIR if kind in _SURE_ONCE_VERIFIED or kind == "social" else Strength.WEAK


def masked_identifier(kind: str, value: str, *, key: bytes) -> str:
    """Give what is left of an identifier: "a…@…", "…23", else a short hash that *key* salts."""
    if kind == "email":
        return masked_email(value)
    if kind == "phone":
        return masked_phone(value)
    digest = hashlib.blake2s(value.encode(), key=key, digest_size=_HASH_BYTES).hexdigest()
    return f"#{digest}"
