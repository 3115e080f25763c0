"""Conditions on properties of events in the rules of segments: read, said, asked for, counted."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from cxm.customers.forms.segment_draft import draft_of, read_draft
from cxm.customers.models import SegmentMember
from cxm.customers.rules.segment_errors import SegmentRuleError
from cxm.customers.rules.segment_reading import read_rule
from cxm.customers.rules.segment_rule import rule_json
from cxm.customers.rules.segment_words import sentence
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from cxm.work.engine import drain
from tests import make
from tests.customers import served
from tests.customers.segment_world import Fact, Person, World, plant, saved_segment
from tests.customers.test_segment_secrets import counted

pytestmark = pytest.mark.django_db
PRO = {"prop": "plan", "op": "=", "value": "pro"}
RULE: dict[str, Any] = {
    "did": {"name": "order", "where": [PRO, {"prop": "cart.size", "op": ">=", "value": 2}]},
    "times": {"op": ">=", "n": 2},
    "in": {"days": 90},
}


def test_a_condition_is_written_as_it_was_read() -> None:
    assert rule_json(read_rule(RULE)) == RULE


SAID: list[tuple[dict[str, Any], str]] = [
    (
        RULE,
        (
            "Customers who had “order” where plan is “pro” and cart.size is at least 2 at least 2 "
            "times in the last 90 days."
        ),
    ),
    (
        {"sum": "amount", "of": {"name": "order", "where": [PRO]}, "op": ">", "value": 9},
        "Customers whose amounts of “order” where plan is “pro” add up to more than 9.",
    ),
    (
        {"did": {"kind": "event", "where": [{"prop": "vip", "op": "exists", "value": False}]}},
        "Customers who had an event where vip is not known.",
    ),
]


@pytest.mark.parametrize(("rule", "words"), SAID)
def test_conditions_are_said(rule: dict[str, Any], words: str) -> None:
    assert sentence(read_rule(rule), {}) == words


WRONG: list[tuple[Any, str]] = [
    ({"name": "a", "where": "plan"}, "did.where: Write a list of at most 10 conditions."),
    ({"name": "a", "where": [PRO] * 11}, "did.where: Write a list of at most 10 conditions."),
    ({"name": "a", "where": ["plan"]}, "did.where[0]: Write an object such as"),
    ({"name": "a", "where": [{"op": "="}]}, "did.where[0].prop: Name a property, such as plan"),
    ({"name": "a", "where": [{**PRO, "attr": "x"}]}, "did.where[0]: “attr” is not known here"),
    ({"name": "a", "where": [{**PRO, "op": "<"}]}, "did.where[0].value: Write a number"),
    ({"where": [PRO]}, "did: Say what: a kind, a name, a touchpoint or a channel."),
]


@pytest.mark.parametrize(("what", "words"), WRONG)
def test_what_is_wrong_with_a_condition_is_named_by_its_place(what: object, words: str) -> None:
    with pytest.raises(SegmentRuleError) as refused:
        read_rule({"did": what})

    assert str(refused.value).startswith(words)


def test_members_are_those_whose_events_fit_often_enough() -> None:
    tenant = make.tenant()
    fitting = {"plan": "pro", "cart": {"size": 3}}
    facts = [Fact(0, props=fitting), Fact(0, props={"plan": "pro", "cart.size": "2"})]
    facts += [Fact(1, props=fitting), Fact(1, props={"plan": "free", "cart": {"size": 3}})]
    ids = plant(World([Person(), Person()], facts), tenant)
    make.segment(of=tenant, rule=RULE)

    drain(tenant.pk)

    assert saved_segment(tenant, "pros").size == 1
    with tenant_bound(tenant.pk):
        found = SegmentMember.objects.for_tenant(tenant).values_list("customer", flat=True)
        assert list(found) == [ids[0]]


def _posted(**fields: str) -> QueryDict:
    posted = QueryDict(mutable=True)
    posted.update(fields)
    return posted


def test_the_builder_asks_for_a_condition_and_then_for_one_more() -> None:
    fields = {
        "g.0": "all",
        "k.0.0": "did",
        "f.0.0.name": "order",
        "f.0.0.where_1_prop": "plan",
        "f.0.0.where_1_op": "in",
        "f.0.0.where_1_value": "pro\r\nbasic",
    }

    [line] = read_draft(_posted(**fields)).parts
    told = draft_of(rule_json(read_rule(line.said()[0])))

    where = [{"prop": "plan", "op": "in", "value": ["pro", "basic"]}]
    assert line.said()[0]["did"] == {"name": "order", "where": where}
    assert told.parts[0].said()[0] == {**line.said()[0], "times": {"op": ">=", "n": 1}}


@pytest.mark.parametrize(("role", "offered"), [(Role.MANAGER, True), (Role.ANALYST, False)])
def test_only_those_who_see_persons_are_offered_properties(*, role: Role, offered: bool) -> None:
    tenant = make.tenant()
    line = {"g.0": "all", "k.0.0": "did", "f.0.0.name": "order"}

    page = served.client_of(tenant, role).post(f"/t/{tenant.slug}/segments/new/", line)

    assert ("where_1_prop" in page.content.decode()) == offered


def test_who_may_not_see_persons_counts_by_no_property() -> None:
    tenant = make.tenant()
    masked = (Right.SEE_CUSTOMERS, Right.EDIT_SEGMENTS)

    refused = counted(tenant, RULE, masked)

    assert refused.status_code == 422
    assert refused.json()["detail"].startswith("did.where: Properties of events can tell")
    assert counted(tenant, RULE, (*masked, Right.SEE_PERSONS)).status_code == 200


@pytest.mark.parametrize(
    ("was", "times"), [("attr", {"op": ">=", "n": 1}), ("did", {"op": "=", "n": 1})]
)
def test_a_comparison_chosen_for_another_kind_of_test_does_not_stay(
    was: str, times: dict[str, object]
) -> None:
    fields = {"g.0": "all", "k.0.0": "did", "w.0.0": was, "f.0.0.op": "=", "f.0.0.name": "order"}

    [line] = read_draft(_posted(**fields)).parts

    assert line.said()[0] == {"did": {"name": "order"}, "times": times}
