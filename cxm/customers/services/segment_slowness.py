"""Which test of a rule costs the most, as the database itself judges before it runs one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from psycopg import sql

from cxm.customers.rules.segment_rule import AllOf, AnyOf, Not, Rule, parts_of
from cxm.customers.services.segment_sql import compile_rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cxm.customers.services.segment_ground import Ground

_ASK = sql.SQL("EXPLAIN (FORMAT JSON) {beginning} SELECT count(*) {people} WHERE {condition}")


def slowest_test(rule: Rule, ground: Ground, others: Mapping[str, Rule]) -> tuple[str, Rule]:
    """Give the place of the test of *rule* that costs the most, and the test; the first of equals.

    Nothing is counted: each test is planned alone, on the people, day and sample of *ground*. One
    query a test. *others* are the rules of the segments inside.
    """
    return max(_tests(rule, ""), key=lambda one: _cost(one[1], ground, others))


def _cost(test: Rule, ground: Ground, others: Mapping[str, Rule]) -> float:
    compiled = compile_rule(
        test, tenant=ground.tenant, today=ground.today, others=others, sample=ground.sample
    )
    statement = _ASK.format(
        beginning=compiled.beginning(), people=compiled.people(), condition=compiled.lines[""]
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, compiled.parameters)
        [plan] = cursor.fetchone()[0]
    cost: float = plan["Plan"]["Total Cost"]
    return cost


def _tests(rule: Rule, at: str) -> Iterator[tuple[str, Rule]]:
    """Walk the tests of a rule, one of a company whole."""
    if not isinstance(rule, AllOf | AnyOf | Not):
        yield at, rule
        return
    word = {AllOf: "all", AnyOf: "any", Not: "not"}[type(rule)]
    for number, part in enumerate(parts_of(rule)):
        step = word if isinstance(rule, Not) else f"{word}[{number}]"
        yield from _tests(part, f"{at}.{step}" if at else step)
