"""Finding customers by whatever somebody types: the one way into the search function."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.customers.selectors.persons import Reader

LONGEST_SEARCH = 200
MOST_FOUND = 50
_SEARCH = "SELECT root, rank FROM search_customers(%s, %s) WITH ORDINALITY ORDER BY ordinality"


class Rank(IntEnum):
    """How somebody was found, the surest first."""

    IDENTIFIER = 1
    IDENTIFIER_BEGINNING = 2
    WORDS = 3
    LAST_WORD_BEGINNING = 4
    TYPING_ERROR = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A customer that a search found (a root), and how."""

    root_id: UUID
    rank: Rank


def search_customers(reader: Reader, text: str, *, most: int = MOST_FOUND) -> list[Found]:
    """Find customers by identifier, name, address or phone, best first; one query.

    An identifier that is exactly *text* (whatever its kind and case, a phone however it is
    written) stands alone. Otherwise: what begins with it, what has all its words, what has them
    when the last is still being typed, and, where that is little, what sounds like them. Erased
    people are never found; visitors only by an exact identifier. Nobody from whom persons are
    hidden can feel for names: they find by exact identifiers only.
    """
    said = text.replace("\0", "")[:LONGEST_SEARCH].strip()
    if not said:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH, [said, most])
        found = [Found(root, Rank(rank)) for root, rank in cursor.fetchall()]
    if reader.sees_persons:
        return found
    return [one for one in found if one.rank is Rank.IDENTIFIER]
