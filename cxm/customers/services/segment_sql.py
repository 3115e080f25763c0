"""The rule of a segment as one parameterised SQL statement.

Every test is a condition that is true or false for a person, over sub-selects that are joined
once: facts are counted by the row they were recorded on and then by its root, so that facts of
merged customers count for the person. Only constant pieces and placeholders are put together,
never values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from psycopg import sql

from cxm.customers.rules.segment_errors import Fault, SegmentRuleError
from cxm.customers.rules.segment_kinds import kind_called
from cxm.customers.rules.segment_rule import (
    MOST_SEGMENTS_DEEP,
    NEGATIVE,
    Added,
    AllOf,
    AnyOf,
    Attribute,
    Did,
    InSegment,
    Not,
    OfCompany,
    Rule,
    Sum,
    Test,
    parts_of,
)
from cxm.customers.services.segment_attribute_sql import (
    attribute_condition,
    held_by,
    held_in_props,
)
from cxm.customers.services.segment_ground import COMPARISONS, Ground, Grouped, Sample

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from psycopg.sql import Composable

    from cxm.tenants.models import Tenant

_JOIN = sql.SQL("LEFT JOIN ({select}) {alias} ON {alias}.root_id = p.id")
_FACTS = sql.SQL("""
    SELECT c.root_id, sum(f.value) AS value FROM (
        SELECT i.customer_id, {value} AS value FROM customers_interaction i
        WHERE i.tenant_id = {tenant} AND i.customer_id IS NOT NULL AND i.deleted_at IS NULL
            AND {wanted}
        GROUP BY i.customer_id
    ) f JOIN member c ON c.id = f.customer_id
    GROUP BY c.root_id
""")
_COUNT, _AMOUNT = sql.SQL("count(*)"), sql.SQL("coalesce(sum(i.amount), 0)")
_COMPANIES = sql.SQL("""
    SELECT DISTINCT c.root_id FROM customers_companymember m
    JOIN customers_company o ON o.tenant_id = {tenant} AND o.id = m.company_id
    JOIN member c ON c.id = m.customer_id
    WHERE m.tenant_id = {tenant} AND {fits}
""")
_IDS = sql.SQL("SELECT p.id{named} FROM person p {joins} WHERE {condition}")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rule as SQL: the statement's beginning, and a condition for it and each of its parts.

    *lines* are conditions by place (`all[0]`, empty for the whole), *without* those of people
    who have no value, for tests that say "not". *parameters* are those of every statement.
    """

    ground: Ground
    joins: Composable
    lines: Mapping[str, Composable]
    without: Mapping[str, Composable]

    @property
    def parameters(self) -> dict[str, Any]:
        """The values behind the placeholders."""
        return self.ground.parameters

    def ids(self) -> Composable:
        """Select the ids of the members (roots) as `id`, to stand after `beginning`."""
        return _IDS.format(named=sql.SQL(""), joins=self.joins, condition=self.lines[""])

    def people(self) -> Composable:
        """Give everybody with the joins that the conditions look at, as a FROM clause."""
        return sql.SQL("FROM person p {joins}").format(joins=self.joins)

    def beginning(self) -> Composable:
        """Give the WITH clause, without a comma after it."""
        return self.ground.beginning()


def compile_rule(
    rule: Rule,
    *,
    tenant: Tenant,
    today: date,
    others: Mapping[str, Rule],
    sample: Sample | None = None,
) -> Compiled:
    """Compile *rule* for the people of *tenant*, as of its business day *today*.

    *others* are the rules of all segments it is made with, by key, and of those those are made
    with. With *sample* just some of the people are looked at. Raises SegmentRuleError for a
    segment that is not among them, or too many inside each other.
    """
    ground = Ground(tenant=tenant, today=today, sample=sample)
    builder = _Builder(ground, others)
    builder.lines[""] = builder.condition(rule, "")
    return Compiled(ground, builder.joined(), builder.lines, builder.without)


@dataclass
class _Builder:
    """Builds the conditions of one rule; those of segments inside have builders of their own."""

    ground: Ground
    others: Mapping[str, Rule]
    depth: int = 0
    lines: dict[str, Composable] = field(default_factory=dict)
    without: dict[str, Composable] = field(default_factory=dict)
    _joins: dict[str, tuple[sql.Identifier, Composable]] = field(default_factory=dict)

    def condition(self, rule: Rule, at: str) -> Composable:
        """Build what is true for those whom *rule* selects, and note it under its place."""
        found = self._condition(rule, at)
        self.lines[at] = found
        return found

    def joined(self) -> Composable:
        """Join every sub-select that a condition looks at."""
        joins = [_JOIN.format(select=select, alias=alias) for alias, select in self._joins.values()]
        return sql.SQL(" ").join(joins)

    def _condition(self, rule: Rule, at: str) -> Composable:
        match rule:
            case AllOf() | AnyOf():
                word = "all" if isinstance(rule, AllOf) else "any"
                parts = [
                    self.condition(part, _inside(at, f"{word}[{number}]"))
                    for number, part in enumerate(parts_of(rule))
                ]
                glue = sql.SQL(" AND " if isinstance(rule, AllOf) else " OR ")
                return sql.SQL("({parts})").format(parts=glue.join(parts))
            case Not(part):
                return sql.SQL("(NOT {part})").format(part=self.condition(part, _inside(at, "not")))
            case _:
                return self._test(rule, at)

    def _test(self, rule: Test, at: str) -> Composable:
        match rule:
            case Attribute():
                return self._attribute(rule, at)
            case Did() | Sum():
                return self._facts(rule)
            case OfCompany(part):
                return self._company(part)
            case Added(kind, test):
                grouped: Grouped = kind_called(kind).grouped(test, self.ground)
                return grouped.condition(self._join(grouped.select))
            case InSegment(key):
                return self._in_segment(key, at)

    def _attribute(self, rule: Attribute, at: str) -> Composable:
        held = held_by(rule.key, self.ground)
        if rule.op in NEGATIVE:
            self.without[at] = sql.SQL("(NOT {known})").format(known=held.is_known)
        return attribute_condition(rule, held, self.ground)

    def _facts(self, rule: Did | Sum) -> Composable:
        is_sum = isinstance(rule, Sum)
        where = [
            attribute_condition(one, held_in_props(one.key, self.ground), self.ground)
            for one in rule.what.where
        ]
        select = _FACTS.format(
            value=_AMOUNT if is_sum else _COUNT,
            tenant=self.ground.tenant_id,
            wanted=sql.SQL(" AND ").join([self.ground.facts(rule.what, rule.window), *where]),
        )
        value = rule.value if isinstance(rule, Sum) else rule.times
        return sql.SQL("(coalesce({alias}.value, 0) {op} {value}::numeric)").format(
            alias=self._join(select), op=COMPARISONS[rule.op], value=self.ground.value(value)
        )

    def _company(self, rule: Rule) -> Composable:
        select = _COMPANIES.format(
            tenant=self.ground.tenant_id, fits=_company_condition(rule, self.ground)
        )
        return _is_joined(self._join(select))

    def _in_segment(self, key: str, at: str) -> Composable:
        if key not in self.others or self.depth >= MOST_SEGMENTS_DEEP:
            words = f"There is no segment “{key}”: choose another."
            if key in self.others:
                words = f"Segments stand inside segments at most {MOST_SEGMENTS_DEEP} deep."
            raise SegmentRuleError([Fault(_inside(at, "in"), words)])
        inside = _Builder(self.ground, self.others, self.depth + 1)
        condition = inside.condition(self.others[key], "")
        select = _IDS.format(
            named=sql.SQL(" AS root_id"), joins=inside.joined(), condition=condition
        )
        return _is_joined(self._join(select))

    def _join(self, select: Composable) -> sql.Identifier:
        """Join *select* once, however many tests look at it; give the name to look at it by."""
        text = select.as_string(None)
        if text not in self._joins:
            self._joins[text] = (sql.Identifier(f"t{len(self._joins)}"), select)
        return self._joins[text][0]


def _inside(at: str, step: str) -> str:
    return f"{at}.{step}" if at else step


def _is_joined(alias: sql.Identifier) -> Composable:
    return sql.SQL("({alias}.root_id IS NOT NULL)").format(alias=alias)


def _company_condition(rule: Rule, ground: Ground) -> Composable:
    if isinstance(rule, Attribute):
        held = held_by(rule.key, ground, is_company=True)
        return attribute_condition(rule, held, ground)
    parts = [_company_condition(part, ground) for part in parts_of(rule)]
    if isinstance(rule, Not):
        return sql.SQL("(NOT {part})").format(part=parts[0])
    glue = sql.SQL(" AND " if isinstance(rule, AllOf) else " OR ")
    return sql.SQL("({parts})").format(parts=glue.join(parts))
