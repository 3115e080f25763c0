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
# Whose an order (or case, or contract) of exactly this number is comes before all else. Its index
# leaves out what has none, which the planner wants to be told. `(SELECT tenant)`: as in threads.
_SEARCH = """
SELECT root, rank FROM (
    SELECT DISTINCT c.root_id AS root, 0 AS rank, 0::bigint AS place
    FROM (
        SELECT n.customer_id FROM customers_interaction n
        WHERE n.tenant_id = (SELECT %(tenant)s::uuid) AND n.thread_key = %(text)s
            AND n.thread_key <> '' AND n.deleted_at IS NULL AND n.customer_id IS NOT NULL
        LIMIT %(rows)s
    ) n
    JOIN customers_customer c ON c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = n.customer_id
    JOIN customers_customer r ON r.tenant_id = (SELECT %(tenant)s::uuid) AND r.id = c.root_id
        AND r.erased_at IS NULL AND c.erased_at IS NULL
    UNION ALL
    SELECT root, rank, place
    FROM search_customers(%(text)s, %(most)s) WITH ORDINALITY AS found (root, rank, place)
) found
ORDER BY place, root
"""
_MOST_ROWS_OF_AN_ORDER = 1_000


class Rank(IntEnum):
    """How somebody was found, the surest first."""

    ORDER = 0
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
    """Find customers by identifier, order, name, address or phone, best first; one query.

    An identifier that is exactly *text* (whatever its kind and case, a phone however it is
    written) stands alone, and so does the number of an order or case, written as it came.
    Otherwise: what begins with it, what has all its words, what has them when the last is still
    being typed, and, where that is little, what sounds like them. Erased people are never found;
    visitors only by an exact identifier or order. Nobody from whom persons are hidden can feel
    for names: they find by exact identifiers and orders only.
    """
    said = text.replace("\0", "")[:LONGEST_SEARCH].strip()
    if not said:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _SEARCH,
            {
                "tenant": reader.tenant.pk,
                "text": said,
                "most": most,
                "rows": _MOST_ROWS_OF_AN_ORDER,
            },
        )
        ranks: dict[UUID, Rank] = {}
        for root, rank in cursor.fetchall():
            ranks.setdefault(root, Rank(rank))
    found = [Found(root, rank) for root, rank in ranks.items()]
    exact = [one for one in found if one.rank <= Rank.IDENTIFIER]
    return exact[:most] if exact or not reader.sees_persons else found
