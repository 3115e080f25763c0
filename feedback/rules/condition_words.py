"""Conditions in words, and the simple ones as the lines of a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedback.rules.conditions import NEEDS_NO_VALUE, AllOf, AnyOf, Not, Test

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feedback.rules.conditions import JSON, Condition

type Values = Mapping[str, Mapping[str, str]]
SURROUNDING_WORDS = {
    "$language": "Language",
    "$touchpoint": "Touchpoint",
    "$channel": "Channel",
}


def told(condition: Condition, names: Mapping[str, str], values: Values) -> str:
    """Say a condition as a sentence without its end; "always" for one without tests.

    *names* are the words of what is looked at, *values* those of its answers, both by name.
    """
    match condition:
        case Test():
            name = names.get(condition.of, condition.of)
            if condition.op in NEEDS_NO_VALUE:
                return f"“{name}” {condition.op.words}"
            said = _said(condition.value, values.get(condition.of, {}))
            return f"“{name}” {condition.op.words} {said}"
        case Not():
            return f"not ({told(condition.part, names, values)})"
        case AllOf() if not condition.parts:
            return "always"
        case _:
            joint = " and " if isinstance(condition, AllOf) else " or "
            parts = [told(one, names, values) for one in condition.parts]
            bracketed = [
                part if isinstance(one, Test) else f"({part})"
                for one, part in zip(condition.parts, parts, strict=True)
            ]
            return joint.join(bracketed)


def flat(condition: Condition) -> tuple[bool, list[Test]] | None:
    """Give a condition as whether all its tests must hold, and these; None for a nested one."""
    if isinstance(condition, Test):
        return True, [condition]
    if isinstance(condition, AllOf | AnyOf):
        tests = [one for one in condition.parts if isinstance(one, Test)]
        if len(tests) == len(condition.parts):
            return isinstance(condition, AllOf), tests
    return None


def said_value(value: JSON, words: Mapping[str, str]) -> str:
    """Give a value as it is typed into a form: lists with commas, answers by their *words*."""
    if isinstance(value, list):
        return ", ".join(said_value(one, words) for one in value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return words.get(str(value), str(value)) if value is not None else ""


def _said(value: JSON, words: Mapping[str, str]) -> str:
    found = said_value(value, words)
    return f"“{found}”" if isinstance(value, str | list) else found
