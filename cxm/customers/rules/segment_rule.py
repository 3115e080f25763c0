"""The rule of a segment as typed values: what a rule can say, and how it is written as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from cxm.customers.rules.segment_kinds import kind_called

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 5
MOST_TESTS = 60
MOST_SEGMENTS_DEEP = 3

type Scalar = str | bool | Decimal


class Op(StrEnum):
    """How the value of an attribute is compared."""

    IS = "="
    IS_NOT = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    IN = "in"
    NOT_IN = "not in"
    CONTAINS = "contains"
    STARTS = "starts"
    EXISTS = "exists"
    WITHIN = "within"
    BEFORE = "before"
    AFTER = "after"


COMPARING = (Op.IS, Op.IS_NOT, Op.LESS, Op.AT_MOST, Op.MORE, Op.AT_LEAST)
NEGATIVE = frozenset({Op.IS_NOT, Op.NOT_IN})
# What every customer has beside attributes; a key of an attribute never begins so.
OWN_TEXTS = ("$kind", "$language")
OWN_DATES = ("$first_seen", "$last_seen")
COMPANY_NAME = "$name"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Everybody for whom each part holds; *parts* is never empty."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Everybody for whom at least one part holds; *parts* is never empty."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Everybody for whom *part* does not hold."""

    part: Rule


@dataclass(frozen=True, slots=True)
class Attribute:
    """A comparison of one attribute; who has no value for it is out, whatever the operator.

    *or_without_value* takes those in, for operators that say "not". *value* is a scalar, a tuple
    of them for `in` and `not in`, a date for `before` and `after`, an int of days for `within`,
    a bool for `exists`.
    """

    key: str
    op: Op
    value: Scalar | tuple[Scalar, ...] | date | int
    or_without_value: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """Days that count: the last *days* with today, or from *first_on* to *last_on*, inclusive."""

    days: int | None = None
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Which interactions are meant; empty texts mean any, but never all of them.

    *where* compares their properties as attributes are compared; a key is a dotted path
    (`context.page.path`), and a property whose own name is the whole path wins.
    """

    kind: str = ""
    name: str = ""
    touchpoint: str = ""
    channel: str = ""
    currency: str = ""
    where: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class Did:
    """How often something happened; nobody has done it less than 0 times."""

    what: Facts
    op: Op = Op.AT_LEAST
    times: int = 1
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """What the amounts of interactions add up to; without any that is 0."""

    what: Facts
    op: Op
    value: Decimal
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class InSegment:
    """Everybody whom the rule of another segment, named by its key, selects."""

    key: str


@dataclass(frozen=True, slots=True)
class OfCompany:
    """Everybody who belongs to a company whose attributes fit *rule*."""

    rule: Rule


@dataclass(frozen=True, slots=True)
class Added:
    """A test that a higher app has registered under *kind*; *test* is its own frozen value."""

    kind: str
    test: Any


type Test = Attribute | Did | Sum | InSegment | OfCompany | Added
type Rule = AllOf | AnyOf | Not | Test


def parts_of(rule: Rule) -> tuple[Rule, ...]:
    """Give the rules directly inside *rule*; none for a test that holds no rule."""
    match rule:
        case AllOf(parts) | AnyOf(parts):
            return parts
        case Not(part) | OfCompany(part):
            return (part,)
        case _:
            return ()


def every_part(rule: Rule) -> Iterator[Rule]:
    """Walk *rule* and everything inside it, outside first, in order."""
    yield rule
    for part in parts_of(rule):
        yield from every_part(part)


def segments_named(rule: Rule) -> frozenset[str]:
    """Give the keys of the segments that *rule* itself is made with."""
    return frozenset(part.key for part in every_part(rule) if isinstance(part, InSegment))


def places_of(rule: Rule, at: str = "") -> Iterator[tuple[str, Rule]]:
    """Name the place of every part: `all[0]`, `all[1].any[0]`, `not`; empty for the whole."""
    yield at, rule
    word = {AllOf: "all", AnyOf: "any", Not: "not", OfCompany: "company"}.get(type(rule), "")
    is_list = isinstance(rule, AllOf | AnyOf)
    for number, part in enumerate(parts_of(rule)):
        step = f"{word}[{number}]" if is_list else word
        yield from places_of(part, f"{at}.{step}" if at else step)


def rule_json(rule: Rule) -> dict[str, Any]:
    """Write *rule* as JSON has it; reading it again gives the same rule."""
    match rule:
        case AllOf(parts) | AnyOf(parts):
            word = "all" if isinstance(rule, AllOf) else "any"
            return {word: [rule_json(part) for part in parts]}
        case Not(part) | OfCompany(part):
            return {"not" if isinstance(rule, Not) else "company": rule_json(part)}
        case Attribute():
            return _attribute_json(rule)
        case InSegment(key):
            return {"in": key}
        case Added(kind, test):
            return kind_called(kind).write(test)
        case _:
            return _facts_json(rule)


def window_json(window: Window | None) -> dict[str, Any]:
    """Write a window as the member `in` of a test; nothing for "since the start"."""
    if window is None:
        return {}
    if window.days is not None:
        return {"in": {"days": window.days}}
    ends = (("from", window.first_on), ("to", window.last_on))
    return {"in": {name: on.isoformat() for name, on in ends if on}}


def number_json(value: Decimal) -> int | float:
    """Write a number as JSON has it: whole ones without a point."""
    return int(value) if value == value.to_integral_value() else float(value)


def _attribute_json(rule: Attribute) -> dict[str, Any]:
    value = rule.value
    said: Any = [_scalar_json(one) for one in value] if isinstance(value, tuple) else value
    if isinstance(value, date):
        said = value.isoformat()
    elif isinstance(value, Decimal):
        said = _scalar_json(value)
    written = {"attr": rule.key, "op": rule.op.value, "value": said}
    return written | ({"or_without_value": True} if rule.or_without_value else {})


def _property_json(rule: Attribute) -> dict[str, Any]:
    written = _attribute_json(rule)
    return {"prop": written.pop("attr")} | written


def _scalar_json(value: Scalar) -> str | bool | int | float:
    return number_json(value) if isinstance(value, Decimal) else value


def _facts_json(rule: Did | Sum) -> dict[str, Any]:
    names = ("kind", "name", "touchpoint", "channel", "currency")
    what: dict[str, Any] = {
        name: getattr(rule.what, name) for name in names if getattr(rule.what, name)
    }
    if rule.what.where:
        what["where"] = [_property_json(one) for one in rule.what.where]
    if isinstance(rule, Did):
        times = {"op": rule.op.value, "n": rule.times}
        return {"did": what, "times": times} | window_json(rule.window)
    value = {"op": rule.op.value, "value": number_json(rule.value)}
    return {"sum": "amount", "of": what} | value | window_json(rule.window)
