"""The grammar of segments: what is read, what is refused and where, and how a rule is said."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxm.customers.forms.segment_draft import draft_of
from cxm.customers.rules.segment_errors import SegmentRuleError
from cxm.customers.rules.segment_fields import said_of, values_of
from cxm.customers.rules.segment_reading import read_rule
from cxm.customers.rules.segment_rule import (
    AllOf,
    Attribute,
    Did,
    Facts,
    Op,
    Sum,
    Window,
    rule_json,
)
from cxm.customers.rules.segment_values import canonical
from cxm.customers.rules.segment_words import sentence

PRO = {"attr": "plan", "op": "=", "value": "pro"}
TITLES = {
    "attribute": {"plan": "Plan"},
    "touchpoint": {"checkout": "Checkout"},
    "channel": {"web": "Website"},
    "segment": {"vips": "Very important"},
    "metric": {"nps": "NPS"},
}


def nested(depth: int) -> dict[str, Any]:
    rule: dict[str, Any] = PRO
    for _ in range(depth):
        rule = {"all": [rule]}
    return rule


READ = [
    ("an attribute", PRO, Attribute("plan", Op.IS, "pro")),
    (
        "a number may be written as text",
        {"attr": "seats", "op": ">=", "value": "2.50"},
        Attribute("seats", Op.AT_LEAST, Decimal("2.50")),
    ),
    ("once is the least", {"did": {"name": "order"}}, Did(Facts(name="order"))),
    (
        "a sum in a window",
        {"sum": "amount", "of": {"kind": "payment"}, "op": ">", "value": 100, "in": {"days": 90}},
        Sum(Facts(kind="payment"), Op.MORE, Decimal(100), Window(days=90)),
    ),
    (
        "since the start is no window",
        {"did": {"kind": "visit"}, "in": "since start"},
        Did(Facts(kind="visit")),
    ),
    ("a group of one", {"all": [PRO]}, AllOf((Attribute("plan", Op.IS, "pro"),))),
]


@pytest.mark.parametrize(("said", "rule"), [one[1:] for one in READ], ids=[one[0] for one in READ])
def test_it_reads(said: object, rule: object) -> None:
    assert read_rule(said) == rule


REFUSED = [
    ("no object", [], "", "Write an object"),
    ("nothing known", {"plan": "pro"}, "", "use one of all, any, not, attr"),
    ("an empty group", {"all": []}, "all", "Add at least one test"),
    ("a group that is no list", {"any": PRO}, "any", "Add at least one test"),
    ("a part", {"all": [PRO, 5]}, "all[1]", "Write an object"),
    (
        "a value three levels in",
        {"all": [PRO, {"any": [{"attr": "seats", "op": ">", "value": "many"}]}]},
        "all[1].any[0].value",
        "Write a number",
    ),
    ("an operator", {"attr": "plan", "op": "~", "value": 1}, "op", "Use one of ="),
    ("an operator that is no text", {"attr": "plan", "op": {}, "value": 1}, "op", "Use one of ="),
    ("a null", {"attr": "plan", "op": "=", "value": None}, "value", "Write a text"),
    ("an endless number", {"attr": "a", "op": ">", "value": float("inf")}, "value", "Write a numb"),
    ("a huge number", {"attr": "a", "op": ">", "value": 10**400}, "value", "Write a number"),
    ("a NUL", {"attr": "a\0", "op": "=", "value": "x"}, "attr", "visible characters"),
    ("half a pair", {"attr": "a", "op": "=", "value": "\ud800"}, "value", "Write a text"),
    ("yes for a number", {"attr": "a", "op": ">", "value": True}, "value", "Write a number"),
    ("no day", {"attr": "a", "op": "before", "value": "2026-02-30"}, "value", "2026-11-21"),
    ("too many values", {"attr": "a", "op": "in", "value": ["x"] * 201}, "value", "1 to 200"),
    ("an unknown member", PRO | {"then": 1}, "", "“then” is not known"),
    ("an unknown own attribute", PRO | {"attr": "$name"}, "attr", "use $kind, $language"),
    ("the switch with =", PRO | {"or_without_value": True}, "or_without_value", "only with !="),
    ("did nothing", {"did": {}}, "did", "Say what"),
    ("an unknown kind", {"did": {"kind": "dance"}}, "did.kind", "Use one of event"),
    ("a negative count", {"did": {"name": "x"}, "times": {"n": -1}}, "times.n", "whole number"),
    ("a window of 0 days", {"did": {"name": "x"}, "in": {"days": 0}}, "in.days", "from 1 to"),
    ("a window of two sorts", {"did": {"name": "x"}, "in": {"days": 1, "to": 2}}, "in", "“to”"),
    ("an empty window", {"did": {"name": "x"}, "in": {}}, "in", "Give days"),
    (
        "a window the wrong way round",
        {"did": {"name": "x"}, "in": {"from": "2026-02-01", "to": "2026-01-01"}},
        "in.to",
        "ends before it begins",
    ),
    ("deeds of a company", {"company": {"did": {"name": "x"}}}, "company", "only attributes"),
    ("six groups deep", nested(6), "all[0].all[0].all[0].all[0].all[0]", "at most 5 deep"),
    ("61 tests", {"all": [PRO] * 61}, "all", "at most 60"),
    ("61 tests in two groups", {"all": [{"any": [PRO] * 31}, {"any": [PRO] * 30}]}, "", "61 tests"),
    ("two ways to rate", {"rated": "nps", "last": {}, "mean": {}}, "", "exactly one of last"),
    (
        "a score that is none",
        {"rated": "nps", "last": {"op": "<", "value": "x"}},
        "last.value",
        "W",
    ),
]


@pytest.mark.parametrize(
    ("said", "place", "words"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED]
)
def test_it_refuses(said: object, place: str, words: str) -> None:
    with pytest.raises(SegmentRuleError) as refused:
        read_rule(said)

    fault = refused.value.faults[0]
    assert (fault.place, words in fault.words) == (place, True), fault


def test_five_groups_deep_is_read() -> None:
    assert rule_json(read_rule(nested(5))) == nested(5)


def test_every_fault_is_found_at_once() -> None:
    with pytest.raises(SegmentRuleError) as refused:
        read_rule({"all": [{"attr": "", "op": "=", "value": ""}, {"in": 5}]})

    assert [fault.place for fault in refused.value.faults] == [
        "all[0].attr",
        "all[0].value",
        "all[1].in",
        "all[1].in",
    ]
    assert "And 1 more." in str(refused.value)


def test_nesting_that_no_reader_would_survive_is_refused() -> None:
    with pytest.raises(SegmentRuleError):
        read_rule(nested(500))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["all", "any", "not", "attr", "op", "value", "did", "times", "n", "in", "sum", "of",
             "company", "rated", "last", "days", "from", "name", "kind", "x"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=15,
)  # fmt: skip


@given(said=anything)
def test_whatever_comes_is_read_or_refused(said: object) -> None:
    try:
        rule = read_rule(said)
    except SegmentRuleError:
        return

    assert read_rule(json.loads(json.dumps(rule_json(rule)))) == rule


SAID = [
    ("an attribute", PRO, "Customers whose Plan is “pro”."),
    (
        "who has none too",
        {"attr": "plan", "op": "!=", "value": "pro", "or_without_value": True},
        "Customers whose Plan is not “pro” or is not known.",
    ),
    (
        "several",
        {"all": [PRO, {"did": {"name": "order", "touchpoint": "checkout", "channel": "web"},
                       "times": {"op": ">=", "n": 3}, "in": {"days": 90}}]},
        ("Customers whose Plan is “pro” and who had “order” at Checkout over Website at least "
         "3 times in the last 90 days."),
    ),
    (
        "or inside and",
        {"all": [PRO, {"any": [{"in": "vips"}, {"attr": "seats", "op": ">", "value": 1000}]}]},
        ("Customers whose Plan is “pro” and (who are in “Very important” or whose seats is more "
         "than 1,000)."),
    ),
    (
        "never",
        {"did": {"kind": "payment"}, "times": {"op": "=", "n": 0}},
        "Customers who never had a payment.",
    ),
    (
        "a sum",
        {"sum": "amount", "of": {"kind": "payment", "currency": "EUR"}, "op": ">=", "value": 99.5},
        "Customers whose amounts of a payment add up to at least 99.5 EUR.",
    ),
    (
        "a company",
        {"company": {"all": [{"attr": "tier", "op": "in", "value": ["gold", "silver"]}]}},
        "Customers who belong to a company whose tier is “gold” or “silver”.",
    ),
    (
        "a score",
        {"rated": "nps", "at": "checkout", "last": {"op": "<=", "value": 6}, "in": {"days": 90}},
        "Customers whose last NPS at Checkout is at most 6 in the last 90 days.",
    ),
    (
        "not",
        {"not": {"attr": "$last_seen", "op": "within", "value": 30}},
        "Customers for whom it is not so: (whose last contact lies in the last 30 days).",
    ),
    (
        "between two days",
        {"did": {"name": "x"}, "in": {"from": "2026-01-02", "to": "2026-03-04"}},
        "Customers who had “x” from 2 Jan 2026 to 4 Mar 2026.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("said", "words"), [one[1:] for one in SAID], ids=[one[0] for one in SAID])
def test_a_rule_is_said(said: object, words: str) -> None:
    assert sentence(read_rule(said), TITLES) == words


@pytest.mark.parametrize("said", [one[1] for one in SAID], ids=[one[0] for one in SAID])
def test_the_builder_shows_every_rule_and_gives_it_back(said: dict[str, Any]) -> None:
    rule = read_rule(said)

    written, _ = draft_of(rule_json(rule)).said()

    again = read_rule(written)
    assert again in {rule, AllOf((rule,))} or sentence(again, TITLES) == sentence(rule, TITLES)


def test_what_was_typed_wrong_stays_as_it_is() -> None:
    values = {"name": "order", "op": ">=", "n": "three", "window": "days", "days": "soon"}

    said = said_of("did", values)

    assert said == {
        "did": {"name": "order"},
        "times": {"op": ">=", "n": "three"},
        "in": {"days": "soon"},
    }


def test_fields_of_a_list_hold_one_value_a_line() -> None:
    said = {"attr": "plan", "op": "in", "value": ["pro", "a, b"]}

    assert values_of(said) == ("attr", {"key": "plan", "op": "in", "value": "pro\na, b"})
    assert said_of(*values_of(said)) == said


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("5.0"), "5"), (Decimal("1E+3"), "1000"), (Decimal("-0"), "0"), (True, "true")],
)
def test_equal_values_share_a_text(value: Decimal | bool, text: str) -> None:
    assert canonical(value) == text
