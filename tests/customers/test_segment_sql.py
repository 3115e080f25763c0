"""The compiler of segments against a slow plain interpreter, and the traps one by one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxm.customers.rules.segment_errors import SegmentRuleError
from cxm.customers.rules.segment_reading import read_rule
from cxm.customers.rules.segment_rule import DEEPEST, rule_json
from cxm.customers.services.segment_sql import compile_rule
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.customers.segment_oracle import who_fits
from tests.customers.segment_strategies import depth, dids, rateds, rules, sums, worlds
from tests.customers.segment_world import (
    MERGED,
    TODAY,
    Fact,
    Firm,
    Person,
    Score,
    World,
    plant,
)

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.customers.rules.segment_rule import Rule
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


def found(rule: Rule, tenant: Tenant, others: dict[str, Rule] | None = None) -> list[UUID]:
    with tenant_bound(tenant.pk), connection.cursor() as cursor:
        compiled = compile_rule(rule, tenant=tenant, today=TODAY, others=others or {})
        statement = compiled.beginning() + compiled.ids()
        cursor.execute(statement, compiled.parameters)
        return sorted(pk for (pk,) in cursor.fetchall())


def fitting(world: World, tenant: Tenant, rule: dict[str, Any]) -> set[int]:
    """The positions that the compiled rule selects; the interpreter must agree."""
    ids = plant(world, tenant)
    clean = read_rule(rule)
    selected = {ids.index(pk) for pk in found(clean, tenant, world.segments)}
    assert selected == who_fits(world, clean)
    return selected


ORDERS = {"did": {"name": "order"}}
SIX_MONTHS = {"in": {"days": 180}}
CASES: list[tuple[str, World, dict[str, Any], set[int]]] = [
    (
        "nothing is never equal",
        World([Person({"plan": "pro"}), Person({"plan": None}), Person({})]),
        {"attr": "plan", "op": "!=", "value": "basic"},
        {0},
    ),
    (
        "who has no value is taken in by the switch",
        World([Person({"plan": "pro"}), Person({"plan": None}), Person({})]),
        {"attr": "plan", "op": "!=", "value": "pro", "or_without_value": True},
        {1, 2},
    ),
    (
        "not means everybody else",
        World([Person({"plan": "pro"}), Person({}), Person({"plan": "basic"})]),
        {"not": {"attr": "plan", "op": "=", "value": "pro"}},
        {1, 2},
    ),
    (
        "a number and its text are equal",
        World([Person({"seats": 5}), Person({"seats": "5"}), Person({"seats": 5.0})]),
        {"attr": "seats", "op": "=", "value": 5},
        {0, 1, 2},
    ),
    (
        "yes is neither one nor its text is a number",
        World([Person({"seats": True}), Person({"seats": 1}), Person({"seats": "true"})]),
        {"attr": "seats", "op": "=", "value": True},
        {0, 2},
    ),
    (
        "texts that are no number are not compared with one",
        World([Person({"seats": "9 or so"}), Person({"seats": "10"}), Person({"seats": 1e300})]),
        {"attr": "seats", "op": ">", "value": 9},
        {1, 2},
    ),
    (
        "a list contains its elements",
        World([Person({"tags": ["vip", "new"]}), Person({"tags": "vip"}), Person({"tags": []})]),
        {"attr": "tags", "op": "contains", "value": "vip"},
        {0, 1},
    ),
    (
        "the last n days are n days with today",
        World([Person({"since": (TODAY - timedelta(days=d)).isoformat()}) for d in (0, 6, 7, -1)]),
        {"attr": "since", "op": "within", "value": 7},
        {0, 1},
    ),
    (
        "before and after leave the day itself out",
        World([Person({"since": "2026-01-0" + d}) for d in "123"]),
        {"attr": "since", "op": "before", "value": "2026-01-02"},
        {0},
    ),
    (
        "facts of a merged row count for its root",
        World([Person(), Person(root=0), Person()], [Fact(0), Fact(1), Fact(2)]),
        {**ORDERS, "times": {"op": ">=", "n": 2}},
        {0},
    ),
    (
        "who did nothing did it less than once",
        World([Person(), Person()], [Fact(0)]),
        {**ORDERS, "times": {"op": "<", "n": 1}},
        {1},
    ),
    (
        "deleted facts and those outside the window do not count",
        World(
            [Person(), Person(), Person()],
            [Fact(0, is_deleted=True), Fact(1, day=180), Fact(2, day=179)],
        ),
        {**ORDERS, **SIX_MONTHS},
        {2},
    ),
    (
        "a merged touchpoint counts as its target, and leads there",
        World([Person(), Person()], [Fact(0, touchpoint="checkout")], merged=MERGED),
        {"did": {"touchpoint": "old-checkout"}},
        {0},
    ),
    (
        "amounts of nothing add up to nothing",
        World([Person(), Person()], [Fact(0, amount=Decimal("12.50"), currency="EUR")]),
        {"sum": "amount", "of": {"name": "order", "currency": "EUR"}, "op": "<", "value": 12.5},
        {1},
    ),
    (
        "an attribute of the root wins, another row fills the gap",
        World(
            [
                Person({"plan": "pro", "seats": None}),
                Person({"plan": "basic", "seats": 3}, root=0, last_day=9),
                Person({"seats": 4}, root=0, last_day=1),
            ]
        ),
        {
            "all": [
                {"attr": "plan", "op": "=", "value": "pro"},
                {"attr": "seats", "op": "=", "value": 4},
            ]
        },
        {0},
    ),
    (
        "people of a company, whichever row of theirs belongs to it",
        World(
            [Person(), Person(root=0), Person()],
            firms=[Firm("Acme", {"tier": "gold"}, [1]), Firm("Else", {"tier": "tin"}, [2])],
        ),
        {"company": {"attr": "tier", "op": "=", "value": "gold"}},
        {0},
    ),
    (
        "the erased are in no segment",
        World([Person(is_erased=True), Person()]),
        {"attr": "plan", "op": "exists", "value": False},
        {1},
    ),
    (
        "the last score counts, not the worst",
        World([Person(), Person()], scores=[Score(0, 3, day=9), Score(0, 9), Score(1, 3)]),
        {"rated": "nps", "last": {"op": "<=", "value": 6}},
        {1},
    ),
    (
        "the mean is not rounded",
        World([Person()], scores=[Score(0, 7, day=1), Score(0, 7, day=2), Score(0, 6)]),
        {"rated": "nps", "mean": {"op": ">", "value": 6.666666}},
        {0},
    ),
    (
        "never takes in who never answered, and looks at counted scores only",
        World(
            [Person(), Person(), Person()],
            scores=[Score(0, 2), Score(1, 2, state="quarantined")],
        ),
        {"rated": "nps", "never": {"op": "<=", "value": 6}},
        {1, 2},
    ),
]


@pytest.mark.parametrize(
    ("world", "rule", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_rule_selects(world: World, rule: dict[str, Any], expected: set[int]) -> None:
    assert fitting(world, make.tenant(), rule) == expected


def test_a_segment_inside_selects_what_its_rule_selects() -> None:
    inside = read_rule({"attr": "plan", "op": "=", "value": "pro"})
    people = [Person({"plan": "pro"}), Person({"plan": "pro", "seats": 1}), Person()]
    world = World(people, segments={"pros": inside})
    rule = {"all": [{"in": "pros"}, {"not": {"attr": "seats", "op": "exists"}}]}

    assert fitting(world, make.tenant(), rule) == {0}


def test_a_segment_inside_that_is_not_there_is_refused_with_its_place() -> None:
    rule = read_rule({"all": [{"in": "gone"}]})

    with pytest.raises(SegmentRuleError) as refused:
        compile_rule(rule, tenant=make.tenant(), today=TODAY, others={})

    assert refused.value.faults[0].place == "all[0].in"


def test_values_are_never_part_of_the_statement() -> None:
    evil = "x'); DROP TABLE customers_customer; --"
    rule = read_rule({"any": [{"attr": evil, "op": "=", "value": evil}, {"did": {"name": evil}}]})

    compiled = compile_rule(rule, tenant=make.tenant(), today=TODAY, others={})

    assert "DROP" not in (compiled.beginning() + compiled.ids()).as_string(None)
    assert list(compiled.parameters.values()).count(evil) == 1


def test_rows_of_another_tenant_are_never_counted() -> None:
    mine, foreign = make.tenant(), make.tenant()
    plant(World([Person({"plan": "pro"})], [Fact(0)]), foreign)

    assert (
        fitting(World([Person()]), mine, {"any": [ORDERS, {"attr": "plan", "op": "exists"}]})
        == set()
    )


@pytest.mark.slow
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    world=worlds(),
    plain=st.lists(st.one_of(dids, sums, rateds), min_size=6, max_size=6),
    drawn=st.lists(rules, min_size=6, max_size=6),
)
def test_the_compiled_statement_agrees_with_the_interpreter(
    world: World, plain: list[dict[str, Any]], drawn: list[dict[str, Any]]
) -> None:
    clean = [read_rule(rule) for rule in (*plain, *drawn) if depth(rule) <= DEEPEST]
    tenant = make.tenant()
    ids = plant(world, tenant)

    for rule in clean:
        selected = {ids.index(pk) for pk in found(rule, tenant, world.segments)}
        assert selected == who_fits(world, rule), rule_json(rule)
