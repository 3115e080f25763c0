"""Writes to touchpoint rules."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.touchpoints import services
from cxm.touchpoints.errors import RuleInUseError, RuleRefusedError
from cxm.touchpoints.models import TouchpointRule
from cxm.touchpoints.selectors import read_rules, rules_listed
from tests import make
from tests.make import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Iterator[Membership]:
    member = make.member()
    with tenant_bound(member.tenant_id):
        yield member


def _rule(by: Membership, name: str = "order_paid", **fields: Any) -> TouchpointRule:
    fields.setdefault("touchpoint", make.touchpoint(of=by.tenant))
    return services.create_rule(tenant=by.tenant, by=by, event_name=name, **fields)


def _order(by: Membership) -> str:
    return "".join(rule.event_name for rule in rules_listed(by.tenant))


def _three(by: Membership) -> dict[str, TouchpointRule]:
    return {name: _rule(by, name) for name in "abc"}


def test_a_new_rule_is_tried_last_unless_it_says_where(by: Membership) -> None:
    _three(by)

    _rule(by, "d", position=0)
    _rule(by, "e", position=2)
    _rule(by, "f", position=99)

    assert _order(by) == "daebcf"


@pytest.mark.parametrize(
    ("name", "position", "order"),
    [("a", 0, "abc"), ("a", 1, "bac"), ("a", 9, "bca"), ("c", 0, "cab"), ("b", 2, "acb")],
)
def test_a_rule_moves_to_a_position(by: Membership, name: str, position: int, order: str) -> None:
    rule = _three(by)[name]

    services.move_rule(rule=rule, position=position, by=by)

    assert _order(by) == order


@pytest.mark.parametrize(
    ("name", "by_steps", "order"),
    [("b", -1, "bac"), ("b", 1, "acb"), ("a", -1, "abc"), ("c", 1, "abc")],
)
def test_a_rule_steps_up_and_down(by: Membership, name: str, by_steps: int, order: str) -> None:
    rule = _three(by)[name]

    services.step_rule(rule=rule, by_steps=by_steps, by=by)

    assert _order(by) == order


def test_the_order_shown_is_the_order_of_matching(by: Membership) -> None:
    rules = _three(by)
    services.move_rule(rule=rules["c"], position=0, by=by)

    assert [rule.name for rule in read_rules(by.tenant).rules] == ["c", "a", "b"]


def test_a_rule_that_is_off_is_not_matched(by: Membership) -> None:
    rule = _rule(by)

    services.change_rule(rule=rule, by=by, is_enabled=False)

    assert read_rules(by.tenant).rules == ()


def test_matching_gives_the_channel_of_the_rule_or_else_of_its_touchpoint(by: Membership) -> None:
    web, app = make.channel(of=by.tenant), make.channel(of=by.tenant)
    point = services.create_touchpoint(tenant=by.tenant, by=by, title="Pay", channel=web)
    _rule(by, "own", touchpoint=point)
    _rule(by, "other", touchpoint=point, channel=app)

    given = {rule.name: rule.channel_id for rule in read_rules(by.tenant).rules}

    assert given == {"own": web.pk, "other": app.pk}


def _condition(**parts: Any) -> dict[str, Any]:
    return {"path": "plan", "op": "eq", "value": "pro", **parts}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"interaction_kind": "response"}, "interaction_kind"),
        ({"interaction_kind": "nothing"}, "interaction_kind"),
        ({"valid_from": NOW, "valid_to": NOW}, "valid_to"),
        ({"conditions": {"path": "plan"}}, "conditions"),
        ({"conditions": [{"path": "plan", "op": "eq"}]}, "conditions"),
        ({"conditions": [_condition(path=" ")]}, "conditions"),
        ({"conditions": [_condition(path="p" * 201)]}, "conditions"),
        ({"conditions": [_condition(path="a\0b")]}, "conditions"),
        ({"conditions": [_condition(op="like")]}, "conditions"),
        ({"conditions": [_condition(value="")]}, "conditions"),
        ({"conditions": [_condition(value=None)]}, "conditions"),
        ({"conditions": [_condition(value=["pro"])]}, "conditions"),
        ({"conditions": [_condition(value="v" * 201)]}, "conditions"),
        ({"conditions": [_condition(value="a\0b")]}, "conditions"),
        ({"conditions": [_condition(value=float("inf"))]}, "conditions"),
        ({"conditions": [_condition(value=float("nan"))]}, "conditions"),
        ({"conditions": [_condition(op="in")]}, "conditions"),
        ({"conditions": [_condition(op="in", value=[])]}, "conditions"),
        ({"conditions": [_condition(op="in", value=["a", None])]}, "conditions"),
        ({"conditions": [_condition(op="exists", value="yes")]}, "conditions"),
        ({"conditions": [_condition(op="prefix", value=3)]}, "conditions"),
        ({"conditions": [_condition(op="gt", value=True)]}, "conditions"),
        ({"conditions": [_condition()] * 21}, "conditions"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_field(
    by: Membership, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleRefusedError) as refused:
        _rule(by, **fields)

    assert refused.value.field == field
    assert _order(by) == ""


@pytest.mark.parametrize(
    "condition",
    [
        _condition(),
        _condition(value=5),
        _condition(value=False),
        _condition(op="in", value=["a", 1]),
        _condition(op="exists", value=False),
        _condition(op="gt", value=1.5),
        _condition(op="lt", value="2026-01-01"),
    ],
)
def test_every_sort_of_condition_can_be_kept(by: Membership, condition: dict[str, Any]) -> None:
    rule = _rule(by, conditions=[condition], valid_from=NOW, valid_to=NOW + timedelta(days=1))

    rule.refresh_from_db()

    assert rule.conditions == [condition]


def test_a_refused_change_changes_nothing(by: Membership) -> None:
    rule = _rule(by)

    with pytest.raises(RuleRefusedError):
        services.change_rule(rule=rule, by=by, event_name="other", interaction_kind="response")

    rule.refresh_from_db()
    assert rule.event_name == "order_paid"


def test_every_deed_is_written_down(by: Membership) -> None:
    rule = _rule(by)
    _rule(by, "other")

    services.change_rule(rule=rule, by=by, event_name="order_*")
    services.change_rule(rule=rule, by=by, event_name="order_*")
    services.move_rule(rule=rule, position=1, by=by)
    services.move_rule(rule=rule, position=1, by=by)
    services.remove_rule(rule=rule, by=by)

    deeds = AuditEntry.objects.for_tenant(by.tenant).filter(action__startswith="touchpointrule")
    assert list(deeds.order_by("at", "pk").values_list("action", flat=True)) == [
        "touchpointrule-created",
        "touchpointrule-created",
        "touchpointrule-changed",
        "touchpointrule-moved",
        "touchpointrule-removed",
    ]


def test_a_rule_that_events_owe_their_touchpoint_to_cannot_be_removed(by: Membership) -> None:
    rule = _rule(by)
    make.events("order_paid", of=by.tenant)

    with pytest.raises(RuleInUseError):
        services.remove_rule(rule=rule, by=by)

    assert _order(by) == "order_paid"


def test_there_is_an_end_to_the_number_of_rules(
    by: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_RULES", 1)
    _rule(by)

    with pytest.raises(RuleRefusedError):
        _rule(by)
