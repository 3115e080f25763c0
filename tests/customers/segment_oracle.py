"""A slow plain interpreter that says who fits the rule of a segment: the oracle of the compiler.

It shares nothing with the compiler: facts are plain Python, and a rule is read anew per person.
"""

from __future__ import annotations

import re
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cxm.customers.rules.segment_rule import (
    Added,
    AllOf,
    AnyOf,
    Attribute,
    Did,
    Facts,
    InSegment,
    Not,
    OfCompany,
    Op,
    Rule,
    Sum,
    Window,
)
from tests import make
from tests.customers.segment_world import TODAY, Fact, Firm, Values, World

if TYPE_CHECKING:
    from collections.abc import Callable


def who_fits(world: World, rule: Rule) -> set[int]:
    """Say which people (positions of roots that are not erased) a rule selects."""
    roots = {world.root(who) for who in range(len(world.people))}
    return {root for root in roots if not world.people[root].is_erased and _fits(world, rule, root)}


def _fits(world: World, rule: Rule, root: int) -> bool:  # noqa: C901, PLR0911 - plain on purpose
    match rule:
        case AllOf(parts):
            return all(_fits(world, part, root) for part in parts)
        case AnyOf(parts):
            return any(_fits(world, part, root) for part in parts)
        case Not(part):
            return not _fits(world, part, root)
        case Attribute():
            return _holds(rule, _own(world, root).get(rule.key))
        case Did():
            n = len(_facts(world, root, rule.what, rule.window))
            return _compare(rule.op, Decimal(n), Decimal(rule.times))
        case Sum():
            amounts = [f.amount for f in _facts(world, root, rule.what, rule.window) if f.amount]
            return _compare(rule.op, sum(amounts, Decimal(0)), rule.value)
        case InSegment(key):
            return _fits(world, world.segments[key], root)
        case OfCompany(part):
            firms = [f for f in world.firms if any(world.root(who) == root for who in f.who)]
            return any(_firm_fits(part, firm) for firm in firms)
        case Added(_, test):
            return _rated(world, test, root)


def _firm_fits(rule: Rule, firm: Firm) -> bool:
    match rule:
        case AllOf(parts):
            return all(_firm_fits(part, firm) for part in parts)
        case AnyOf(parts):
            return any(_firm_fits(part, firm) for part in parts)
        case Not(part):
            return not _firm_fits(part, firm)
        case Attribute():
            return _holds(rule, firm.name if rule.key == "$name" else firm.attributes.get(rule.key))
        case _:
            raise AssertionError(rule)


def _own(world: World, root: int) -> Values:
    """What is known of a person: the root's word first, then that of the row seen last."""
    rows = [world.people[who] for who in world.group(root)]
    others = [row for row in rows if row.root is not None]
    known: Values = {}
    for row in sorted(others, key=lambda r: -(10**6 if r.last_day is None else r.last_day)):
        known |= {key: value for key, value in row.attributes.items() if value is not None}
    own = world.people[root]
    known |= {key: value for key, value in own.attributes.items() if value is not None}
    firsts = [row.first_day for row in rows if row.first_day is not None]
    lasts = [row.last_day for row in rows if row.last_day is not None]
    known["$kind"] = own.kind
    known["$language"] = own.language or None
    known["$first_seen"] = _day(max(firsts)) if firsts else None
    known["$last_seen"] = _day(min(lasts)) if lasts else None
    return known


def _day(back: int) -> str:
    return (make.NOW - timedelta(days=back)).astimezone(UTC).date().isoformat()


def _plain(value: object) -> str | None:
    """One text for equal values: 5, 5.0 and "5" are the same, and lists are nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float | Decimal):
        number = Decimal(str(value))
        return str(int(number)) if number == int(number) else format(number.normalize(), "f")
    return None


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return Decimal(str(value))
    looks = isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", value)
    return Decimal(str(value)) if looks else None


def _date(value: object) -> str | None:
    looks = isinstance(value, str) and re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(\Z|[T ])", value)
    return str(value)[:10] if looks else None


def _holds(rule: Attribute, value: Any) -> bool:  # noqa: PLR0911 - plain on purpose
    wanted: Any = rule.value
    if rule.op is Op.EXISTS:
        return bool((value is not None) is wanted)
    if value is None:
        return rule.or_without_value
    if rule.op in {Op.IS, Op.IS_NOT, Op.IN, Op.NOT_IN}:
        several = wanted if isinstance(wanted, tuple) else (wanted,)
        found = _plain(value) is not None and _plain(value) in [_plain(one) for one in several]
        return found if rule.op in {Op.IS, Op.IN} else not found
    if rule.op is Op.CONTAINS and isinstance(value, list):
        return bool(wanted in value)
    if rule.op in {Op.CONTAINS, Op.STARTS}:
        if not isinstance(value, str):
            return False
        return bool(wanted in value if rule.op is Op.CONTAINS else value.startswith(wanted))
    if rule.op in {Op.WITHIN, Op.BEFORE, Op.AFTER}:
        return _date_holds(rule.op, _date(value), wanted)
    number = _number(value)
    return number is not None and _compare(rule.op, number, wanted)


def _date_holds(op: Op, on: str | None, wanted: Any) -> bool:
    if on is None:
        return False
    if op is Op.WITHIN:
        days = {(TODAY - timedelta(days=back)).isoformat() for back in range(wanted)}
        return on in days
    limit: str = wanted.isoformat()
    return on < limit if op is Op.BEFORE else on > limit


_COMPARE: dict[Op, Callable[[Decimal, Decimal], bool]] = {
    Op.IS: lambda a, b: a == b,
    Op.IS_NOT: lambda a, b: a != b,
    Op.LESS: lambda a, b: a < b,
    Op.AT_MOST: lambda a, b: a <= b,
    Op.MORE: lambda a, b: a > b,
    Op.AT_LEAST: lambda a, b: a >= b,
}


def _compare(op: Op, left: Decimal, right: Decimal) -> bool:
    return _COMPARE[op](left, right)


def _inside(back: int, window: Window | None) -> bool:
    on = TODAY - timedelta(days=back)
    if window is None:
        return True
    if window.days is not None:
        return 0 <= back < window.days
    first, last = window.first_on or date.min, window.last_on or date.max
    return first <= on <= last


def _facts(world: World, root: int, what: Facts, window: Window | None) -> list[Fact]:
    return [
        fact
        for fact in world.facts
        if world.root(fact.who) == root
        and not fact.is_deleted
        and _inside(fact.day, window)
        and (not what.kind or fact.kind == what.kind)
        and (not what.name or fact.name == what.name)
        and (not what.currency or fact.currency == what.currency)
        and (not what.touchpoint or _is_at(world, fact.touchpoint, what.touchpoint))
        and (not what.channel or _is_at(world, fact.channel, what.channel))
        and all(_holds(one, _property(fact.props, one.key)) for one in what.where)
    ]


def _property(props: Values, path: str) -> Any:
    if path in props:
        return props[path]
    found: Any = props
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _is_at(world: World, found: str, wanted: str) -> bool:
    return bool(found) and world.target(found) == world.target(wanted)


def _rated(world: World, test: Any, root: int) -> bool:
    scores = [
        score
        for score in world.scores
        if world.root(score.who) == root
        and score.metric == test.metric
        and score.state == "counted"
        and _inside(score.day, test.window)
        and (not test.touchpoint or _is_at(world, score.touchpoint, test.touchpoint))
    ]
    values = [Decimal(score.value) for score in scores]
    if test.how == "never":
        return not any(_compare(test.op, value, test.value) for value in values)
    if not values:
        return False
    if test.how == "last":
        found = Decimal(min(scores, key=lambda score: score.day).value)
    elif test.how == "mean":
        # Compared by hand over a common divisor: 20/3 is no Decimal.
        return _compare(test.op, sum(values, Decimal(0)), test.value * len(values))
    else:
        found = max(values) if test.metric.startswith("ces_low") else min(values)
    return _compare(test.op, found, test.value)
