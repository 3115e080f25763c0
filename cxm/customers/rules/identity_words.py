"""Identifiers in words: how far each can be trusted, and what is left of a masked one."""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum
from typing import TYPE_CHECKING

from cxm.customers.rules.event_words import readable_name
from cxm.customers.rules.identifiers import fold
from cxm.customers.rules.masking import masked_email, masked_phone

if TYPE_CHECKING:
    from collections.abc import Iterable

_HASH_BYTES = 4
# Calling codes of one and two digits; all others have three (ITU-T E.164, list of 2016).
_CALLING_CODE = re.compile(
    r"\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d+)"
)
_PHONE_GROUP = 3
_SHORTEST_GROUPED = 7
# Names of numberings that are written with capital letters.
_INITIALS = frozenset({"api", "b2b", "crm", "erp", "id", "pos", "sap", "sms"})


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


def spelled(kind: str, value: str, told: Iterable[str] = ()) -> str:
    """Write a folded identifier as people do: a phone number as one of *told* spells it.

    Told of by nobody, an international number stands in groups: "+44 770 090 0880". Every other
    kind of identifier is text, and stays as it is.
    """
    if kind != "phone":
        return value
    return next((text for text in told if fold(kind, text) == value), "") or _grouped(value)


def numbering_words(namespace: str) -> str:
    """Say whose numbers a namespace holds: "web_shop" is "Web shop", "crm" is "CRM"."""
    words = readable_name(namespace).split(" ")
    plain = " ".join(w.upper() if w.lower() in _INITIALS else w for w in words)
    return plain.strip()


def labelled(kind_words: str, namespace: str) -> str:
    """Say what an identifier is, and whose: "Customer number, CRM"."""
    return f"{kind_words}, {numbering_words(namespace)}" if namespace else kind_words


def masked_identifier(kind: str, value: str, *, key: bytes) -> str:
    """Give what is left of an identifier: "a…@…", "…23", else a short hash that *key* salts."""
    if kind == "email":
        return masked_email(value)
    if kind == "phone":
        return masked_phone(value)
    digest = hashlib.blake2s(value.encode(), key=key, digest_size=_HASH_BYTES).hexdigest()
    return f"#{digest}"


def _grouped(phone: str) -> str:
    """Put blanks between the digits of an international number; others stay as they are."""
    found = _CALLING_CODE.fullmatch(phone)
    if not found or len(phone) < _SHORTEST_GROUPED:
        return phone
    code, rest = found.groups()
    cuts = range(0, len(rest), _PHONE_GROUP)
    groups = [rest[cut : cut + _PHONE_GROUP] for cut in cuts]
    # A single digit at the end belongs to the group before it.
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = ["".join(groups[-2:])]
    return " ".join([f"+{code}", *groups])
