"""The rule of a segment as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from cxm.customers.rules.segment_kinds import kind_called
from cxm.customers.rules.segment_rule import (
    COMPANY_NAME,
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
    Scalar,
    Sum,
    Window,
)

if TYPE_CHECKING:
    from collections.abc import Callable

type Titles = Mapping[str, Mapping[str, str]]

KINDS = {
    "event": "event",
    "page": "page view",
    "message": "message",
    "call": "call",
    "visit": "visit",
    "order_step": "order step",
    "payment": "payment",
    "invitation": "invitation",
    "response": "response",
    "case": "case",
    "contract": "contract",
    "note": "note",
    "merge": "merge",
}
OWN_TITLES = {
    "$kind": "kind of customer",
    "$language": "language",
    "$first_seen": "first contact",
    "$last_seen": "last contact",
    COMPANY_NAME: "name",
}
COMPARED = {
    Op.IS: "exactly",
    Op.IS_NOT: "anything but",
    Op.LESS: "less than",
    Op.AT_MOST: "at most",
    Op.MORE: "more than",
    Op.AT_LEAST: "at least",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_LISTED = 5
_BY_DAY = (Op.BEFORE, Op.AFTER)


def sentence(rule: Rule, titles: Titles) -> str:
    """Say a whole rule, as in: Customers whose plan is “pro” and who had “order” 3 times.

    *titles* gives by registry (attribute, company_attribute, touchpoint, channel, segment,
    metric) what keys are called; a key without a title stands for itself.
    """
    return f"Customers {phrase(rule, titles)}."


def phrase(rule: Rule, titles: Titles, *, registry: str = "attribute") -> str:
    """Say a rule so that "Customers" (or "a company", for its attributes) can stand before it."""
    match rule:
        case AllOf(parts) | AnyOf(parts):
            said = [_part(part, rule, titles, registry) for part in parts]
            return (" and " if isinstance(rule, AllOf) else " or ").join(said)
        case Not(part):
            return f"for whom it is not so: ({phrase(part, titles, registry=registry)})"
        case Attribute():
            return _attribute(rule, titles, registry)
        case OfCompany(part):
            return f"who belong to a company {phrase(part, titles, registry='company_attribute')}"
        case _:
            return _test(rule, titles)


def _test(rule: Did | Sum | InSegment | Added, titles: Titles) -> str:
    match rule:
        case Did():
            return _did(rule, titles)
        case Sum():
            return _sum(rule, titles)
        case InSegment(key):
            return f"who are in “{_title(titles, 'segment', key)}”"
        case Added(kind, test):
            return kind_called(kind).words(test, titles)


def window_words(window: Window | None) -> str:
    """Say when: "in the last 90 days", "from 1 Jan 2026 to …"; empty for ever."""
    if window is None:
        return ""
    if window.days is not None:
        return "today" if window.days == 1 else f"in the last {window.days} days"
    first, last = window.first_on, window.last_on
    if first and last:
        return f"from {day_words(first)} to {day_words(last)}"
    return f"since {day_words(first)}" if first else f"until {day_words(last or date.max)}"


def number_words(value: Decimal) -> str:
    """Write a number plainly: 5, 2.5, 1,000."""
    whole = value.to_integral_value()
    return f"{int(whole):,}" if whole == value else f"{value.normalize():,f}"


def day_words(on: date) -> str:
    """Write a date as 1 Mar 2026."""
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def _part(part: Rule, whole: Rule, titles: Titles, registry: str) -> str:
    """Put a group of the other kind into brackets, so that “and” and “or” cannot be mixed up."""
    said = phrase(part, titles, registry=registry)
    is_group = isinstance(part, AllOf | AnyOf) and len(part.parts) > 1
    has_open_end = isinstance(part, OfCompany) and isinstance(part.rule, AllOf | AnyOf)
    return f"({said})" if (is_group and type(part) is not type(whole)) or has_open_end else said


def _title(titles: Titles, registry: str, key: str) -> str:
    return OWN_TITLES.get(key) or titles.get(registry, {}).get(key) or key


def _scalar(value: Scalar) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number_words(value) if isinstance(value, Decimal) else f"“{value}”"


def _many(values: tuple[Scalar, ...]) -> str:
    said = [_scalar(value) for value in values[:_MOST_LISTED]]
    more = len(values) - len(said)
    if more:
        said.append(f"{more} more")
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}"


def _attribute(rule: Attribute, titles: Titles, registry: str) -> str:
    return f"whose {_title(titles, registry, rule.key)} {_comparison(rule)}"


def _comparison(rule: Attribute) -> str:
    value = rule.value
    if isinstance(value, tuple):
        said = f"is {'' if rule.op is Op.IN else 'not '}{_many(value)}"
    elif rule.op in _BY_DAY:
        said = f"is {rule.op.value} {day_words(value) if isinstance(value, date) else value}"
    elif rule.op is Op.EXISTS:
        said = "is known" if value else "is not known"
    elif rule.op is Op.WITHIN:
        said = "is today" if value == 1 else f"lies in the last {value} days"
    else:
        said = _SCALAR_WORDS[rule.op](_scalar(value))  # type: ignore[arg-type]  # the rest are scalars
    more = " or is not known" if rule.or_without_value else ""
    return f"{said}{more}"


_SCALAR_WORDS: dict[Op, Callable[[str], str]] = {
    Op.IS: "is {}".format,
    Op.IS_NOT: "is not {}".format,
    Op.LESS: "is less than {}".format,
    Op.AT_MOST: "is at most {}".format,
    Op.MORE: "is more than {}".format,
    Op.AT_LEAST: "is at least {}".format,
    Op.CONTAINS: "contains {}".format,
    Op.STARTS: "starts with {}".format,
}


def _did(rule: Did, titles: Titles) -> str:
    what, when = facts_words(rule.what, titles), window_words(rule.window)
    if (rule.op, rule.times) in {(Op.IS, 0), (Op.AT_MOST, 0), (Op.LESS, 1)}:
        return _words("who never had", what, when)
    if (rule.op, rule.times) in {(Op.AT_LEAST, 1), (Op.MORE, 0)}:
        return _words("who had", what, when)
    times = "once" if rule.times == 1 else f"{rule.times:,} times"
    return _words("who had", what, COMPARED[rule.op], times, when)


def _sum(rule: Sum, titles: Titles) -> str:
    what, when = facts_words(rule.what, titles), window_words(rule.window)
    value, unit = number_words(rule.value), rule.what.currency
    return _words("whose amounts of", what, when, "add up to", COMPARED[rule.op], value, unit)


def facts_words(what: Facts, titles: Titles) -> str:
    """Say which interactions: "“order_paid” (payment) at Checkout where plan is “pro”"."""
    kind = KINDS.get(what.kind, what.kind)
    said = f"“{what.name}”" if what.name else ""
    if kind:
        article = "an" if kind[0] in "aeiou" else "a"
        said = f"{said} ({kind})" if said else f"{article} {kind}"
    at = f"at {_title(titles, 'touchpoint', what.touchpoint)}" if what.touchpoint else ""
    over = f"over {_title(titles, 'channel', what.channel)}" if what.channel else ""
    where = " and ".join(f"{one.key} {_comparison(one)}" for one in what.where)
    return _words(said or "any contact", at, over, f"where {where}" if where else "")


def _words(*parts: str) -> str:
    return " ".join(part for part in parts if part)
