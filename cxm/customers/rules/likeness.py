"""How alike two people look. It is never enough to join them; it is enough to ask."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from cxm.customers.rules.identifiers import fold

ALIKE_FROM = 0.82
_MARKS = re.compile(r"[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")
# National numbers differ in how they begin: a country's code, a zero, nothing.
_TELLING_DIGITS = 9
_FEWEST_DIGITS = 7


class Likeness(StrEnum):
    """What comparing one thing of two people gives."""

    SAME = "same"
    ALIKE = "alike"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing of two people side by side; each side may know several values, or none."""

    label: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    likeness: Likeness


def plain_name(name: str) -> str:
    """Give a name as it is compared: "Müller, Zoë" is "muller zoe", and so is "Zoe Müller"."""
    letters = _MARKS.sub("", unicodedata.normalize("NFKD", name.casefold()))
    return " ".join(sorted(_WORD.findall(letters)))


def names_are_alike(one: str, other: str) -> bool:
    """Whether two names may be one person's: the same words, or nearly the same letters.

    A single initial stands for any word that begins with it. Empty names are like no other.
    """
    first, second = plain_name(one), plain_name(other)
    if not first or not second:
        return False
    if first == second or _initials_fit(first.split(), second.split()):
        return True
    return SequenceMatcher(None, first, second).ratio() >= ALIKE_FROM


def plain_mailbox(email: str) -> str:
    """Give the mailbox that two spellings of an address may share: no dots, nothing after a +.

    Not every provider reads addresses so: it is a reason to ask, not to join. Empty for what is
    no address.
    """
    local, at, domain = email.strip().lower().rpartition("@")
    local = local.split("+", maxsplit=1)[0].replace(".", "")
    return f"{local}@{domain}" if at and local and domain else ""


def plain_phone(phone: str) -> str:
    """Give the last nine digits of a phone number, which most spellings share; else nothing."""
    digits = re.sub(r"\D", "", phone)
    return digits[-_TELLING_DIGITS:] if len(digits) >= _FEWEST_DIGITS else ""


def compared(label: str, kind: str, first: list[str], second: list[str]) -> Compared:
    """Compare the values that two people have of one thing.

    *kind* is name, email, phone (compared by its digits) or anything else, which is compared
    letter by letter. One equal pair makes them the same; UNKNOWN is when one side has nothing.
    """
    return Compared(label, tuple(first), tuple(second), _likeness(kind, first, second))


def _likeness(kind: str, first: list[str], second: list[str]) -> Likeness:
    if not first or not second:
        return Likeness.UNKNOWN
    if {_as_told(kind, value) for value in first} & {_as_told(kind, value) for value in second}:
        return Likeness.SAME
    if kind == "name":
        is_alike = any(names_are_alike(one, other) for one in first for other in second)
    elif kind in {"email", "phone"}:
        plain = plain_mailbox if kind == "email" else plain_phone
        is_alike = bool({plain(v) for v in first} & {plain(v) for v in second} - {""})
    else:
        is_alike = False
    return Likeness.ALIKE if is_alike else Likeness.DIFFERENT


def _as_told(kind: str, value: str) -> str:
    """Give a value so that two spellings of it are equal: phones by their digits."""
    return (fold(kind, value) if kind == "phone" else value).casefold()


def _initials_fit(first: list[str], second: list[str]) -> bool:
    """Whether the words fit one to one, where an initial fits what begins with it.

    At least one whole word must be the same.
    """
    if len(first) != len(second) or not set(first) & set(second):
        return False
    rest = list(second)
    for word in sorted(first, key=len, reverse=True):
        fitting = [w for w in rest if w == word] or [w for w in rest if _stands_for(w, word)]
        if not fitting:
            return False
        rest.remove(fitting[0])
    return True


def _stands_for(one: str, other: str) -> bool:
    return one[0] == other[0] and 1 in {len(one), len(other)}
