"""Conditions of touchpoint rules, on worked examples and on whatever people send."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxm.touchpoints.rules.conditions import Condition, Op, same

PROPS: dict[str, Any] = {
    "plan": "pro",
    "seats": 5,
    "zip": "05",
    "price": 9.5,
    "whole": 5.0,
    "trial": True,
    "gone": None,
    "tags": ["new", 7, ["deep"]],
    "order.total": 40,
    "order": {"total": 30, "id": "A-1"},
    "context": {"page": {"path": "/pricing/team"}},
    "day": "2026-11-20",
    "huge": 10**5000,
}


@pytest.mark.parametrize(
    ("path", "op", "value", "holds"),
    [
        ("plan", "eq", "pro", True),
        ("plan", "eq", "Pro", False),
        ("seats", "eq", 5, True),
        ("seats", "eq", "5", True),
        ("seats", "eq", "5.0", False),
        ("seats", "eq", 5.0, True),
        ("whole", "eq", "5", True),
        ("zip", "eq", 5, False),
        ("zip", "eq", "05", True),
        ("price", "eq", "9.5", True),
        ("trial", "eq", True, True),
        ("trial", "eq", "true", True),
        ("trial", "eq", 1, False),
        ("tags", "eq", ["new", 7, ["deep"]], False),
        ("order", "eq", {"total": 30}, False),
        ("plan", "ne", "free", True),
        ("plan", "ne", "pro", False),
        ("seats", "ne", "5", False),
        ("tags", "ne", "new", True),
        ("absent", "ne", "pro", False),
        ("gone", "ne", "pro", False),
        ("plan", "in", ["free", "pro"], True),
        ("seats", "in", ["4", "5"], True),
        ("plan", "in", [], False),
        ("plan", "in", "pro", False),
        ("context.page.path", "prefix", "/pricing", True),
        ("context.page.path", "prefix", "pricing", False),
        ("seats", "prefix", "5", False),
        ("seats", "prefix", 5, False),
        ("plan", "contains", "r", True),
        ("plan", "contains", "R", False),
        ("tags", "contains", "new", True),
        ("tags", "contains", "7", True),
        ("tags", "contains", "ne", False),
        ("seats", "contains", "5", False),
        ("plan", "exists", True, True),
        ("plan", "exists", False, False),
        ("absent", "exists", False, True),
        ("absent", "exists", True, False),
        ("gone", "exists", True, False),
        ("gone", "exists", False, True),
        ("absent", "exists", "no", False),
        ("seats", "gt", 4, True),
        ("seats", "gt", 5, False),
        ("seats", "gt", "4", False),
        ("price", "gt", 9, True),
        ("trial", "gt", 0, False),
        ("day", "gt", "2026-11-09", True),
        ("seats", "lt", 6, True),
        ("seats", "lt", 5, False),
        ("day", "lt", "2026-12-01", True),
        ("tags", "lt", 3, False),
        ("order.total", "eq", 40, True),
        ("order.id", "eq", "A-1", True),
        ("order.id.deeper", "exists", True, False),
        ("tags.0", "exists", True, False),
        ("", "exists", False, True),
        ("...", "exists", False, True),
        ("plan", "like", "pro", False),
        ("plan", "", "pro", False),
        (["plan"], "eq", "pro", False),
        (None, "exists", False, True),
        ("plan", ["eq"], "pro", False),
    ],
)
def test_a_condition_tests_a_property(path: Any, op: Any, value: Any, holds: bool) -> None:
    condition = Condition.of({"path": path, "op": op, "value": value})

    assert condition.holds(PROPS) is holds


def test_numbers_too_long_to_be_written_equal_just_themselves() -> None:
    assert Condition("huge", "eq", PROPS["huge"]).holds(PROPS)
    assert not Condition("huge", "eq", "1").holds(PROPS)


@pytest.mark.parametrize("stored", [None, "plan", 3, [], ["path", "op"], {}, {"op": "eq"}])
def test_what_is_no_condition_never_holds(stored: object) -> None:
    assert Condition.of(stored).holds(PROPS) is False


_single = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
_values = st.recursive(
    _single,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=6,
)


@given(path=_values, op=st.sampled_from(Op) | _values, value=_values, props=_values)
def test_nothing_that_people_send_can_raise(path: Any, op: Any, value: Any, props: Any) -> None:
    held = Condition.of({"path": path, "op": op, "value": value}).holds(props)

    assert held in (True, False)


@given(value=st.integers() | st.text(max_size=5) | st.booleans())
def test_a_value_is_the_same_as_its_own_writing(value: Any) -> None:
    written = str(value).lower() if isinstance(value, bool) else str(value)

    assert same(value, written)
    assert same(written, value)
