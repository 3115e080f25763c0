"""Identifiers of customers: how they are folded, and how far they can be trusted."""

from __future__ import annotations

import re

MOST_CHARACTERS = 300
# The stronger, the smaller: an external id beats an address, an address a browser's id.
_STRENGTH = {
    "external": 0,
    "email": 1,
    "phone": 2,
    "card": 3,
    "social": 4,
    "device": 5,
    "anonymous": 6,
}
_KNOWN = frozenset({"external", "email", "phone", "card", "social"})
# Ids that broken clients send for everybody: joining on them would make one person of all.
_MEANINGLESS = frozenset(
    {
        "",
        "-",
        "0",
        "00000000-0000-0000-0000-000000000000",
        "anonymous",
        "anonymoususer",
        "distinct_id",
        "distinctid",
        "email",
        "false",
        "guest",
        "id",
        "nan",
        "nil",
        "none",
        "not_authenticated",
        "null",
        "true",
        "undefined",
        "unknown",
        "[object object]",
    }
)
# Mailboxes that several people read; "info@" names a company, not a person.
_SHARED = frozenset(
    {
        "admin",
        "billing",
        "contact",
        "hello",
        "help",
        "info",
        "kontakt",
        "mail",
        "noreply",
        "no-reply",
        "office",
        "sales",
        "service",
        "support",
        "team",
    }
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NOT_DIGITS = re.compile(r"[^0-9]")


def fold(kind: str, value: str) -> str:
    """Give *value* as it is compared: e-mail in small letters, phone as + and digits.

    A phone number that is not international keeps just its digits. Everything else is text and
    only loses the blanks around it; no dot or plus tricks. May give an empty text.
    """
    value = value.strip()
    if kind == "email":
        return value.lower()
    if kind == "phone":
        digits = _NOT_DIGITS.sub("", value)
        if value.startswith("00"):
            return f"+{digits[2:]}"
        return f"+{digits}" if value.startswith("+") and digits else digits
    return value


def is_usable(kind: str, value: str) -> bool:
    """Whether a folded *value* can stand for one person at all."""
    if len(value) > MOST_CHARACTERS or value.lower() in _MEANINGLESS:
        return False
    if kind == "email":
        return bool(_EMAIL.fullmatch(value))
    return kind != "phone" or len(value.lstrip("+")) >= 5  # noqa: PLR2004 - shorter is a desk


def is_shared(kind: str, value: str) -> bool:
    """Whether several people use this address, so that it must not join them."""
    return kind == "email" and value.split("@", maxsplit=1)[0] in _SHARED


def is_known(kind: str) -> bool:
    """Whether an identifier of *kind* makes a visitor a known customer."""
    return kind in _KNOWN


def strength(kind: str) -> int:
    """Give the rank of *kind*, 0 for the strongest."""
    return _STRENGTH[kind]
