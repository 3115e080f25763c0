"""Conditions over answers: read, written back, and what holds when."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feedback.rules.condition_errors import ConditionError
from feedback.rules.conditions import (
    ALWAYS,
    DEEPEST,
    MOST_TESTS,
    Op,
    read_condition,
    write_condition,
)

HOLDS: list[tuple[str, Any, Any, bool]] = [
    ("=", 9, 9, True),
    ("=", 9, 8, False),
    ("=", True, True, True),
    ("=", True, 1, False),
    ("=", ["a", "b"], "b", True),
    ("=", {"key": "other", "text": "rain"}, "other", True),
    ("=", None, 9, False),
    ("!=", None, 9, True),
    ("!=", 8, 9, True),
    ("<", 6, 7, True),
    ("<", 7, 7, False),
    ("<=", 7, 7, True),
    (">", "2026-11-22", "2026-11-21", True),
    (">=", None, 0, False),
    (">", "na", 3, False),
    ("<", True, 3, False),
    ("in", "b", ["a", "b"], True),
    ("in", "c", ["a", "b"], False),
    ("contains", "Too LATE again", "late", True),
    ("contains", ["x"], "x", True),
    ("contains", None, "x", False),
]


@pytest.mark.parametrize(("op", "answer", "value", "holds"), HOLDS)
def test_an_answer_is_compared(op: str, answer: Any, value: Any, holds: bool) -> None:
    condition = read_condition({"of": "q", "op": op, "value": value})

    assert condition.holds({"q": answer}) is holds


@pytest.mark.parametrize(
    ("answer", "is_answered"), [(None, False), ("", False), ([], False), (0, True), (False, True)]
)
def test_whether_something_was_answered(answer: Any, is_answered: bool) -> None:
    assert read_condition({"of": "q", "op": "answered"}).holds({"q": answer}) is is_answered
    assert read_condition({"of": "q", "op": "unanswered"}).holds({"q": answer}) is not is_answered


def test_a_row_of_a_table_is_named_after_its_question() -> None:
    condition = read_condition({"of": "parts.driver", "op": "<", "value": 3})

    assert condition.holds({"parts": {"driver": 2}})
    assert not condition.holds({"parts": {"driver": 4}})
    assert not condition.holds({"parts": {"food": 2}})


def test_conditions_are_joined() -> None:
    low: Any = {"of": "a", "op": "<", "value": 7}
    late: Any = {"of": "b", "op": "=", "value": "late"}

    assert read_condition({"all": [low, late]}).holds({"a": 3, "b": "late"})
    assert not read_condition({"all": [low, late]}).holds({"a": 9, "b": "late"})
    assert read_condition({"any": [low, late]}).holds({"a": 9, "b": "late"})
    assert read_condition({"not": {"any": [low, late]}}).holds({"a": 9, "b": "early"})


@pytest.mark.parametrize("nothing", [None, {}])
def test_no_condition_always_holds(nothing: Any) -> None:
    assert read_condition(nothing) is ALWAYS
    assert ALWAYS.holds({})


@pytest.mark.parametrize(
    ("told", "path"),
    [
        ([], ""),
        ({"all": []}, "/all"),
        ({"all": [{"of": "a", "op": "is"}]}, "/all/0/op"),
        ({"of": "a", "op": "="}, "/value"),
        ({"of": "a", "op": "<", "value": True}, "/value"),
        ({"of": "a", "op": "in", "value": "x"}, "/value"),
        ({"of": "", "op": "=", "value": 1}, "/of"),
        ({"of": "a", "op": "=", "value": 1, "more": 1}, ""),
        ({"of": "a", "op": "=", "value": {"x": 1}}, "/value"),
        ({"not": {"not": {"not": {"not": {"not": {"of": "a", "op": "answered"}}}}}},) * 1
        + ("/not/not/not/not/not",),
    ],
)
def test_what_is_no_condition_is_refused_with_its_place(told: Any, path: str) -> None:
    with pytest.raises(ConditionError) as refused:
        read_condition(told)

    assert refused.value.path == path


def test_a_condition_has_only_so_many_tests() -> None:
    test: Any = {"of": "a", "op": "answered"}
    assert read_condition({"any": [test] * MOST_TESTS}).holds({"a": 1})

    with pytest.raises(ConditionError, match="up to 60"):
        read_condition({"any": [test] * (MOST_TESTS + 1)})


_values = st.one_of(st.booleans(), st.integers(-20, 20), st.text("abc", min_size=1, max_size=5))
_tests = st.one_of(
    st.fixed_dictionaries(
        {
            "of": st.sampled_from(["a", "b.c"]),
            "op": st.sampled_from(["=", "!=", "contains"]),
            "value": _values,
        }
    ),
    st.fixed_dictionaries({"of": st.just("a"), "op": st.sampled_from(["answered", "unanswered"])}),
)
_conditions = st.recursive(
    _tests,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=3,
)


@given(told=_conditions)
def test_a_condition_is_written_as_it_was_read(told: Any) -> None:
    assume(_depth(told) <= DEEPEST)

    assert write_condition(read_condition(told)) == told


def _depth(told: Any) -> int:
    """Say how deep a condition is nested; a test alone is 1."""
    parts = told.get("all") or told.get("any") or ([told["not"]] if "not" in told else [])
    return 1 + max(map(_depth, parts), default=0)


def test_every_way_to_compare_has_words() -> None:
    assert all(op.words for op in Op)
