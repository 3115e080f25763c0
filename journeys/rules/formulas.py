"""The small grammar of score formulas: read into a tree, never run as code.

    sum     = product (("+" | "-") product)*
    product = signed (("*" | "/") signed)*
    signed  = "-" signed | atom
    atom    = number | input | function "(" sum ("," sum)* ")" | "(" sum ")"

Functions are min, max, avg, clamp(value, least, most) and ifnull(value, otherwise). What is
missing stays missing: a formula with a missing input, that divides by nothing, or that comes to
more than 10^100, has no value.
Intervals are carried along by interval arithmetic, which never makes them too narrow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NoReturn

from journeys.rules.formula_errors import FormulaError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

LONGEST, DEEPEST = 500, 20
# Beyond it nothing is a score: what is drawn and told of it could not be reckoned with any more.
LARGEST = 1e100
FUNCTIONS = {"min": (1, 10), "max": (1, 10), "avg": (1, 10), "clamp": (3, 3), "ifnull": (2, 2)}
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?|\.\d+)|([a-z][a-z0-9_]*)|(.))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Span:
    """A value with its interval; one that is certain has no width."""

    value: float
    lo: float
    hi: float


type Value = Span | None


@dataclass(frozen=True, slots=True)
class Formula:
    """A part of a formula: a number, an input, or an operation on other parts."""

    sign: str
    parts: tuple[Formula, ...] = ()
    name: str = ""
    number: float = 0.0

    def inputs(self) -> frozenset[str]:
        """Give the names of all inputs in it."""
        own = {self.name} if self.sign == "input" else set()
        return frozenset(own.union(*(part.inputs() for part in self.parts)))

    def worth(self, inputs: Mapping[str, Value]) -> Value:
        """Give its value with *inputs*; None where something is missing or divided by nothing."""
        return self._read(inputs)[0]

    def lacking(self, inputs: Mapping[str, Value]) -> frozenset[str]:
        """Name the inputs that are missing where it has no value for want of them."""
        return self._read(inputs)[1]

    def _read(self, inputs: Mapping[str, Value]) -> tuple[Value, frozenset[str]]:
        """Give the value, or what it lacks: each part is looked at once."""
        if self.sign == "number":
            return certain(self.number), frozenset()
        if self.sign == "input":
            value = inputs.get(self.name)
            return value, frozenset({self.name} if value is None else ())
        read = [part._read(inputs) for part in self.parts]  # noqa: SLF001 - of the same class
        value = self._of([value for value, _ in read])
        if value is not None:
            return value, frozenset()
        # Of what stands in for a missing value only that is missing, too.
        told = read[1:] if self.sign == "ifnull" else read
        return None, frozenset().union(*(names for _, names in told))

    def _of(self, values: Sequence[Value]) -> Value:
        """Give the value of this operation on the *values* of its parts."""
        if self.sign == "ifnull":
            return values[1] if values[0] is None else values[0]
        known = [value for value in values if value is not None]
        return _told(_OPERATIONS[self.sign](known)) if len(known) == len(values) else None


def certain(number: float) -> Span:
    """Give a number that is known exactly."""
    return Span(number, number, number)


def read_formula(text: str, known: Collection[str]) -> Formula:
    """Read a formula over the inputs *known*. Raises FormulaError with what is wrong and where."""
    if len(text) > LONGEST:
        message = f"A formula has up to {LONGEST} characters; this one has {len(text)}."
        raise FormulaError(message)
    return _Reader(text, known).whole()


class _Reader:
    def __init__(self, text: str, known: Collection[str]) -> None:
        self._tokens = [
            (m.lastindex or 3, m[m.lastindex or 3], m.start(m.lastindex or 3)) for m in _found(text)
        ]
        self._known = known
        self._at = 0
        self._depth = 0

    def whole(self) -> Formula:
        found = self._sum()
        if self._at < len(self._tokens):
            self._refuse("This was not expected")
        return found

    def _sum(self) -> Formula:
        self._depth += 1
        if self._depth > DEEPEST:
            self._refuse(f"Formulas are nested up to {DEEPEST} deep")
        found = self._product()
        while self._sign() in ("+", "-"):
            sign = self._take()
            found = Formula(sign, (found, self._product()))
        self._depth -= 1
        return found

    def _product(self) -> Formula:
        found = self._signed()
        while self._sign() in ("*", "/"):
            sign = self._take()
            found = Formula(sign, (found, self._signed()))
        return found

    def _signed(self) -> Formula:
        minuses = 0
        while self._sign() == "-":
            self._take()
            minuses += 1
        found = self._atom()
        return Formula("-", (Formula("number"), found)) if minuses % 2 else found

    def _atom(self) -> Formula:
        if self._at >= len(self._tokens):
            self._refuse("A number, an input or a bracket is missing")
        group, word, _ = self._tokens[self._at]
        if word == "(":
            self._take()
            found = self._sum()
            self._close()
            return found
        if group == 1:
            if float(word) > LARGEST:
                self._refuse("This number is too large")
            self._take()
            return Formula("number", number=float(word))
        if group == 2:  # noqa: PLR2004 - the second group of a token is a name
            return self._named(word)
        return self._refuse("This was not expected")

    def _named(self, word: str) -> Formula:
        if word in FUNCTIONS:
            self._take()
            return self._call(word)
        if word not in self._known:
            self._refuse(f"There is no input “{word}”; there are {', '.join(sorted(self._known))}")
        self._take()
        return Formula("input", name=word)

    def _call(self, word: str) -> Formula:
        if self._sign() != "(":
            self._refuse(f"Write {word}(…)")
        self._take()
        parts = [self._sum()]
        while self._sign() == ",":
            self._take()
            parts.append(self._sum())
        self._close()
        least, most = FUNCTIONS[word]
        if not least <= len(parts) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            self._refuse(f"{word} takes {wanted} values, not {len(parts)}")
        return Formula(word, tuple(parts))

    def _close(self) -> None:
        if self._sign() != ")":
            self._refuse("A closing bracket is missing")
        self._take()

    def _sign(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _refuse(self, words: str) -> NoReturn:
        if self._at < len(self._tokens):
            _, word, place = self._tokens[self._at]
            message = f"{words}: “{word}” at character {place + 1}."
            raise FormulaError(message)
        message = f"{words}, at the end."
        raise FormulaError(message)


def _found(text: str) -> list[re.Match[str]]:
    return list(_TOKEN.finditer(text.rstrip()))


def _told(found: Value) -> Value:
    """Give a value that can be told; None for what is too large, or no number."""
    if found is None or not all(abs(one) <= LARGEST for one in (found.value, found.lo, found.hi)):
        return None
    return found


def _plus(values: list[Span]) -> Span:
    a, b = values
    return Span(a.value + b.value, a.lo + b.lo, a.hi + b.hi)


def _minus(values: list[Span]) -> Span:
    a, b = values
    return Span(a.value - b.value, a.lo - b.hi, a.hi - b.lo)


def _times(values: list[Span]) -> Span:
    a, b = values
    ends = [one * other for one, other in product((a.lo, a.hi), (b.lo, b.hi))]
    return Span(a.value * b.value, min(ends), max(ends))


def _over(values: list[Span]) -> Value:
    a, b = values
    if b.value == 0 or b.lo <= 0 <= b.hi:
        return None
    return _times([a, Span(1 / b.value, 1 / b.hi, 1 / b.lo)])


def _least(values: list[Span]) -> Span:
    return Span(min(v.value for v in values), min(v.lo for v in values), min(v.hi for v in values))


def _most(values: list[Span]) -> Span:
    return Span(max(v.value for v in values), max(v.lo for v in values), max(v.hi for v in values))


def _average(values: list[Span]) -> Span:
    count = len(values)
    sums = (sum(v.value for v in values), sum(v.lo for v in values), sum(v.hi for v in values))
    return Span(*(one / count for one in sums))


def _clamped(values: list[Span]) -> Span:
    value, least, most = values
    return _least([_most([value, least]), most])


_OPERATIONS = {
    "+": _plus,
    "-": _minus,
    "*": _times,
    "/": _over,
    "min": _least,
    "max": _most,
    "avg": _average,
    "clamp": _clamped,
}
