"""Which rule an event meets first: worked examples, and against trying each in turn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxm.touchpoints.rules.conditions import Condition
from cxm.touchpoints.rules.matching import MOST_REMEMBERED, MatchRule, RuleSet

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOUCHPOINT = UUID(int=99)


def rule(number: int, **fields: Any) -> MatchRule:
    return MatchRule(id=UUID(int=number), touchpoint_id=TOUCHPOINT, channel_id=None, **fields)


def first(rules: list[MatchRule], **event: Any) -> int | None:
    asked = {"source": "web", "kind": "event", "name": "order_paid", "props": {}, "at": AT}
    found = RuleSet(rules).first_match(**{**asked, **event})
    return found.id.int if found else None


@pytest.mark.parametrize(
    ("fields", "is_taken"),
    [
        ({}, True),
        ({"name": "order_paid"}, True),
        ({"name": "order"}, False),
        ({"name": "Order_paid"}, False),
        ({"name": "order_*"}, True),
        ({"name": "order_paid*"}, True),
        ({"name": "order_paid_*"}, False),
        ({"name": "*"}, True),
        ({"name": "*paid"}, False),
        ({"source": "web"}, True),
        ({"source": "app"}, False),
        ({"kind": "event"}, True),
        ({"kind": "page"}, False),
        ({"valid_from": AT}, True),
        ({"valid_from": AT + timedelta(microseconds=1)}, False),
        ({"valid_to": AT}, False),
        ({"valid_to": AT + timedelta(microseconds=1)}, True),
        ({"conditions": (Condition("plan", "eq", "pro"),)}, True),
        ({"conditions": (Condition("plan", "eq", "free"),)}, False),
        (
            {"conditions": (Condition("plan", "eq", "pro"), Condition("seats", "exists", True))},
            False,
        ),
    ],
)
def test_a_rule_takes_what_meets_all_it_asks(
    fields: dict[str, Any],
    is_taken: bool,
) -> None:
    found = first([rule(1, **fields)], props={"plan": "pro"})

    assert found == (1 if is_taken else None)


@pytest.mark.parametrize(
    ("rules", "number"),
    [
        ([rule(1), rule(2)], 1),
        ([rule(2), rule(1)], 1),
        ([rule(1, priority=5), rule(2, priority=4)], 2),
        ([rule(1, priority=-1, name="order_*"), rule(2, name="order_paid")], 1),
        ([rule(1, name="order_*"), rule(2, priority=9, name="order_paid")], 2),
        ([rule(1, name="refund"), rule(2)], 2),
        ([rule(1, source="app"), rule(2)], 2),
        ([], None),
    ],
)
def test_the_first_rule_by_priority_and_age_wins(rules: list[MatchRule], number: int) -> None:
    assert first(rules) == number


def test_names_that_never_come_again_are_not_all_remembered() -> None:
    rules = RuleSet([rule(1, name="order_*"), rule(2)])

    found = [
        rules.first_match(source="", kind="event", name=f"id-{number}", props={}, at=AT)
        for number in range(MOST_REMEMBERED * 2)
    ]

    assert {match.id.int for match in found if match} == {2}
    assert len(rules._remembered) == MOST_REMEMBERED


_names = st.text("ab*", max_size=4)
_rules = st.lists(
    st.builds(
        MatchRule,
        id=st.integers(0, 30).map(lambda number: UUID(int=number)),
        touchpoint_id=st.just(TOUCHPOINT),
        channel_id=st.none(),
        priority=st.integers(-2, 2),
        source=st.sampled_from(["", "web"]),
        kind=st.sampled_from(["", "event"]),
        name=_names,
        conditions=st.sampled_from([(), (Condition("plan", "eq", "pro"),)]),
        valid_to=st.none() | st.just(AT),
    ),
    unique_by=lambda made: made.id,
    max_size=12,
)


@given(
    rules=_rules,
    source=st.sampled_from(["web", "app"]),
    kind=st.sampled_from(["event", "page"]),
    names=st.lists(_names, min_size=1, max_size=4),
    props=st.sampled_from([{}, {"plan": "pro"}]),
)
def test_the_match_is_the_first_of_trying_each_in_turn(
    rules: list[MatchRule], source: str, kind: str, names: list[str], props: dict[str, str]
) -> None:
    ruleset = RuleSet(rules)

    for name in names * 2:
        wanted = next(
            (
                tried
                for tried in sorted(rules, key=lambda tried: (tried.priority, tried.id))
                if _asks_for(tried, source, kind, name, props)
            ),
            None,
        )
        event: dict[str, Any] = {"source": source, "kind": kind, "name": name, "props": props}
        assert ruleset.first_match(**event, at=AT) == wanted


def _asks_for(tried: MatchRule, source: str, kind: str, name: str, props: dict[str, str]) -> bool:
    """The plain reading of the rule, written without the code under test."""
    if tried.name[-1:] == "*":
        name_fits = name[: len(tried.name) - 1] == tried.name[:-1]
    else:
        name_fits = not tried.name or tried.name == name
    return (
        name_fits
        and tried.source in {"", source}
        and tried.kind in {"", kind}
        and (not tried.conditions or props == {"plan": "pro"})
        and tried.valid_to is None
    )
