"""What the tests of a segment stand on: the people, their rows, the day, and the values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from psycopg import sql

from cxm.customers.rules.segment_rule import Facts, Op, Window

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from psycopg.sql import Composable

    from cxm.tenants.models import Tenant

COMPARISONS = {
    Op.IS: sql.SQL("="),
    Op.IS_NOT: sql.SQL("<>"),
    Op.LESS: sql.SQL("<"),
    Op.AT_MOST: sql.SQL("<="),
    Op.MORE: sql.SQL(">"),
    Op.AT_LEAST: sql.SQL(">="),
}
BUCKETS = 10_000

_MEMBER = sql.SQL("""member AS {kept} (
    SELECT id, root_id FROM customers_customer WHERE tenant_id = {tenant} AND {is_sampled}
)""")
# What merged rows know and the root does not; of several the row seen last is right.
_GIVEN = sql.SQL("""given AS (
    SELECT m.root_id, jsonb_object_agg(e.key, e.value ORDER BY m.last_seen_at NULLS FIRST, m.id)
        AS attributes
    FROM customers_customer m CROSS JOIN LATERAL jsonb_each(m.attributes) e
    WHERE m.tenant_id = {tenant} AND m.id <> m.root_id AND jsonb_typeof(e.value) <> 'null'
    GROUP BY m.root_id
)""")
_SEEN = sql.SQL("""seen AS (
    SELECT m.root_id, min(m.first_seen_at) AS first_seen_at, max(m.last_seen_at) AS last_seen_at
    FROM customers_customer m WHERE m.tenant_id = {tenant} AND m.id <> m.root_id
    GROUP BY m.root_id
)""")
_PERSON = sql.SQL("""person AS {kept} (
    SELECT c.id, c.kind, c.language, {columns}
    FROM customers_customer c {joins}
    WHERE c.tenant_id = {tenant} AND c.id = c.root_id AND c.erased_at IS NULL AND {is_sampled}
)""")
_ATTRIBUTES = sql.SQL("""CASE WHEN given.attributes IS NULL THEN c.attributes
    ELSE given.attributes || jsonb_strip_nulls(c.attributes) END AS attributes""")
_DATES = sql.SQL("""
    to_char(least(c.first_seen_at, seen.first_seen_at) AT TIME ZONE {zone}, 'YYYY-MM-DD')
        AS first_seen,
    to_char(greatest(c.last_seen_at, seen.last_seen_at) AT TIME ZONE {zone}, 'YYYY-MM-DD')
        AS last_seen""")
_SAMPLED = sql.SQL("abs(hashtextextended({column}::text, {seed}) %% {buckets}) < {share}")
_EVERYBODY = sql.SQL("true")
# What was merged into the touchpoint or channel is meant too, and its own key leads there.
_PLACE = sql.SQL("""i.{column} IN (
    SELECT place.id FROM {table} place WHERE place.tenant_id = {tenant}
    AND coalesce(place.merged_into_id, place.id) = (
        SELECT coalesce(target.merged_into_id, target.id) FROM {table} target
        WHERE target.tenant_id = {tenant} AND target.key = {key}))""")


@dataclass(frozen=True, slots=True)
class Sample:
    """Some of the people, the same for the same seed: *share* of every 10,000."""

    share: int
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Grouped:
    """A sub-select of one row a person, with the column `root_id`, and a condition over it.

    *condition* gets the name by which the sub-select is joined; where a person is not in it its
    columns are null, and the condition must be true or false all the same.
    """

    select: Composable
    condition: Callable[[sql.Identifier], Composable]


@dataclass
class Ground:
    """Makes placeholders, and remembers what the people's columns must hold.

    Sub-selects read rows of customers from `member` (id, root_id).
    """

    tenant: Tenant
    today: date
    sample: Sample | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    needs_attributes: bool = False
    needs_dates: bool = False

    @property
    def tenant_id(self) -> Composable:
        """The tenant, to be named in every sub-select."""
        return sql.SQL("{}::uuid").format(self.value(self.tenant.pk))

    def value(self, value: object) -> sql.Placeholder:
        """Give the placeholder of *value*, the same for an equal one."""
        for name, known in self.parameters.items():
            if type(known) is type(value) and known == value:
                return sql.Placeholder(name)
        name = f"v{len(self.parameters)}"
        self.parameters[name] = value
        return sql.Placeholder(name)

    def days(self, column: Composable, window: Window | None) -> Composable:
        """Say that a date column lies in *window*."""
        if window is None:
            return _EVERYBODY
        parts = []
        if window.days is not None:
            parts += [
                sql.SQL("{} > {}::date - {}::int").format(
                    column, self.value(self.today), self.value(window.days)
                ),
                sql.SQL("{} <= {}::date").format(column, self.value(self.today)),
            ]
        if window.first_on:
            parts.append(sql.SQL("{} >= {}::date").format(column, self.value(window.first_on)))
        if window.last_on:
            parts.append(sql.SQL("{} <= {}::date").format(column, self.value(window.last_on)))
        return sql.SQL(" AND ").join(parts)

    def facts(self, what: Facts, window: Window | None) -> Composable:
        """Say which interactions, called `i`, are meant."""
        parts = [self.days(sql.SQL("i.day"), window)]
        for name in ("kind", "name", "currency"):
            if found := getattr(what, name):
                column = sql.Identifier(name)
                parts.append(sql.SQL("i.{} = {}").format(column, self.value(found)))
        places = [(name, getattr(what, name)) for name in ("touchpoint", "channel")]
        parts += [self.place(name, key) for name, key in places if key]
        if self.sample:
            parts.append(sql.SQL("i.customer_id IN (SELECT id FROM member)"))
        return sql.SQL(" AND ").join(parts)

    def place(self, name: str, key: str) -> Composable:
        """Say that a row called `i` is of the touchpoint or channel with *key*."""
        return _PLACE.format(
            column=sql.Identifier(f"{name}_id"),
            table=sql.Identifier(f"touchpoints_{name}"),
            tenant=self.tenant_id,
            key=self.value(key),
        )

    def beginning(self) -> Composable:
        """Write the WITH clause: the people, and the rows that are theirs."""
        kept = sql.SQL("MATERIALIZED" if self.sample else "NOT MATERIALIZED")
        parts: list[Composable] = [
            _MEMBER.format(kept=kept, tenant=self.tenant_id, is_sampled=self._sampled("root_id"))
        ]
        columns: list[Composable] = []
        joins: list[Composable] = []
        if self.needs_attributes:
            parts.append(_GIVEN.format(tenant=self.tenant_id))
            columns.append(_ATTRIBUTES)
            joins.append(sql.SQL("LEFT JOIN given ON given.root_id = c.id"))
        if self.needs_dates:
            parts.append(_SEEN.format(tenant=self.tenant_id))
            columns.append(_DATES.format(zone=self.value(self.tenant.time_zone)))
            joins.append(sql.SQL("LEFT JOIN seen ON seen.root_id = c.id"))
        parts.append(
            _PERSON.format(
                kept=kept,
                columns=sql.SQL(", ").join(columns or [sql.SQL("true AS is_here")]),
                joins=sql.SQL(" ").join(joins),
                tenant=self.tenant_id,
                is_sampled=self._sampled("c.id"),
            )
        )
        return sql.SQL("WITH {}").format(sql.SQL(", ").join(parts))

    def _sampled(self, column: str) -> Composable:
        if self.sample is None:
            return _EVERYBODY
        return _SAMPLED.format(
            column=sql.SQL("c.id") if column == "c.id" else sql.Identifier(column),
            seed=sql.Literal(self.sample.seed),
            buckets=sql.Literal(BUCKETS),
            share=sql.Literal(self.sample.share),
        )
