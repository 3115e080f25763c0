"""One condition of a touchpoint rule: a test of one property of an event."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Python refuses to write out numbers of some thousand digits; no text is meant for those.
MOST_BITS = 1_000
MOST_CONDITIONS, MOST_VALUES, LONGEST_VALUE = 20, 100, 200


class Op(StrEnum):
    """How a property is tested."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    PREFIX = "prefix"
    CONTAINS = "contains"
    EXISTS = "exists"
    GT = "gt"
    LT = "lt"


OP_WORDS: dict[str, str] = {
    Op.EQ: "is",
    Op.NE: "is not",
    Op.IN: "is one of",
    Op.PREFIX: "begins with",
    Op.CONTAINS: "contains",
    Op.GT: "is more than",
    Op.LT: "is less than",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A test `{path, op, value}` of the properties of an event.

    *path* is dotted (`context.page.path`); a property whose own name is the whole path wins. A
    path that leads nowhere, or to null, meets nothing but `exists: false`.

    Numbers are compared with numbers and texts with texts, except that `eq`, `ne`, `in` and
    `contains` of a list take a text for the number or the boolean that is written like it ("5"
    and 5, "true" and true). Lists and objects equal nothing. `gt` and `lt` compare texts
    letter by letter, so that ISO dates come in their order.
    """

    path: Any
    op: Any
    value: Any = None

    @classmethod
    def of(cls, stored: object) -> Condition:
        """Read one entry of `TouchpointRule.conditions`; one that is none never holds."""
        if not isinstance(stored, dict):
            return cls("", "")
        return cls(stored.get("path", ""), stored.get("op", ""), stored.get("value"))

    def holds(self, props: Mapping[str, Any]) -> bool:
        """Test *props*, whatever they are and whatever the condition holds; never raises."""
        found = _at(props, self.path)
        if self.op == Op.EXISTS:
            return isinstance(self.value, bool) and self.value == (found is not None)
        test = _TESTS.get(self.op) if isinstance(self.op, str) else None
        return found is not None and test is not None and test(found, self.value)


def condition_words(stored: object) -> str:
    """Say an entry of `TouchpointRule.conditions` as a person reads it: “plan is pro”."""
    condition = Condition.of(stored)
    if condition.op == Op.EXISTS:
        return f"{condition.path} is {'' if condition.value else 'not '}there"
    values = condition.value if isinstance(condition.value, list) else [condition.value]
    listed = " or ".join(_written(value) or "?" for value in values)
    return f"{condition.path} {OP_WORDS.get(condition.op, '?')} {listed}"


def same(one: object, other: object) -> bool:
    """Whether two values are the same to a person: equal, or written alike ("5" and 5)."""
    if _is_number(one) and _is_number(other):
        return one == other
    written = _written(one)
    return written is not None and written == _written(other)


def condition_problem(stored: object) -> str:
    """Say what is wrong with an entry of `TouchpointRule.conditions`; empty when it is fine."""
    if not isinstance(stored, dict) or set(stored) != {"path", "op", "value"}:
        return "give path, op and value, and nothing else."
    path, op = stored["path"], stored["op"]
    if not isinstance(path, str) or not path.strip():
        return "name the property that is tested."
    if len(path) > LONGEST_VALUE or "\0" in path:
        return f"use a property of at most {LONGEST_VALUE} readable characters."
    if op not in list(Op):
        return f"choose one of {', '.join(Op)} as the test."
    return _value_problem(op, stored["value"])


def _value_problem(op: str, value: object) -> str:
    if op == Op.EXISTS:
        return "" if isinstance(value, bool) else "“exists” takes true or false."
    if op != Op.IN:
        return _single_problem(op, value)
    if not isinstance(value, list) or not 0 < len(value) <= MOST_VALUES:
        return f"“in” takes a list of 1 to {MOST_VALUES} values."
    return next((said for one in value if (said := _single_problem(op, one))), "")


def _single_problem(op: str, value: object) -> str:
    if op in {Op.PREFIX, Op.CONTAINS} and not isinstance(value, str):
        return f"“{op}” takes a text."
    if isinstance(value, bool) and op in {Op.GT, Op.LT}:
        return f"“{op}” takes a number or a text."
    written = _written(value)
    if not written or not math.isfinite(value if isinstance(value, float) else 0):
        return "give a text, a number, or true or false to compare with."
    if len(written) > LONGEST_VALUE or "\0" in written:
        return f"use at most {LONGEST_VALUE} readable characters to compare with."
    return ""


def _at(props: object, path: object) -> Any:
    if not isinstance(path, str) or not isinstance(props, dict):
        return None
    if path in props:
        return props[path]
    found: object = props
    for name in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(name)
    return found


def _written(value: object) -> str | None:
    """Give a single value as a person writes it; None for lists, objects and null."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() <= MOST_BITS else None
    return repr(value) if isinstance(value, float) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_in(found: Any, wanted: Any) -> bool:
    return isinstance(wanted, list) and any(same(found, one) for one in wanted)


def _begins(found: Any, wanted: Any) -> bool:
    return isinstance(found, str) and isinstance(wanted, str) and found.startswith(wanted)


def _contains(found: Any, wanted: Any) -> bool:
    if isinstance(found, list):
        return any(same(one, wanted) for one in found)
    return isinstance(found, str) and isinstance(wanted, str) and wanted in found


def _comparable(found: object, wanted: object) -> bool:
    if isinstance(found, str):
        return isinstance(wanted, str)
    return _is_number(found) and _is_number(wanted)


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    Op.EQ: same,
    Op.NE: lambda found, wanted: not same(found, wanted),
    Op.IN: _is_in,
    Op.PREFIX: _begins,
    Op.CONTAINS: _contains,
    Op.GT: lambda found, wanted: _comparable(found, wanted) and found > wanted,
    Op.LT: lambda found, wanted: _comparable(found, wanted) and found < wanted,
}
