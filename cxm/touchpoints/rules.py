"""How keys of registry rows are made from their titles."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

LONGEST_KEY = 60


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
