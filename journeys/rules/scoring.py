"""How opportunities and solutions are scored: inputs, formulas, and what they come to."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.kernel.named import Named
from journeys.rules.formula_errors import FormulaError, ScoreModelError
from journeys.rules.formulas import FUNCTIONS, Formula, Span, Value, certain, read_formula

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

MOST_INPUTS, MOST_FORMULAS, LONGEST_KEY, LONGEST_LABEL = 12, 6, 30, 60
_KEY = re.compile(rf"[a-z][a-z0-9_]{{0,{LONGEST_KEY - 1}}}")


class Source(Named):
    """What computes an input from data."""

    REACH = "reach"
    IMPACT = "impact"


@dataclass(frozen=True, slots=True)
class Input:
    """One number that is asked for, from *least* to *most*; None is open on that side.

    *source* computes it from data, empty where people say it. *is_cost*: less of it is better.
    """

    key: str
    label: str
    least: float | None = None
    most: float | None = None
    source: str = ""
    is_cost: bool = False

    def takes(self, value: float) -> bool:
        """Whether *value* lies within its range."""
        above = self.least is None or value >= self.least
        return above and (self.most is None or value <= self.most)

    @property
    def range_words(self) -> str:
        """Say its range: "0 to 10", "from 0", "any number"."""
        if self.least is None and self.most is None:
            return "any number"
        if self.most is None:
            return f"from {self.least:g}"
        return f"up to {self.most:g}" if self.least is None else f"{self.least:g} to {self.most:g}"


@dataclass(frozen=True, slots=True)
class Expression:
    """One score, and the *text* of its formula over the keys of inputs."""

    key: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Scoring:
    """The inputs and formulas of a model, in the order in which people read them."""

    inputs: tuple[Input, ...]
    formulas: tuple[Expression, ...]

    @property
    def labels(self) -> dict[str, str]:
        """Give what each score and each input is called, scores first."""
        scores = {one.key: one.label for one in self.formulas}
        return scores | {one.key: one.label for one in self.inputs}

    def input(self, key: str) -> Input | None:
        """Give the input that is called *key*; None where there is no such."""
        return next((one for one in self.inputs if one.key == key), None)

    def record(self) -> dict[str, list[dict[str, Any]]]:
        """Give it as JSON, as it is stored; `read_scoring` reads it back."""
        inputs = [
            {
                "key": one.key,
                "label": one.label,
                "min": one.least,
                "max": one.most,
                "auto": one.source,
                "is_cost": one.is_cost,
            }
            for one in self.inputs
        ]
        formulas = [{"key": e.key, "label": e.label, "expr": e.text} for e in self.formulas]
        return {"inputs": inputs, "formulas": formulas}


@dataclass(frozen=True, slots=True)
class Worth:
    """What a formula comes to: *span*, or None and *why* there is no score."""

    span: Value
    why: str = ""


def read_scoring(
    inputs: Sequence[Mapping[str, Any]], formulas: Sequence[Mapping[str, Any]]
) -> Scoring:
    """Read what `Scoring.record` gave."""
    return Scoring(
        tuple(
            Input(one["key"], one["label"], one["min"], one["max"], one["auto"], one["is_cost"])
            for one in inputs
        ),
        tuple(Expression(one["key"], one["label"], one["expr"]) for one in formulas),
    )


def check_scoring(scoring: Scoring, *, x: str, y: str, size: str) -> None:
    """Refuse a model that cannot be used. Raises ScoreModelError, with the field that is wrong."""
    if not 1 <= len(scoring.inputs) <= MOST_INPUTS:
        raise ScoreModelError("inputs", f"A model has 1 to {MOST_INPUTS} inputs.")
    if not 1 <= len(scoring.formulas) <= MOST_FORMULAS:
        raise ScoreModelError("formulas", f"A model has 1 to {MOST_FORMULAS} scores.")
    _check_keys(scoring)
    for one in scoring.inputs:
        _check_input(one)
    known = {one.key for one in scoring.inputs}
    for expression in scoring.formulas:
        _check_expression(expression, known)
    for field, key in (("x", x), ("y", y), ("size", size)):
        if key not in scoring.labels and (key or field != "size"):
            raise ScoreModelError(field, f"There is no score or input “{key}” in this model.")


def worth_of(scoring: Scoring, key: str, given: Mapping[str, Value]) -> Worth:
    """Give what the score or the input *key* comes to with the inputs that are *given*.

    There is no score, never 0, where an input is missing or where something is divided by
    nothing; *why* says which.
    """
    one = scoring.input(key)
    if one is not None:
        span = given.get(key)
        return Worth(span, "" if span else f"{one.label} is missing.")
    text = next((e.text for e in scoring.formulas if e.key == key), "")
    try:
        formula = read_formula(text, {each.key for each in scoring.inputs})
    except FormulaError as error:
        return Worth(None, str(error))
    span = formula.worth(given)
    return Worth(span, "" if span else _why_not(scoring, formula, given))


def span_of(value: float | None, lo: float | None, hi: float | None) -> Value:
    """Give a stored value with its interval; without one it is certain."""
    if value is None:
        return None
    return certain(value) if lo is None or hi is None else Span(value, lo, hi)


def _why_not(scoring: Scoring, formula: Formula, given: Mapping[str, Value]) -> str:
    lacking = formula.lacking(given)
    if not lacking:
        return "It would be divided by 0, or by something that may be 0."
    labels = [one.label for one in scoring.inputs if one.key in lacking]
    *first, last = labels
    words = f"{', '.join(first)} and {last}" if first else last
    return f"{words} {'are' if first else 'is'} missing."


def _check_keys(scoring: Scoring) -> None:
    keys = [one.key for one in scoring.inputs] + [one.key for one in scoring.formulas]
    for one in scoring.inputs:
        _check_key("inputs", one.key, one.label, keys)
    for expression in scoring.formulas:
        _check_key("formulas", expression.key, expression.label, keys)


def _check_key(field: str, key: str, label: str, keys: Collection[str]) -> None:
    if not _KEY.fullmatch(key):
        words = f"“{key}”: a key has up to {LONGEST_KEY} lower-case letters, digits and “_”."
        raise ScoreModelError(field, words)
    if key in FUNCTIONS:
        raise ScoreModelError(field, f"“{key}” is the name of a function.")
    if Counter(keys)[key] > 1:
        raise ScoreModelError(field, f"“{key}” is there twice.")
    if not 0 < len(label.strip()) <= LONGEST_LABEL:
        raise ScoreModelError(field, f"“{key}” needs a name of up to {LONGEST_LABEL} characters.")


def _check_input(one: Input) -> None:
    if one.least is not None and one.most is not None and one.least >= one.most:
        raise ScoreModelError("inputs", f"{one.label}: the least lies below the most.")
    if one.source and one.source not in set(Source):
        raise ScoreModelError("inputs", f"{one.label}: nothing computes “{one.source}”.")


def _check_expression(one: Expression, known: Collection[str]) -> None:
    try:
        read_formula(one.text, known)
    except FormulaError as error:
        raise ScoreModelError("formulas", f"{one.label}: {error}") from error
