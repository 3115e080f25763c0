"""Random rules, and random small worlds of customers, for the compiler and its oracle."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from cxm.customers.rules.segment_reading import read_rule
from tests.customers.segment_world import (
    CHANNELS,
    MERGED,
    PLACES,
    TODAY,
    Fact,
    Firm,
    Person,
    Score,
    World,
)

KEYS = ("plan", "seats", "since", "tags", "$kind", "$language", "$first_seen", "$last_seen")
COMPARING = ("=", "!=", "<", "<=", ">", ">=")

scalars = st.sampled_from(["pro", "basic", "5", "", "ä%_", True, False, 5, 5.0, -1, 2.5, 0, 1e20])
stored = st.one_of(
    scalars,
    st.none(),
    st.sampled_from(["2026-11-19", "2026-11-20T10:00:00Z", "2026-11-2", "1999-01-01 x", "7.50"]),
    st.lists(st.sampled_from(["pro", "vip"]), max_size=2),
    st.just({"deep": 1}),
)
people = st.builds(
    Person,
    attributes=st.dictionaries(st.sampled_from(KEYS[:4]), stored, max_size=4),
    kind=st.sampled_from(["known", "visitor"]),
    language=st.sampled_from(["", "en", "de"]),
    first_day=st.one_of(st.none(), st.integers(0, 400)),
    last_day=st.one_of(st.none(), st.integers(0, 40)),
    is_erased=st.sampled_from([False, False, False, True]),
)
PATHS = ("plan", "seats", "cart.size", "cart.0")
props = st.fixed_dictionaries(
    {},
    optional={
        "plan": stored,
        "seats": stored,
        "cart": st.one_of(stored, st.fixed_dictionaries({}, optional={"size": stored})),
        "cart.size": stored,
    },
)
backs = st.integers(0, 6)
facts = st.builds(
    Fact,
    who=st.integers(0, 7),
    name=st.sampled_from(["order", "visit", "pay"]),
    kind=st.sampled_from(["event", "page", "payment"]),
    day=backs,
    amount=st.one_of(st.none(), st.decimals(-50, 500, places=2)),
    currency=st.sampled_from(["EUR", "USD", ""]),
    touchpoint=st.sampled_from(["", *PLACES]),
    channel=st.sampled_from(["", *CHANNELS]),
    is_deleted=st.sampled_from([False, False, False, True]),
    props=props,
)
windows = st.one_of(
    st.just({}),
    st.builds(lambda n: {"in": {"days": n}}, st.integers(1, 7)),
    st.builds(lambda a, b: {"in": {"from": _on(max(a, b)), "to": _on(min(a, b))}}, backs, backs),
)
COMPARED_TO = st.integers(-2, 12)


def _on(back: int) -> str:
    return (TODAY - timedelta(days=back)).isoformat()


def _attributes(keys: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    key = st.sampled_from(keys)
    given_ = scalars.filter(lambda value: value != "")
    is_open = st.sampled_from([{}, {"or_without_value": True}])
    day = backs.map(_on)
    return st.one_of(
        st.builds(_attr, key, st.just("="), given_),
        st.builds(lambda k, v, o: _attr(k, "!=", v) | o, key, given_, is_open),
        st.builds(_attr, key, st.just("in"), st.lists(given_, min_size=1, max_size=3)),
        st.builds(
            lambda k, v, o: _attr(k, "not in", v) | o,
            key,
            st.lists(given_, min_size=1, max_size=3),
            is_open,
        ),
        st.builds(_attr, key, st.sampled_from(["<", "<=", ">", ">="]), COMPARED_TO),
        st.builds(_attr, key, st.sampled_from(["contains", "starts"]), st.sampled_from("pv52")),
        st.builds(_attr, key, st.just("exists"), st.booleans()),
        st.builds(_attr, key, st.just("within"), st.integers(1, 8)),
        st.builds(_attr, key, st.sampled_from(["before", "after"]), day),
    )


def _attr(key: str, op: str, value: Any) -> dict[str, Any]:
    if isinstance(value, float) and value == 1e20:
        value = 10
    if isinstance(value, list):
        value = [10 if one == 1e20 else one for one in value]
    return {"attr": key, "op": op, "value": value}


def _prop(test: dict[str, Any]) -> dict[str, Any]:
    return {"prop": test["attr"]} | {k: v for k, v in test.items() if k != "attr"}


whats = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["order", "visit"]),
        "kind": st.sampled_from(["event", "payment"]),
        "touchpoint": st.sampled_from(PLACES),
        "channel": st.sampled_from(CHANNELS),
        "where": st.lists(_attributes(PATHS).map(_prop), max_size=2),
    },
).filter(lambda what: bool(set(what) - {"where"}))
ops = st.sampled_from(COMPARING)
dids = st.builds(
    lambda what, op, n, window: {"did": what, "times": {"op": op, "n": n}} | window,
    whats,
    ops,
    st.integers(0, 3),
    windows,
)
sums = st.builds(
    lambda what, op, value, window: (
        {"sum": "amount", "of": what, "op": op, "value": value} | window
    ),
    whats,
    ops,
    st.integers(-20, 300),
    windows,
)
rateds = st.builds(
    lambda how, op, value, at, window: (
        {"rated": "nps", how: {"op": op, "value": value}} | at | window
    ),
    st.sampled_from(["last", "mean", "worst", "never"]),
    ops,
    st.integers(0, 10),
    st.one_of(st.just({}), st.builds(lambda key: {"at": key}, st.sampled_from(PLACES))),
    windows,
)
companies = st.builds(
    lambda parts, word: {"company": {word: parts}},
    st.lists(_attributes(("tier", "$name")), min_size=1, max_size=2),
    st.sampled_from(["all", "any"]),
)
insides = st.just({"in": "inside"})
tests_ = st.one_of(_attributes(KEYS), dids, sums, rateds, companies, insides)
rules = st.recursive(
    tests_,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=4,
)


def depth(rule: Any) -> int:
    if isinstance(rule, list):
        return max((depth(one) for one in rule), default=0)
    if not isinstance(rule, dict):
        return 0
    deeper = [depth(rule[word]) for word in ("all", "any", "not", "company") if word in rule]
    return 1 + max(deeper) if deeper else 0


@st.composite
def worlds(draw: st.DrawFn) -> World:
    folk = draw(st.lists(people, min_size=8, max_size=8))
    for who in range(4, 8):
        folk[who].root = draw(st.sampled_from([None, None, 0, 1]))
    days = draw(st.permutations(range(12)))
    scores = [
        Score(
            draw(st.integers(0, 7)),
            draw(st.integers(0, 10)),
            day=days[number],
            touchpoint=draw(st.sampled_from(["", *PLACES])),
            state=draw(st.sampled_from(["counted", "counted", "quarantined", "deleted"])),
        )
        for number in range(12)
    ]
    # Which of two rows seen at the same time is right is nobody's promise.
    for who, person in enumerate(folk):
        person.last_day = None if who == 7 else draw(st.just(who * 5 + 1))
    firms = [
        Firm(name, draw(st.dictionaries(st.just("tier"), stored)), draw(
            st.lists(st.integers(0, 7), max_size=3, unique=True)))
        for name in ("Acme", "Else")
    ]  # fmt: skip
    inside = read_rule(draw(st.one_of(_attributes(KEYS), dids, rateds)))
    return World(
        folk,
        draw(st.lists(facts, min_size=24, max_size=24)),
        scores,
        firms,
        {"inside": inside},
        MERGED,
    )
