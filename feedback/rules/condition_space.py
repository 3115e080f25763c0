"""Whether a condition can hold at all: tried with every answer that makes a difference.

Of scores, numbers, dates and texts those that are compared with are tried, one to each side of
them, and one between: the others do as one of these does. Choices are tried likewise.
"""

from __future__ import annotations

from itertools import chain, combinations, islice, pairwise, product
from typing import TYPE_CHECKING, Any

from feedback.rules.conditions import Op, Test, tests_of
from feedback.rules.question_types import Stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from feedback.rules.conditions import Condition
    from feedback.rules.questionnaires import Question

MOST_TRIED = 4_000
_MOST_TOGETHER = 6
_BY_EQUALITY = (Op.IS, Op.IS_NOT, Op.IN, Op.ANSWERED, Op.UNANSWERED)
_ELSE = "\uffff"


def can_hold(condition: Condition, questions: Mapping[str, Question]) -> bool:
    """Whether some answers to *questions*, by key, fulfil it; with too many to try, yes."""
    tests = list(tests_of(condition))
    space = answer_space(tests, questions)
    tried = 0
    for answers in assignments(space):
        if condition.holds(answers):
            return True
        tried += 1
    return tried >= MOST_TRIED


def answer_space(tests: Iterable[Test], questions: Mapping[str, Question]) -> dict[str, list[Any]]:
    """Give for each name that *tests* look at the answers that differ for them; None among them."""
    by_name: dict[str, list[Test]] = {}
    for test in tests:
        by_name.setdefault(test.of, []).append(test)
    return {name: _answers(name, found, questions) for name, found in by_name.items()}


def assignments(space: Mapping[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Give answers by name in all combinations, up to MOST_TRIED; none are left out for None."""
    for chosen in islice(product(*space.values()), MOST_TRIED):
        yield {
            name: answer for name, answer in zip(space, chosen, strict=True) if answer is not None
        }


def is_small(space: Mapping[str, list[Any]]) -> bool:
    """Whether all combinations can be tried."""
    count = 1
    for answers in space.values():
        count *= len(answers)
        if count > MOST_TRIED:
            return False
    return True


def _answers(name: str, tests: list[Test], questions: Mapping[str, Question]) -> list[Any]:
    key = name.partition(".")[0]
    question = questions.get(name) or questions.get(key)
    constants = _constants(tests)
    if question is None:
        return [None, *constants, _ELSE, *_between(constants)]
    stored = question.type.spec.stored
    if stored in (Stored.SCORE, Stored.SCORES):
        return [None, *_points(question, constants)]
    if stored in (Stored.BOOL, Stored.KEY):
        return [
            None,
            *([False, True] if stored is Stored.BOOL else _one_key(question, tests, constants)),
        ]
    if stored is Stored.KEYS:
        return [None, *_together(_keys(question), constants)]
    if stored is Stored.NUMBER:
        return [None, *(n for n in _between(constants) if _is_within(n, question))]
    return [None, *_texts(constants)]


def _points(question: Question, constants: list[Any]) -> list[float]:
    """Give a score of each interval that the constants make, and these themselves."""
    if question.scale is None:
        return _between(constants)
    numbers = [float(c) for c in constants if _is_number(c)]
    # Scores that stand alike to all constants are alike to every comparison.
    alike = {tuple((p > c) - (p < c) for c in numbers): p for p in question.scale.points}
    return sorted(alike.values())


def _one_key(question: Question, tests: list[Test], constants: list[Any]) -> list[str]:
    keys = _keys(question)
    if any(test.op not in _BY_EQUALITY for test in tests):
        return keys
    named = [key for key in keys if key in constants]
    return named + [key for key in keys if key not in constants][:1]


def _keys(question: Question) -> list[str]:
    return [one.key for one in question.choices]


def _constants(tests: list[Test]) -> list[Any]:
    found = [test.value if isinstance(test.value, list) else [test.value] for test in tests]
    told = [one for one in chain.from_iterable(found) if one is not None]
    return list(dict.fromkeys(told))


def _together(keys: list[str], constants: list[Any]) -> list[list[str]]:
    """Give sets of choices: those that are asked for in all combinations, the others as one."""
    asked = [key for key in keys if key in constants][:_MOST_TOGETHER]
    others = [key for key in keys if key not in constants][:1]
    named = asked + others
    return [
        list(chosen) for size in range(1, len(named) + 1) for chosen in combinations(named, size)
    ]


def _between(constants: list[Any]) -> list[float]:
    """Give numbers in each interval that the constants make, and these themselves."""
    numbers = sorted({float(c) for c in constants if _is_number(c)})
    if not numbers:
        return [0.0]
    middles = [(low + high) / 2 for low, high in pairwise(numbers)]
    return sorted([numbers[0] - 1, *numbers, *middles, numbers[-1] + 1])


def _is_within(number: float, question: Question) -> bool:
    least, most, _ = question.reach
    is_low = least is not None and number < least
    is_high = most is not None and number > most
    return not is_low and not is_high


def _texts(constants: list[Any]) -> list[str]:
    """Give texts that are one of the constants, before, between and behind them."""
    texts = sorted({str(c) for c in constants})
    containing = ["".join(texts)] if texts else []
    return ["", *texts, *(f"{one} " for one in texts), *containing, _ELSE]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
