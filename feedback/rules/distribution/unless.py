"""The events that call an invitation off, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_UNLESS, LONGEST_NAME = 10, 200


def read_unless(names: Iterable[str]) -> list[str]:
    """Take each of *names* once; raises ValueError for too many and for one that is too long."""
    found = list(dict.fromkeys(names))
    if len(found) > MOST_UNLESS:
        raise ValueError(f"Name at most {MOST_UNLESS} events.")
    if any(len(one) > LONGEST_NAME for one in found):
        raise ValueError(f"A name has at most {LONGEST_NAME} signs.")
    return found
