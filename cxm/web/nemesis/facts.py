"""Reading what the database holds, as its superuser and without a line of the product's code."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg

from cxm.web.nemesis.checking import Fact, Found
from cxm.web.nemesis.planning import Poison

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

EVENTS = """
SELECT i.props ->> 'nid', k.key, who.value, i.name, NULL::int[]
FROM customers_interaction i
LEFT JOIN customers_ingestkey k ON k.object_id = i.id AND k.source = %(source)s
LEFT JOIN customers_identity who ON who.customer_id = i.customer_id AND who.kind = 'external'
WHERE i.tenant_id = %(tenant)s AND i.kind = 'event'
"""
ANSWERS = """
SELECT coalesce(v.text, ''), k.key, who.value, 'answer',
    (SELECT coalesce(array_agg(r.value::int), '{}') FROM feedback_rating r
        WHERE r.response_id = p.id AND r.state = 'counted')
FROM feedback_response p
LEFT JOIN feedback_verbatim v ON v.response_id = p.id
LEFT JOIN customers_ingestkey k ON k.object_id = p.id AND k.source = %(source)s
LEFT JOIN customers_identity who ON who.customer_id = p.customer_id AND who.kind = 'external'
WHERE p.tenant_id = %(tenant)s
"""
# What was told of a person beside an answer stands under the answer's key and a mark.
KEYS = """
SELECT key FROM customers_ingestkey
WHERE tenant_id = %(tenant)s AND source = %(source)s AND key NOT LIKE '%%#%%'
"""
PEOPLE = """
SELECT coalesce(who.value, '(nobody)') FROM customers_customer c
LEFT JOIN customers_identity who ON who.customer_id = c.id AND who.kind = 'external'
WHERE c.tenant_id = %(tenant)s
"""
NAMES = """
SELECT name, sum(seen)::int FROM customers_eventname WHERE tenant_id = %(tenant)s
    AND source = %(source)s AND kind = 'event' GROUP BY name
"""
COUNTS = """
SELECT
    (SELECT count(*) FROM feedback_inbox WHERE tenant_id = %(tenant)s AND state = 'stored'),
    (SELECT count(*) FROM feedback_inbox WHERE tenant_id = %(tenant)s AND state = 'failed'),
    (SELECT count(*) FROM feedback_rejectedevent WHERE tenant_id = %(tenant)s),
    (SELECT coalesce(sum(n), 0) FROM analytics_ratingday d WHERE tenant_id = %(tenant)s
        AND generation = coalesce((SELECT current FROM analytics_rollupgeneration g
            WHERE g.tenant_id = d.tenant_id), 1))
    + (SELECT coalesce(sum(n), 0) FROM analytics_ratingdelta WHERE tenant_id = %(tenant)s),
    (SELECT coalesce(sum(value), 0) FROM feedback_rating
        WHERE tenant_id = %(tenant)s AND state = 'counted'),
    (SELECT count(*) FROM work_outbox WHERE state = 'parked' AND task NOT LIKE 'nemesis.%%')
"""
BACKLOG = """
SELECT count(*), extract(epoch FROM min(created_at))::float,
    extract(epoch FROM clock_timestamp())::float
FROM work_outbox WHERE state = 'waiting' AND task NOT LIKE 'nemesis.%%'
    AND due_at < clock_timestamp() + interval '5 minutes'
"""
UNFOLDED = "SELECT count(*) FROM analytics_ratingdelta"
PLANT = """
INSERT INTO work_outbox (id, tenant_id, task, arguments, due_at, attempts, state, error)
VALUES (gen_random_uuid(), %(tenant)s, %(task)s, '{}', clock_timestamp(), %(attempts)s,
    'waiting', '')
"""
# As if the pauses between two attempts had passed; what is being tried is left alone.
HURRY = """
UPDATE work_outbox SET due_at = clock_timestamp() WHERE id IN (
    SELECT id FROM work_outbox WHERE task LIKE 'nemesis.%%' AND state = 'waiting'
        AND due_at BETWEEN clock_timestamp() AND clock_timestamp() + interval '1 hour'
    FOR UPDATE SKIP LOCKED)
"""
POISONED = "SELECT task, attempts, state FROM work_outbox WHERE task LIKE 'nemesis.%%'"
CHANNELS = "SELECT title FROM touchpoints_channel WHERE tenant_id = %(tenant)s"


class Database:
    """One autocommitting connection as the superuser, made anew after each break.

    All methods raise psycopg.OperationalError while the database is away.
    """

    def __init__(self, url: str, *, tenant: UUID | str, source: str) -> None:
        self._url = url
        self._parameters = {"tenant": tenant, "source": source}
        self._link: psycopg.Connection | None = None

    def found(self) -> Found:
        """Read all that the judge wants, in one snapshot."""
        with self._cursor() as cursor, cursor.connection.transaction():
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            facts = [
                Fact(id_ or "", key, who, name, None if scores is None else tuple(sorted(scores)))
                for query in (EVENTS, ANSWERS)
                for id_, key, who, name, scores in self._rows(cursor, query)
            ]
            keys = tuple(key for (key,) in self._rows(cursor, KEYS))
            people = tuple(who for (who,) in self._rows(cursor, PEOPLE))
            names = {name: int(seen) for name, seen in self._rows(cursor, NAMES)}
            counts = [int(count) for count in self._rows(cursor, COUNTS)[0]]
        return Found(tuple(facts), keys, people, names, *counts)

    def backlog(self) -> tuple[int, float | None, float]:
        """Give how much is promised and not done, since when the oldest, and the time."""
        with self._cursor() as cursor:
            count, oldest, moment = self._rows(cursor, BACKLOG)[0]
        return count, oldest, moment

    def is_drained(self) -> bool:
        """Tell whether everything but poison is done, and the ledger folded."""
        with self._cursor() as cursor:
            return self.backlog()[0] == 0 and self._rows(cursor, UNFOLDED) == [(0,)]

    def plant(self, poison: Poison, *, attempts: int) -> None:
        """Promise a poison that has been tried *attempts* times."""
        with self._cursor() as cursor:
            told = self._parameters | {"task": poison.value, "attempts": attempts}
            cursor.execute(PLANT, told)

    def hurry(self) -> None:
        """Let poison that waits for its next attempt be due."""
        with self._cursor() as cursor:
            cursor.execute(HURRY)

    def poisoned(self) -> dict[str, tuple[int, str]]:
        """Give attempts and state of each poison."""
        with self._cursor() as cursor:
            rows = self._rows(cursor, POISONED)
        return {task: (attempts, state) for task, attempts, state in rows}

    def channels(self) -> list[str]:
        """Give the titles of all channels."""
        with self._cursor() as cursor:
            return [title for (title,) in self._rows(cursor, CHANNELS)]

    def close(self) -> None:
        """Leave the database."""
        if self._link:
            self._link.close()

    def _rows(self, cursor: psycopg.Cursor, query: str) -> list[tuple[Any, ...]]:
        cursor.execute(query.encode(), self._parameters)
        return cursor.fetchall()

    @contextmanager
    def _cursor(self) -> Iterator[psycopg.Cursor]:
        if self._link is None or self._link.closed or self._link.broken:
            self._link = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
        with self._link.cursor() as cursor:
            yield cursor
