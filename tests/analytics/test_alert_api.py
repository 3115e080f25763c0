"""Alerts and their rules over the API: made, switched, read, acknowledged, closed; and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxm.kernel.ids import new_id
from cxm.tenants.rules import Right
from cxm.work.engine import drain
from tests import make
from tests.analytics.alerting import alerts, answers, rule, watch

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
LEVEL = {
    "title": "NPS falls",
    "kind": "level",
    "metric": "nps",
    "condition": {"side": "below", "target": 20},
}


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


def call(
    client: Client, tenant: Tenant, method: str, path: str, body: object = None, **rights: Any
) -> Any:
    _, secret = make.api_key(of=tenant, rights=rights.get("rights", tuple(Right)))
    sent = {} if method == "get" else {"data": body or {}, "content_type": "application/json"}
    headers = {"Authorization": f"Bearer {secret}"}
    return getattr(client, method)(f"/api/v1/{path}", headers=headers, **sent)


def test_a_rule_is_made_tried_switched_changed_and_archived(client: Client, acme: Tenant) -> None:
    answers([0] * 20, of=acme, day=100)

    made = call(client, acme, "post", "alert-rules/", LEVEL)
    path = f"alert-rules/{made.json()['id']}/"
    drain(acme.pk)
    read = call(client, acme, "get", path).json()
    switched = call(client, acme, "patch", path, {"is_on": True}).json()
    changed = call(
        client, acme, "patch", path, {"condition": {"side": "above", "target": 50}}
    ).json()
    listed = call(client, acme, "get", "alert-rules/").json()["results"]
    archived = call(client, acme, "delete", path)

    assert (made.status_code, made.json()["is_on"], made.json()["preview"]) == (201, False, None)
    assert [one["on"] for one in read["preview"]["rings"]] == ["2026-08-12"]
    assert (switched["is_on"], switched["since"]) == (True, "2026-11-21")
    assert (changed["version"], changed["words"]) == (2, "Net Promoter Score above 50")
    assert [one["id"] for one in listed] == [read["id"]]
    assert archived.status_code == 204
    assert call(client, acme, "get", path).status_code == 404


def test_a_listener_of_another_workspace_is_named(client: Client, acme: Tenant) -> None:
    stranger = str(make.member().pk)

    refused = call(client, acme, "post", "alert-rules/", {**LEVEL, "listeners": [stranger]})
    path = f"alert-rules/{call(client, acme, 'post', 'alert-rules/', LEVEL).json()['id']}/"
    kept = call(client, acme, "patch", path, {"listeners": [stranger]})

    for answer in (refused, kept):
        assert answer.status_code == 422
        assert f"There is no such member: {stranger}." in answer.content.decode()


def test_an_alert_is_listed_acknowledged_and_closed(client: Client, acme: Tenant) -> None:
    rule(of=acme)
    answers([0] * 30, of=acme)
    watch(acme)

    [listed] = call(client, acme, "get", "alerts/?open=true").json()["results"]
    path = f"alerts/{listed['id']}/"
    noted = call(client, acme, "post", f"{path}acknowledge/").json()
    closed = call(client, acme, "post", f"{path}close/", {"note": "Done."}).json()

    assert listed["figure"]["high"] < 0
    assert listed["rows"].endswith("?from=2026-10-01&metric=nps&to=2026-11-20")
    assert noted["acknowledged_at"]
    assert closed["closing_note"] == "Done."
    assert call(client, acme, "get", path).json() == closed
    assert call(client, acme, "get", "alerts/?open=true").json()["results"] == []


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({**LEVEL, "metric": "gone"}, "metric"),
        ({**LEVEL, "kind": "hunch"}, "kind"),
        ({**LEVEL, "condition": {}}, "side"),
        ({**LEVEL, "condition": {"side": "below"}}, "target"),
        ({**LEVEL, "condition": {"side": "below", "target": True}}, "target"),
        ({**LEVEL, "condition": {"side": "below", "target": 0, "x": 1}}, "x"),
        ({**LEVEL, "condition": {"side": "below", "target": 0, "survey": "a"}}, "survey"),
        ({**LEVEL, "condition": {"side": "below", "target": 0, "survey": ["a"]}}, "survey"),
        ({**LEVEL, "kind": "answer", "condition": {"side": "either", "target": 1}}, "side"),
        ({**LEVEL, "kind": "answer", "condition": {"side": "below", "target": 1.5}}, "target"),
    ],
)
def test_what_is_wrong_is_named(
    client: Client, acme: Tenant, body: dict[str, object], attr: str
) -> None:
    answer = call(client, acme, "post", "alert-rules/", body)

    assert answer.status_code in {400, 422}
    assert attr in answer.content.decode()


def test_rights_and_tenants_keep_apart(client: Client, acme: Tenant) -> None:
    made = rule(of=acme)
    answers([0] * 30, of=acme)
    watch(acme)
    other, seeing = make.tenant(), (Right.SEE_RESPONSES,)
    rule_path, path = f"alert-rules/{made.pk}/", f"alerts/{alerts(acme)[0].pk}/"

    assert call(client, other, "get", rule_path).status_code == 404
    assert call(client, other, "delete", rule_path).status_code == 404
    assert call(client, other, "post", f"{path}close/").status_code == 404
    assert call(client, acme, "get", path, rights=seeing).status_code == 200
    assert call(client, acme, "patch", rule_path, {}, rights=seeing).status_code == 403
    assert call(client, acme, "post", f"{path}acknowledge/", rights=seeing).status_code == 403
    assert call(client, acme, "get", f"alerts/{new_id()}/").status_code == 404
