"""Touchpoint rules in the JSON API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.tenants.rules import Right
from tests import make

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db
RULES = "touchpoint-rules/"


class Api:
    """Speaks with the API for one tenant."""

    def __init__(self, of: Tenant, *rights: Right) -> None:
        _, text = make.api_key(of=of, rights=rights or tuple(Right))
        self.headers = {"X-Api-Key": text}

    def __call__(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        sent = json.dumps(body) if body is not None else ""
        answer = Client().generic(
            method, f"/api/v1/{path}", sent, "application/json", headers=self.headers
        )
        return answer.status_code, answer.json() if answer.content else None


@pytest.fixture
def tenant() -> Tenant:
    return make.tenant()


@pytest.fixture
def api(tenant: Tenant) -> Api:
    make.touchpoint(of=tenant, key="pay")
    return Api(tenant)


def test_a_rule_is_read_as_it_was_written(api: Api, tenant: Tenant) -> None:
    make.channel(of=tenant, key="web")
    body = {
        "touchpoint": "pay",
        "channel": "web",
        "source": "events:shop",
        "interaction_kind": "event",
        "event_name": "order_*",
        "conditions": [
            {"path": "plan", "op": "in", "value": ["pro", 5]},
            {"path": "trial", "op": "exists", "value": False},
        ],
        "valid_from": "2026-11-01T00:00:00Z",
        "valid_to": None,
        "is_enabled": False,
    }

    status, made = api("POST", RULES, body)
    read = api("GET", f"{RULES}{made['id']}/")

    assert status == 201
    assert read == (200, made)
    assert {name: made[name] for name in body} == body


def test_rules_are_listed_in_the_order_of_trying(api: Api) -> None:
    for name, position in (("a", None), ("b", None), ("c", 0)):
        where = {} if position is None else {"position": position}
        api("POST", RULES, {"touchpoint": "pay", "event_name": name, **where})
    _, listed = api("GET", RULES)
    last = listed["results"][-1]["id"]

    status, _ = api("POST", f"{RULES}{last}/move/", {"position": 1})

    _, moved = api("GET", RULES)
    assert [rule["event_name"] for rule in listed["results"]] == ["c", "a", "b"]
    assert status == 200
    assert [rule["event_name"] for rule in moved["results"]] == ["c", "b", "a"]


def test_what_is_not_sent_stays(api: Api) -> None:
    _, made = api("POST", RULES, {"touchpoint": "pay", "event_name": "a"})

    status, changed = api("PATCH", f"{RULES}{made['id']}/", {"is_enabled": False})

    assert status == 200
    assert changed == {**made, "is_enabled": False}


def test_a_rule_is_removed(api: Api) -> None:
    _, made = api("POST", RULES, {"touchpoint": "pay"})

    assert api("DELETE", f"{RULES}{made['id']}/") == (204, None)
    assert api("GET", f"{RULES}{made['id']}/")[0] == 404


def test_a_rule_in_use_is_not_removed(api: Api, tenant: Tenant) -> None:
    _, made = api("POST", RULES, {"touchpoint": "pay", "event_name": "order_paid"})
    make.events("order_paid", of=tenant)

    status, problem = api("DELETE", f"{RULES}{made['id']}/")

    assert 400 <= status < 500
    assert "Turn it off" in problem["detail"]


_CONDITION = {"path": "plan", "op": "eq", "value": "pro"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "touchpoint"),
        ({"touchpoint": "nowhere"}, "touchpoint"),
        ({"touchpoint": "pay", "channel": "nowhere"}, "channel"),
        ({"touchpoint": "pay", "interaction_kind": "note"}, "interaction_kind"),
        ({"touchpoint": "pay", "event_name": "x" * 201}, "event_name"),
        ({"touchpoint": "pay", "position": -1}, "position"),
        ({"touchpoint": "pay", "valid_from": "soon"}, "valid_from"),
        (
            {
                "touchpoint": "pay",
                "valid_from": "2026-11-02T00:00:00Z",
                "valid_to": "2026-11-01T00:00:00Z",
            },
            "valid_to",
        ),
        ({"touchpoint": "pay", "conditions": "plan"}, "conditions"),
        ({"touchpoint": "pay", "conditions": [{**_CONDITION, "op": "like"}]}, "conditions.0.op"),
        ({"touchpoint": "pay", "conditions": [{**_CONDITION, "value": []}]}, "conditions"),
        ({"touchpoint": "pay", "colour": "red"}, "colour"),
    ],
)
def test_a_wrong_field_is_named(api: Api, body: dict[str, Any], field: str) -> None:
    status, problem = api("POST", RULES, body)

    assert 400 <= status < 500
    assert [error["field"] for error in problem["errors"]] == [field]
    assert api("GET", RULES)[1]["results"] == []


def test_half_a_condition_is_refused_in_a_change_too(api: Api) -> None:
    _, made = api("POST", RULES, {"touchpoint": "pay"})

    status, problem = api(
        "PATCH", f"{RULES}{made['id']}/", {"conditions": [{"path": "plan", "op": "eq"}]}
    )

    assert 400 <= status < 500
    assert problem["errors"][0]["field"].startswith("conditions")


def test_a_key_that_may_only_read_changes_nothing(api: Api, tenant: Tenant) -> None:
    _, made = api("POST", RULES, {"touchpoint": "pay"})
    reader = Api(tenant, Right.SEE_REGISTRIES)

    refused = [
        reader("POST", RULES, {"touchpoint": "pay"})[0],
        reader("PATCH", f"{RULES}{made['id']}/", {"is_enabled": False})[0],
        reader("DELETE", f"{RULES}{made['id']}/")[0],
        reader("POST", f"{RULES}{made['id']}/move/", {"position": 0})[0],
    ]

    assert refused == [403, 403, 403, 403]
    assert reader("GET", RULES)[1]["results"] == [made]


def test_rules_of_another_tenant_are_not_found(api: Api) -> None:
    foreign = make.rule(to=make.touchpoint(of=make.tenant()))

    answers = [
        api("GET", f"{RULES}{foreign.pk}/")[0],
        api("PATCH", f"{RULES}{foreign.pk}/", {"is_enabled": False})[0],
        api("DELETE", f"{RULES}{foreign.pk}/")[0],
        api("POST", f"{RULES}{foreign.pk}/move/", {"position": 0})[0],
    ]

    assert answers == [404, 404, 404, 404]
