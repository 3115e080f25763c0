"""How keys of registry rows are made from their titles, and titles from names of events."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

LONGEST_KEY, LONGEST_TITLE = 60, 120
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_JOINTS = re.compile(r"[\W_]+")


def suggested_key(title: str) -> str:
    """Make a key of *title*: lower-case letters and digits of ASCII joined by hyphens.

    Accents are dropped; empty when nothing of the title is left. At most 60 characters.
    """
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_KEY].strip("-")


def free_key(wanted: str, taken: Collection[str]) -> str:
    """Give *wanted*, or with the first number from 2 on that makes it differ from *taken*."""
    key, number = wanted, 2
    while key in taken:
        ending = f"-{number}"
        key, number = wanted[: LONGEST_KEY - len(ending)] + ending, number + 1
    return key


def readable_title(name: str) -> str:
    """Make a title of the name of an event: `order_delivered` becomes “Order delivered”.

    Joints and humps (`orderDelivered`) become spaces; words that are spaced already keep their
    capitals, as do abbreviations. *name* as it is where no letter or digit is left.
    """
    is_spaced = " " in name.strip()
    words = _JOINTS.sub(" ", name if is_spaced else _HUMPS.sub(" ", name)).split()
    if not words:
        return name[:LONGEST_TITLE]
    if not is_spaced:
        shouts = name.isupper()
        words = [word if word.isupper() and not shouts else word.lower() for word in words]
    title = " ".join(words)
    return (title[0].upper() + title[1:])[:LONGEST_TITLE].rstrip()
