"""Comparisons of attributes as SQL: values are JSON, and a missing one is equal to nothing.

A number and a text that is written like it are equal; other types never are. Of lists only
`contains` is true, for an element that is that text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from psycopg import sql

from cxm.customers.rules.segment_rule import (
    COMPANY_NAME,
    OWN_DATES,
    OWN_TEXTS,
    Attribute,
    Op,
    Scalar,
)
from cxm.customers.rules.segment_values import canonical
from cxm.customers.services.segment_ground import COMPARISONS

if TYPE_CHECKING:
    from psycopg.sql import Composable

    from cxm.customers.services.segment_ground import Ground

# Of a JSON value {v}: as a text that is the same for equal values, as a number, as a date.
_TEXT = sql.SQL("""CASE jsonb_typeof({v}) WHEN 'string' THEN {v} #>> '{{}}'
    WHEN 'boolean' THEN {v} #>> '{{}}'
    WHEN 'number' THEN trim_scale(({v} #>> '{{}}')::numeric)::text END""")
_NUMBER = sql.SQL("""CASE jsonb_typeof({v}) WHEN 'number' THEN ({v} #>> '{{}}')::numeric
    WHEN 'string' THEN CASE WHEN {v} #>> '{{}}' ~ '^-?[0-9]{{1,15}}([.][0-9]{{1,6}})?$'
        THEN ({v} #>> '{{}}')::numeric END END""")
_WORDS = sql.SQL("CASE jsonb_typeof({v}) WHEN 'string' THEN {v} #>> '{{}}' END")
_DAY = sql.SQL("""CASE WHEN {words} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}($|[T ])'
    THEN left({words}, 10) COLLATE "C" END""")


@dataclass(frozen=True, slots=True)
class Held:
    """A value that people have, in each way it is compared; null where it is not of that sort."""

    text: Composable
    words: Composable
    number: Composable
    day: Composable
    is_known: Composable
    json: Composable | None = None


def held_by(key: str, ground: Ground, *, is_company: bool = False) -> Held:
    """Give the value of the attribute *key* of a person `p`, or of a company `o`."""
    if key in OWN_TEXTS or key in OWN_DATES or key == COMPANY_NAME:
        return _own(key, ground)
    row = sql.SQL("o" if is_company else "p")
    ground.needs_attributes |= not is_company
    return _of_json(sql.SQL("({}.attributes -> {}::text)").format(row, ground.value(key)))


def held_in_props(path: str, ground: Ground) -> Held:
    """Give the property at *path* of an interaction `i`; see `Facts.where`."""
    props = sql.SQL("i.props")
    whole = sql.SQL("({} -> {}::text)").format(props, ground.value(path))
    names = path.split(".")
    if len(names) == 1:
        return _of_json(whole)
    inner: Composable = props
    for name in names:
        inner = sql.SQL("({} -> {}::text)").format(inner, ground.value(name))
    return _of_json(
        sql.SQL("(CASE WHEN {} ? {}::text THEN {} ELSE {} END)").format(
            props, ground.value(path), whole, inner
        )
    )


def _of_json(value: Composable) -> Held:
    words = _WORDS.format(v=value)
    return Held(
        text=_TEXT.format(v=value),
        words=words,
        number=_NUMBER.format(v=value),
        day=_DAY.format(words=words),
        is_known=sql.SQL("(coalesce(jsonb_typeof({}), 'null') <> 'null')").format(value),
        json=value,
    )


def attribute_condition(rule: Attribute, held: Held, ground: Ground) -> Composable:
    """Build what is true for those whose value fits; never null."""
    match rule.op:
        case Op.EXISTS:
            no = sql.SQL("" if rule.value else "NOT ")
            return sql.SQL("({}{})").format(no, held.is_known)
        case Op.IS_NOT | Op.NOT_IN:
            other = sql.SQL("{} AND NOT coalesce({}, false)").format(
                held.is_known, _is_one_of(rule, held, ground)
            )
            if rule.or_without_value:
                other = sql.SQL("({}) OR NOT {}").format(other, held.is_known)
            return sql.SQL("({})").format(other)
        case _:
            return sql.SQL("coalesce({}, false)").format(_positive(rule, held, ground))


def _own(key: str, ground: Ground) -> Held:
    """Give what every customer has in a column of its own: texts, or dates as texts."""
    columns = {
        "$kind": sql.SQL("p.kind"),
        "$language": sql.SQL("nullif(p.language, '')"),
        "$first_seen": sql.SQL("p.first_seen"),
        "$last_seen": sql.SQL("p.last_seen"),
        COMPANY_NAME: sql.SQL("nullif(o.name, '')"),
    }
    ground.needs_dates |= key in OWN_DATES
    words = columns[key]
    return Held(
        text=words,
        words=words,
        number=sql.SQL("NULL::numeric"),
        day=_DAY.format(words=words),
        is_known=sql.SQL("({} IS NOT NULL)").format(words),
    )


def _is_one_of(rule: Attribute, held: Held, ground: Ground) -> Composable:
    values = rule.value if isinstance(rule.value, tuple) else (rule.value,)
    texts = [canonical(value) for value in values if isinstance(value, str | bool | Decimal)]
    return sql.SQL("({} = ANY({}::text[]))").format(held.text, ground.value(texts))


def _positive(rule: Attribute, held: Held, ground: Ground) -> Composable:
    match rule.op:
        case Op.IS | Op.IN:
            return _is_one_of(rule, held, ground)
        case Op.CONTAINS | Op.STARTS:
            return _text_inside(rule, held, ground)
        case Op.WITHIN:
            first = ground.today - timedelta(days=_days(rule.value) - 1)
            return sql.SQL("({day} BETWEEN {first}::text AND {last}::text)").format(
                day=held.day,
                first=ground.value(first.isoformat()),
                last=ground.value(ground.today.isoformat()),
            )
        case Op.BEFORE | Op.AFTER:
            op = sql.SQL("<" if rule.op is Op.BEFORE else ">")
            on = ground.value(str(rule.value))
            return sql.SQL("({} {} {}::text)").format(held.day, op, on)
        case _:
            number = ground.value(rule.value)
            return sql.SQL("({} {} {}::numeric)").format(held.number, COMPARISONS[rule.op], number)


def _text_inside(rule: Attribute, held: Held, ground: Ground) -> Composable:
    wanted = ground.value(rule.value)
    if rule.op is Op.STARTS:
        return sql.SQL("starts_with({}, {}::text)").format(held.words, wanted)
    found = sql.SQL("strpos({}, {}::text) > 0").format(held.words, wanted)
    if held.json is None:
        return found
    listed = sql.SQL("jsonb_typeof({v}) = 'array' AND {v} ? {wanted}::text")
    return sql.SQL("(coalesce({}, false) OR ({}))").format(
        found, listed.format(v=held.json, wanted=wanted)
    )


def _days(value: Scalar | tuple[Scalar, ...] | date | int) -> int:
    return value if isinstance(value, int) else 1
