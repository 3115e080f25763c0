"""The small forms in which people say when a question is shown, and where one goes from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.records import RefusedError
from feedback.rules.condition_errors import ConditionError
from feedback.rules.condition_words import SURROUNDING_WORDS, flat, said_value
from feedback.rules.conditions import CUSTOMER, NEEDS_NO_VALUE, Op, read_condition, write_condition
from feedback.rules.question_types import Stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import QueryDict

    from feedback.rules.conditions import JSON, Condition
    from feedback.rules.questionnaires import Question, Questionnaire

OPS = [(op.value, op.words) for op in Op]
MOST_LINES = 20
_NUMBERS = (Stored.SCORE, Stored.SCORES, Stored.NUMBER)
_CHOSEN = (Stored.KEY, Stored.KEYS)
_ATTRIBUTES = {"number": Stored.NUMBER, "bool": Stored.BOOL}
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")


@dataclass(frozen=True, slots=True)
class Looked:
    """What a rule can look at: its *name* in conditions, *words*, and its answers by key."""

    name: str
    words: str
    stored: Stored = Stored.TEXT
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One test as it stands in the form."""

    of: str = ""
    op: str = Op.IS.value
    value: str = ""


def looked_at(
    questionnaire: Questionnaire,
    questions: Iterable[Question],
    attributes: Iterable[tuple[str, str, str]] = (),
) -> list[Looked]:
    """List what rules can look at of *questions*, and then what surrounds them.

    *attributes* are those of customers: key, title and type.
    """
    found = []
    for one in questions:
        name = questionnaire.text(one.title, questionnaire.language) or one.key
        stored = one.type.spec.stored
        titles = {
            choice.key: questionnaire.text(choice.title, questionnaire.language) or choice.key
            for choice in one.choices
        }
        if stored is Stored.SCORES:
            found += [
                Looked(
                    f"{one.key}.{row.key}",
                    f"{name}: {questionnaire.text(row.title, questionnaire.language)}",
                    stored,
                )
                for row in one.rows
            ]
        elif stored is not Stored.NOTHING:
            found.append(Looked(one.key, name, stored, titles))
    found += [Looked(name, words) for name, words in SURROUNDING_WORDS.items()]
    return found + [
        Looked(f"{CUSTOMER}{key}", f"Customer: {title}", _ATTRIBUTES.get(sort, Stored.TEXT))
        for key, title, sort in attributes
    ]


def lines_of(condition: Condition, known: Iterable[Looked]) -> tuple[str, list[Line]] | None:
    """Give "all" or "any" and the lines that show *condition*; None where it is nested."""
    found = flat(condition)
    if found is None:
        return None
    values = {one.name: one.values for one in known}
    lines = [
        Line(test.of, test.op.value, said_value(test.value, values.get(test.of, {})))
        for test in found[1]
    ]
    return ("all" if found[0] else "any"), lines


def read_rule(sent: QueryDict, known: Iterable[Looked]) -> dict[str, Any]:
    """Read a condition from `join` and the lists `of`, `op` and `value`; {} is always.

    Lines without a question are left out. Raises RefusedError, which names the control.
    """
    by_name = {one.name: one for one in known}
    lines = zip(sent.getlist("of"), sent.getlist("op"), sent.getlist("value"), strict=False)
    tests = [_test(by_name, *line) for line in list(lines)[:MOST_LINES] if line[0]]
    if not tests:
        return {}
    join = "any" if sent.get("join") == "any" else "all"
    try:
        read = read_condition(tests[0] if len(tests) == 1 else {join: [*tests]})
    except ConditionError as error:
        raise RefusedError(str(error), field="value") from error
    written = write_condition(read)
    return written if isinstance(written, dict) else {}


def _test(known: Mapping[str, Looked], of: str, op: str, value: str) -> dict[str, JSON]:
    if of not in known:
        message = "Choose one of the questions before this one."
        raise RefusedError(message, field="of")
    if op in NEEDS_NO_VALUE:
        return {"of": of, "op": op}
    texts = [part.strip() for part in value.split(",")] if op == Op.IN else [value.strip()]
    read = [_value(known[of], text) for text in texts if text]
    if not read:
        message = f"Say what “{known[of].words}” is compared with."
        raise RefusedError(message, field="value")
    return {"of": of, "op": op, "value": list(read) if op == Op.IN else read[0]}


def _value(looked: Looked, text: str) -> JSON:
    if looked.stored in _NUMBERS:
        return _number(looked, text)
    if looked.stored is Stored.BOOL:
        if text.casefold() not in (*_YES, *_NO):
            message = f"“{looked.words}” is answered with yes or no."
            raise RefusedError(message, field="value")
        return text.casefold() in _YES
    if looked.stored in _CHOSEN:
        for key, words in looked.values.items():
            if text == key or text.casefold() == words.casefold():
                return key
        offered = ", ".join(looked.values.values()) or "nothing yet"
        message = f"“{looked.words}” does not offer “{text[:60]}”, but {offered}."
        raise RefusedError(message[:500], field="value")
    return text


def _number(looked: Looked, text: str) -> JSON:
    try:
        number = float(text)
    except ValueError:
        message = f"“{looked.words}” is compared with a number."
        raise RefusedError(message, field="value") from None
    if not abs(number) <= 1e12:  # noqa: PLR2004 - the same as the bounds of a question
        message = f"“{looked.words}” is compared with a smaller number."
        raise RefusedError(message, field="value")
    return int(number) if number.is_integer() else number
