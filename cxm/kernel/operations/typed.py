"""What people typed into plain forms, read as the type of the field that it is for."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import inspect, structs

from cxm.kernel.operations.records import Deed, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cxm.kernel.operations.records import Asked
    from cxm.kernel.operations.shapes import JSON, DocumentShape, ElementShape, FieldShape
    from cxm.kernel.operations.state import State

type Texts = str | dict[str, Texts]

_WHOLE = re.compile(r"([+-]?[0-9]{1,15})(\.0*)?")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_TRUE, _FALSE = frozenset({"true", "on", "yes", "1"}), frozenset({"false", "off", "no", "0", ""})
_MOST_DIGITS = 4
_PART = r"([0-9]{1,5}(?:\.[0-9])?) (week|day|hour|minute|second)s?"
_LASTS, _PARTS = re.compile(rf"{_PART}(?: {_PART}){{0,4}}"), re.compile(_PART)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the controls of one field: a text, or the texts of its parts by name.

    In a list the names are numbers. It may be the value of a `set`, or of a field of a `create`,
    until the document is open: only that tells what kind of element, and so which type, is meant.
    """

    told: Texts


def as_meant(asked: Sequence[Asked], shape: DocumentShape, state: State) -> list[Asked]:
    """Give operations with all that is Typed read as what it is for; *state* is the document.

    Raises RefusedError where that cannot be, or names a kind or field that there is not. What
    is for an element that is not there stays Typed: it is not found later.
    """
    made = {one.lineage: one.kind for one in asked if one.op is Deed.CREATE}
    return [_meant(one, shape, state, made) for one in asked]


def read_typed(shape: FieldShape, told: Texts) -> JSON:
    """Give what *told* means as the field's type, not yet cleaned. Raises RefusedError.

    Empty is None where the field may be. For a duration see `read_duration`; a list comes by
    parts or a line each, an object by parts or as JSON. Items of a list that nobody typed in are
    left out.
    """
    try:
        if shape.parts and isinstance(told, dict):
            return {name: _part(_named(shape, name), part, name) for name, part in told.items()}
        return _read(inspect.type_info(shape.type), told)
    except _UnreadError as error:
        where = f" (at {'.'.join(error.place)})" if error.place else ""
        raise RefusedError(f"{shape.label}{where}: {error}", field=shape.name) from error


def can_be_typed(type_: Any) -> bool:
    """Whether there is a way to read what is typed as *type_*, and all that is in it."""
    return _can_be_read(inspect.type_info(type_))


class _UnreadError(ValueError):
    """The text is not of its type: words for people, and the place inside the field."""

    def __init__(self, words: str, place: tuple[str, ...] = ()) -> None:
        super().__init__(words)
        self.place = place


def _meant(one: Asked, shape: DocumentShape, state: State, made: dict[UUID, str]) -> Asked:
    if isinstance(one.value, Typed):
        element = state.get(one.lineage)
        kind = element.kind if element else made.get(one.lineage)
        if kind is None:
            return one
        field = shape.element(kind).field(one.field)
        return structs.replace(one, value=read_typed(field, one.value.told))
    if one.op is Deed.CREATE and isinstance(one.value, dict) and "values" in one.value:
        values = _values_meant(shape.element(one.kind), one.value["values"])
        return structs.replace(one, value={**one.value, "values": values})
    return one


def _values_meant(shape: ElementShape, values: Any) -> Any:
    if not isinstance(values, dict):
        return values
    return {
        name: read_typed(shape.field(name), value.told) if isinstance(value, Typed) else value
        for name, value in values.items()
    }


def _named(shape: FieldShape, name: str) -> inspect.Type:
    return inspect.type_info(shape.parts.get(name, Any))


def _part(kind: inspect.Type, told: Texts, name: str) -> JSON:
    try:
        return _read(kind, told)
    except _UnreadError as error:
        raise _UnreadError(str(error), (name, *error.place)) from error


def _read(kind: inspect.Type, told: Texts) -> JSON:
    kind, may_be_none = _without_none(kind)
    if may_be_none and isinstance(told, str) and not told.strip():
        return None
    if isinstance(told, dict):
        return _by_parts(kind, told)
    # A type that nothing here reads gets the text, and says itself what it thinks of it.
    return _READERS.get(type(kind), _text)(kind, told)


def _without_none(kind: inspect.Type) -> tuple[inspect.Type, bool]:
    """Give the one type that a union has beside None, and whether it has None."""
    if not isinstance(kind, inspect.UnionType):
        return kind, False
    others = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
    return others[0] if len(others) == 1 else kind, kind.includes_none


def _by_parts(kind: inspect.Type, told: dict[str, Texts]) -> JSON:
    if isinstance(kind, inspect.StructType):
        types = {one.name: one.type for one in kind.fields}
        return {
            name: _part(types.get(name, inspect.AnyType()), part, name)
            for name, part in told.items()
        }
    inside = kind.value_type if isinstance(kind, inspect.DictType) else inspect.AnyType()
    if not isinstance(kind, inspect.DictType) and _are_numbers(told):
        item_type = kind.item_type if isinstance(kind, inspect.ListType) else inside
        named = [(name, told[name]) for name in sorted(told, key=int)]
        items = [_part(item_type, part, name) for name, part in named if _has_text(part)]
        return [item for item in items if _is_filled(item)]
    return {name: _part(inside, part, name) for name, part in told.items()}


def _are_numbers(names: dict[str, Texts]) -> bool:
    return bool(names) and all(n.isdecimal() and len(n) <= _MOST_DIGITS for n in names)


def _has_text(told: Texts) -> bool:
    return any(map(_has_text, told.values())) if isinstance(told, dict) else bool(told)


def _is_filled(item: JSON) -> bool:
    """Whether anything was typed into an item of a list; a slider stands somewhere anyway."""
    if isinstance(item, dict):
        return any(part for part in item.values() if isinstance(part, str | list))
    return item is not None


def _text(_kind: Any, told: str) -> JSON:
    return told


def _whole(_kind: Any, told: str) -> JSON:
    found = _WHOLE.fullmatch(told.strip())
    if not found:
        message = "write a whole number."
        raise _UnreadError(message)
    return int(found[1])


def _number(_kind: Any, told: str) -> JSON:
    kept = told.strip()
    number = float(kept) if _NUMBER.fullmatch(kept) else math.nan
    if not math.isfinite(number):
        message = "write a number, such as 2.5."
        raise _UnreadError(message)
    return number


def _truth(_kind: Any, told: str) -> JSON:
    kept = told.strip().lower()
    if kept not in _TRUE | _FALSE:
        message = "choose yes or no."
        raise _UnreadError(message)
    return kept in _TRUE


def _day(_kind: Any, told: str) -> JSON:
    try:
        return date.fromisoformat(told.strip()).isoformat()
    except ValueError as error:
        message = "write a date, such as 2026-11-30."
        raise _UnreadError(message) from error


def _moment(_kind: Any, told: str) -> JSON:
    try:
        return datetime.fromisoformat(told.strip()).isoformat()
    except ValueError as error:
        message = "write a moment with its offset, such as 2026-11-30T09:30:00Z."
        raise _UnreadError(message) from error


def read_duration(told: str) -> timedelta:
    """Read a duration in words, as `1 day 4 hours`, or of ISO 8601, as `P1DT4H`.

    Raises msgspec.ValidationError.
    """
    words = " ".join(told.lower().split())
    if not _LASTS.fullmatch(words):
        return msgspec.convert(told.strip().upper(), timedelta)
    parts = (timedelta(**{f"{unit}s": float(count)}) for count, unit in _PARTS.findall(words))
    return sum(parts, timedelta())


def _duration(_kind: Any, told: str) -> JSON:
    try:
        found = read_duration(told)
    except msgspec.ValidationError as error:
        message = "write a duration, such as 3 days or 2 hours 30 minutes."
        raise _UnreadError(message) from error
    plain: JSON = msgspec.to_builtins(found)
    return plain


def _id(_kind: Any, told: str) -> JSON:
    try:
        return str(UUID(told.strip()))
    except ValueError as error:
        message = "choose one of the list."
        raise _UnreadError(message) from error


def _chosen(kind: Any, told: str) -> JSON:
    """Read one of an Enum's values, or of a Literal's."""
    is_enum = isinstance(kind, inspect.EnumType)
    values: list[JSON] = [one.value for one in kind.cls] if is_enum else list(kind.values)
    for value in values:
        if str(value) == told.strip():
            return value
    message = f"choose one of {', '.join(str(value) for value in values if value != '')}."
    raise _UnreadError(message)


def _lines(kind: Any, told: str) -> JSON:
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    return [_part(kind.item_type, line, str(number)) for number, line in enumerate(lines)]


def _object(_kind: Any, told: str) -> JSON:
    try:
        found = msgspec.json.decode(told) if told.strip() else {}
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        message = 'write an object in JSON, such as {"unit": "days"}.'
        raise _UnreadError(message)
    return found


_READERS: dict[type[inspect.Type], Callable[[Any, str], JSON]] = {
    inspect.AnyType: _text,
    inspect.BoolType: _truth,
    inspect.DateTimeType: _moment,
    inspect.DateType: _day,
    inspect.DictType: _object,
    inspect.EnumType: _chosen,
    inspect.FloatType: _number,
    inspect.IntType: _whole,
    inspect.ListType: _lines,
    inspect.LiteralType: _chosen,
    inspect.StrType: _text,
    inspect.StructType: _object,
    inspect.TimeDeltaType: _duration,
    inspect.UUIDType: _id,
}


def _can_be_read(kind: inspect.Type) -> bool:
    kind, _ = _without_none(kind)
    if type(kind) not in _READERS:
        return False
    if isinstance(kind, inspect.StructType):
        return all(_can_be_read(one.type) for one in kind.fields)
    if isinstance(kind, inspect.ListType):
        return _can_be_read(kind.item_type)
    return not isinstance(kind, inspect.DictType) or _can_be_read(kind.value_type)
