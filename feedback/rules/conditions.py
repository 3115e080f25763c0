"""Conditions over answers: when a question is shown, and where people go from it.

    condition = {"all": [condition…]} | {"any": [condition…]} | {"not": condition} | test
    test      = {"of": name, "op": op, "value": …}

*name* is the key of a question, "row" of a table as `question.row`, or one of `$language`,
`$touchpoint` and `$channel`, or `$customer.` with the key of an attribute of whoever was asked by
name, which nobody else has; hidden values are questions, too. Ops are =, !=, <, <=, >, >=, in,
contains, answered and unanswered. What was not answered fulfils no test but != and unanswered.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from feedback.rules.condition_errors import ConditionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

type JSON = bool | int | float | str | list[JSON] | dict[str, JSON] | None
type Answers = Mapping[str, Any]

DEEPEST, MOST_TESTS, LONGEST = 5, 60, 300
SURROUNDINGS = ("$language", "$touchpoint", "$channel")
CUSTOMER = "$customer."


class Op(StrEnum):
    """How an answer is compared."""

    IS = "="
    IS_NOT = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    IN = "in"
    CONTAINS = "contains"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"

    @property
    def words(self) -> str:
        """Give what the builder calls it."""
        return _WORDS[self]


_WORDS = {
    Op.IS: "is",
    Op.IS_NOT: "is not",
    Op.LESS: "is less than",
    Op.AT_MOST: "is at most",
    Op.MORE: "is more than",
    Op.AT_LEAST: "is at least",
    Op.IN: "is one of",
    Op.CONTAINS: "contains",
    Op.ANSWERED: "was answered",
    Op.UNANSWERED: "was not answered",
}
NEEDS_NO_VALUE = (Op.ANSWERED, Op.UNANSWERED)
ORDERED = (Op.LESS, Op.AT_MOST, Op.MORE, Op.AT_LEAST)


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison of the answer to *of*."""

    of: str
    op: Op
    value: JSON = None

    def holds(self, answers: Answers) -> bool:
        """Whether it holds of *answers*, by name; a question of a table as `question.row`."""
        return _HOLDS[self.op](answer_to(self.of, answers), self.value)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds where all its *parts* hold; without parts always."""

    parts: tuple[Condition, ...]

    def holds(self, answers: Answers) -> bool:
        """Whether it holds of *answers*."""
        return all(part.holds(answers) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds where one of its *parts* holds at least; without parts never."""

    parts: tuple[Condition, ...]

    def holds(self, answers: Answers) -> bool:
        """Whether it holds of *answers*."""
        return any(part.holds(answers) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """Holds where its *part* does not."""

    part: Condition

    def holds(self, answers: Answers) -> bool:
        """Whether it holds of *answers*."""
        return not self.part.holds(answers)


type Condition = Test | AllOf | AnyOf | Not
ALWAYS = AllOf(())


def read_condition(told: JSON) -> Condition:
    """Read a condition; nothing and {} hold always. Raises ConditionError."""
    if told in (None, {}):
        return ALWAYS
    read = _read(told, "", 1)
    if sum(1 for _ in tests_of(read)) > MOST_TESTS:
        message = f"A condition has up to {MOST_TESTS} tests."
        raise ConditionError(message)
    return read


def write_condition(condition: Condition) -> JSON:
    """Give a condition as it is stored: what `read_condition` reads."""
    match condition:
        case Test():
            told: dict[str, JSON] = {"of": condition.of, "op": condition.op.value}
            return told if condition.op in NEEDS_NO_VALUE else {**told, "value": condition.value}
        case Not():
            return {"not": write_condition(condition.part)}
        case AllOf() if not condition.parts:
            return {}
        case _:
            name = "all" if isinstance(condition, AllOf) else "any"
            return {name: [write_condition(part) for part in condition.parts]}


def tests_of(condition: Condition) -> Iterator[Test]:
    """Give all tests in a condition, in their order."""
    match condition:
        case Test():
            yield condition
        case Not():
            yield from tests_of(condition.part)
        case _:
            for part in condition.parts:
                yield from tests_of(part)


def is_surrounding(name: str) -> bool:
    """Whether *name* is no question, but what surrounds all of them."""
    return name in SURROUNDINGS or name.startswith(CUSTOMER)


def answer_to(name: str, answers: Answers) -> Any:
    """Give the answer to a question, or to one row of a table; None where there is none."""
    if name in answers:
        return _plain(answers[name])
    question, _, row = name.partition(".")
    rows = answers.get(question) if row else None
    return rows.get(row) if isinstance(rows, dict) else None


def _plain(answer: Any) -> Any:
    """Give of a choice with words of one's own its key."""
    if isinstance(answer, list):
        return [_plain(one) for one in answer]
    return answer["key"] if isinstance(answer, dict) and "key" in answer else answer


def _read(told: JSON, path: str, depth: int) -> Condition:
    if depth > DEEPEST:
        message = f"Conditions are nested up to {DEEPEST} deep."
        raise ConditionError(message, path)
    if not isinstance(told, dict):
        message = "Each part of a condition is an object."
        raise ConditionError(message, path)
    for name, make in (("all", AllOf), ("any", AnyOf)):
        if told.keys() == {name}:
            return make(tuple(_parts(told[name], f"{path}/{name}", depth)))
    if told.keys() == {"not"}:
        return Not(_read(told["not"], f"{path}/not", depth + 1))
    return _test(told, path)


def _parts(told: JSON, path: str, depth: int) -> Iterator[Condition]:
    if not isinstance(told, list) or not told:
        message = "Write a list of conditions."
        raise ConditionError(message, path)
    for number, one in enumerate(told):
        yield _read(one, f"{path}/{number}", depth + 1)


def _test(told: dict[str, JSON], path: str) -> Test:
    of, op = told.get("of"), told.get("op")
    if unknown := sorted(told.keys() - {"of", "op", "value"}):
        message = f"A condition has no part “{unknown[0][:60]}”."
        raise ConditionError(message, path)
    if not isinstance(of, str) or not 0 < len(of) <= LONGEST:
        message = "Say which question is looked at."
        raise ConditionError(message, f"{path}/of")
    if not isinstance(op, str) or op not in set(Op):
        message = f"Compare with one of {', '.join(Op)}."
        raise ConditionError(message, f"{path}/op")
    return Test(of, Op(op), _value(Op(op), told.get("value"), f"{path}/value"))


def _value(op: Op, value: JSON, path: str) -> JSON:
    if op in NEEDS_NO_VALUE:
        return None
    if op is Op.IN:
        if not isinstance(value, list) or not value or not all(_is_plain(one) for one in value):
            message = "Write a list of values."
            raise ConditionError(message, path)
        return value
    if not _is_plain(value) or (op in ORDERED and not _is_orderly(value)):
        message = "Write a number or a date." if op in ORDERED else "Write a value."
        raise ConditionError(message, path)
    return value


def _is_plain(value: JSON) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= LONGEST
    return isinstance(value, bool | int | float)


def _is_orderly(value: JSON) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _is(answer: Any, value: JSON) -> bool:
    if answer is None or isinstance(answer, bool) is not isinstance(value, bool):
        return False
    if isinstance(answer, list):
        return value in answer
    return bool(answer == value)


def _comes(compare: Callable[[Any, Any], bool]) -> Callable[[Any, JSON], bool]:
    def holds(answer: Any, value: JSON) -> bool:
        # Dates and times of day are kept as ISO 8601, which sorts as they do.
        both_numbers = _is_number(answer) and _is_number(value)
        both_texts = isinstance(answer, str) and isinstance(value, str)
        return (both_numbers or both_texts) and compare(answer, value)

    return holds


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _contains(answer: Any, value: JSON) -> bool:
    if isinstance(answer, list):
        return value in answer
    return isinstance(answer, str) and str(value).casefold() in answer.casefold()


def _was_answered(answer: Any, _value: JSON) -> bool:
    return answer not in (None, "", [], {})


_HOLDS: dict[Op, Callable[[Any, JSON], bool]] = {
    Op.IS: _is,
    Op.IS_NOT: lambda answer, value: not _is(answer, value),
    Op.LESS: _comes(lambda a, b: a < b),
    Op.AT_MOST: _comes(lambda a, b: a <= b),
    Op.MORE: _comes(lambda a, b: a > b),
    Op.AT_LEAST: _comes(lambda a, b: a >= b),
    Op.IN: lambda answer, value: any(_is(answer, one) for one in _listed(value)),
    Op.CONTAINS: _contains,
    Op.ANSWERED: _was_answered,
    Op.UNANSWERED: lambda answer, value: not _was_answered(answer, value),
}


def _listed(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []
