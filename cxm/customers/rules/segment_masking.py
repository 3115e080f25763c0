"""What of a rule is about persons: values that not everybody may read, or count by."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cxm.customers.rules.segment_rule import (
    AllOf,
    AnyOf,
    Attribute,
    Did,
    Not,
    OfCompany,
    Op,
    Rule,
    Sum,
    places_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HIDDEN = "…"
CUSTOMER, COMPANY = "customer", "company"

type IsOpen = Callable[[str, str], bool]


def attributes_tested(rule: Rule) -> Iterator[tuple[str, str, str]]:
    """List the attributes that a rule tests: the place, whose they are, the key.

    Those that everybody has beside attributes (`$language`) are left out: everybody reads them.
    """
    companies = [at for at, part in places_of(rule) if isinstance(part, OfCompany)]
    for at, part in places_of(rule):
        if isinstance(part, Attribute) and not part.key.startswith("$"):
            # What stands inside one has its place as the beginning of its own.
            is_company = any(
                at.startswith(f"{one}.company" if one else "company") for one in companies
            )
            yield at, COMPANY if is_company else CUSTOMER, part.key


def properties_tested(rule: Rule) -> Iterator[str]:
    """List the places where a rule tests properties of interactions."""
    for at, part in places_of(rule):
        if isinstance(part, Did | Sum) and part.what.where:
            member = "did" if isinstance(part, Did) else "of"
            yield f"{at}.{member}.where" if at else f"{member}.where"


def masked(rule: Rule, is_open: IsOpen, *, scope: str = CUSTOMER) -> Rule:
    """Put “…” in the place of every value that is about persons; the rule as it is without any.

    *is_open* tells of a scope (customer or company) and key whether everybody may read that
    attribute. Properties of interactions are about persons, whatever they are called.
    """
    match rule:
        case AllOf(parts) | AnyOf(parts):
            return type(rule)(tuple(masked(part, is_open, scope=scope) for part in parts))
        case Not(part):
            return Not(masked(part, is_open, scope=scope))
        case OfCompany(part):
            return OfCompany(masked(part, is_open, scope=COMPANY))
        case Did(what) | Sum(what):
            where = tuple(_without_value(one) for one in what.where)
            return replace(rule, what=replace(what, where=where))
        case Attribute(key):
            is_shown = key.startswith("$") or is_open(scope, key)
            return rule if is_shown else _without_value(rule)
        case _:
            return rule


def _without_value(test: Attribute) -> Attribute:
    if test.op is Op.EXISTS:
        return test
    return replace(test, value=(HIDDEN,) if isinstance(test.value, tuple) else HIDDEN)
