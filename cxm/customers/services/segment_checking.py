"""Whether the rule of a segment can be used: all that it names exists, and it has no cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.customers.rules.segment_errors import Fault, SegmentRuleError
from cxm.customers.rules.segment_kinds import kind_called
from cxm.customers.rules.segment_masking import attributes_tested, properties_tested
from cxm.customers.rules.segment_rule import (
    MOST_SEGMENTS_DEEP,
    Added,
    Did,
    InSegment,
    Rule,
    Sum,
    places_of,
    segments_named,
)
from cxm.customers.selectors.attributes import open_attributes
from cxm.customers.selectors.segments import current_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cxm.customers.rules.segment_words import Titles
    from cxm.tenants.models import Tenant


def check_rule(
    *, tenant: Tenant, rule: Rule, titles: Titles, key: str = "", sees_persons: bool = True
) -> dict[str, Rule]:
    """Refuse a rule that names what does not exist, or the segment *key* itself on any way.

    From those without *sees_persons*, attributes are refused that they may not read, and all
    properties of interactions: counting who has which value would tell the values. Gives the
    rules of all segments that can be inside. Raises SegmentRuleError with every fault. One query
    for a rule made with segments or for a segment that exists, one for attributes that may be
    hidden, else none.
    """
    faults = [fault for at, part in places_of(rule) for fault in _unknown(at, part, titles)]
    if not sees_persons:
        faults += _hidden(tenant, rule)
    rules: dict[str, Rule] = {}
    if key or segments_named(rule):
        rules = current_rules(tenant)
        faults += _around(rule, rules, key)
    if faults:
        raise SegmentRuleError(faults)
    return rules


def _hidden(tenant: Tenant, rule: Rule) -> Iterator[Fault]:
    """Find what only those who see persons may count by."""
    for place in properties_tested(rule):
        words = "Properties of events can tell who somebody is: ask somebody who may see persons."
        yield Fault(place, words)
    named = list(attributes_tested(rule))
    seen = open_attributes(tenant, {key for _, _, key in named})
    for at, scope, key in named:
        if (scope, key) not in seen:
            words = f"“{key}” counts as personal: ask somebody who may see persons to use it."
            yield Fault(f"{at}.attr" if at else "attr", words)


def _unknown(at: str, part: Rule, titles: Titles) -> Iterator[Fault]:
    for member, registry, key in _names(part):
        if key not in titles.get(registry, {}):
            place = f"{at}.{member}" if at else member
            yield Fault(place, f"There is no {registry} “{key}”: choose another.")


def _names(part: Rule) -> list[tuple[str, str, str]]:
    """List what a test names: the member of its JSON, the registry, the key."""
    match part:
        case Did() | Sum():
            member = "did" if isinstance(part, Did) else "of"
            named = (("touchpoint", part.what.touchpoint), ("channel", part.what.channel))
            return [(f"{member}.{name}", name, key) for name, key in named if key]
        case Added(kind, test):
            return kind_called(kind).names(test)
        case _:
            return []


def _around(rule: Rule, rules: Mapping[str, Rule], key: str) -> Iterator[Fault]:
    """Find segments that do not exist, lead back here, or stand too many inside each other."""
    made_with = {name: segments_named(one) for name, one in rules.items()}
    above = _height(key, made_with) if key else 0
    for at, part in places_of(rule):
        if not isinstance(part, InSegment):
            continue
        place = f"{at}.in" if at else "in"
        below = _reached(part.key, made_with)
        if part.key not in rules:
            yield Fault(place, f"There is no live segment “{part.key}”: choose another.")
        elif key and (part.key == key or key in below):
            yield Fault(place, f"“{part.key}” is made with this segment: choose another.")
        elif above + 1 + _depth(part.key, made_with) > MOST_SEGMENTS_DEEP:
            words = f"Segments stand inside segments at most {MOST_SEGMENTS_DEEP} deep."
            yield Fault(place, f"{words} Put the tests of “{part.key}” here instead.")


def _reached(key: str, made_with: Mapping[str, frozenset[str]]) -> set[str]:
    """Give every segment inside the segment *key*, at any depth."""
    found: set[str] = set()
    wanted = set(made_with.get(key, ()))
    while wanted:
        one = wanted.pop()
        if one not in found:
            found.add(one)
            wanted |= made_with.get(one, frozenset())
    return found


def _depth(key: str, made_with: Mapping[str, frozenset[str]]) -> int:
    """Count how many segments stand inside each other below *key*; there is no cycle in them."""
    inside = made_with.get(key, frozenset())
    return max((1 + _depth(one, made_with) for one in inside), default=0)


def _height(key: str, made_with: Mapping[str, frozenset[str]]) -> int:
    """Count how many segments stand around *key*, each made with the one before."""
    around = [name for name, inside in made_with.items() if key in inside]
    return max((1 + _height(one, made_with) for one in around), default=0)
