"""Segments in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.customers.models import Customer
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from cxm.work.engine import drain
from tests import make
from tests.customers.segment_world import Person, World, plant
from tests.customers.served import described

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db

PRO = {"attr": "plan", "op": "=", "value": "pro"}
ROOT = "/api/v1/segments/"


def caller(of: Tenant, *rights: Right) -> Callable[..., Any]:
    """Give what calls the API with a key: method, path below segments/, body."""
    _, key = make.api_key(of=of, rights=rights or tuple(Right))
    headers = {"Authorization": f"Bearer {key}"}

    def call(method: str, path: str = "", body: object = None) -> Any:
        more = {"data": body, "content_type": "application/json"} if body is not None else {}
        return getattr(Client(), method)(ROOT + path, headers=headers, **more)

    return call


def test_a_segment_is_made_counted_changed_and_archived() -> None:
    tenant = make.tenant()
    [pk] = plant(World([Person({"plan": "pro"})]), tenant)
    call = caller(tenant)

    made = call("post", body={"title": "Pros", "rule": PRO})
    drain(tenant.pk)
    read = call("get", "pros/").json()
    members = call("get", "pros/members/").json()["results"]
    changed = call("patch", "pros/", {"title": "Professionals", "rule": {"not": PRO}})
    archived = call("post", "pros/archive/")
    listed = [call("get", query).json()["results"] for query in ("", "?archived=true")]

    assert (made.status_code, made.json()["size"]) == (201, None)
    assert made.json()["sentence"] == "Customers whose plan is “pro”."
    assert (read["size"], read["rule"], read["version"]) == (1, PRO, 1)
    assert [one["customer"] for one in members] == [str(pk)]
    assert (changed.json()["version"], changed.json()["rule"]) == (2, {"not": PRO})
    assert archived.json()["archived_at"] is not None
    assert [[one["key"] for one in page] for page in listed] == [[], ["pros"]]


def test_refresh_and_restore_answer_with_the_segment() -> None:
    tenant = make.tenant()
    make.segment(of=tenant)
    call = caller(tenant)
    call("post", "pros/archive/")

    answers = [call("post", f"pros/{deed}/") for deed in ("refresh", "restore", "refresh")]

    assert [answer.status_code for answer in answers] == [422, 200, 200]
    assert answers[0].json()["errors"][0]["code"] == "segment_archived"


def test_a_rule_can_be_tried() -> None:
    tenant = make.tenant()
    ids = plant(World([Person({"plan": "pro"}), Person()]), tenant)

    found = caller(tenant)("post", "preview/", {"rule": {"all": [PRO]}}).json()

    one = {"n": 1, "low": 1, "high": 1}
    assert (found["people"], found["size"], found["share"]) == (2, one, 50.0)
    assert found["lines"] == {"": one, "all[0]": one}
    assert found["some"] == [str(ids[0])]
    assert found["sentence"] == "Customers whose plan is “pro”."


def test_a_fault_names_its_place() -> None:
    call = caller(make.tenant())
    rule = {"all": [PRO, {"attr": "seats", "op": ">", "value": "many"}]}

    answers = [
        call("post", "preview/", {"rule": rule}),
        call("post", body={"title": "X", "rule": rule}),
    ]

    for answer in answers:
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["field"], error["code"]) == (422, "rule", "segment_rule")
        assert error["message"] == "all[1].value: Write a number, such as 5 or 2.5."


@pytest.mark.parametrize(
    "body",
    [
        '{"rule": ' + '{"all": [' * 400 + "1" + "]}" * 400 + "}",
        '{"rule": {"attr": "a", "op": ">", "value": 1e999}}',
        '{"rule": {"attr": "a", "op": ">", "value": ' + "9" * 400 + "}}",
        '{"rule": {"attr": "\\u0000", "op": "=", "value": "\\ud800"}}',
        '{"rule": null}',
        '{"rule": "all"}',
        "[]",
    ],
    ids=["deep", "endless", "huge", "strange text", "null", "text", "list"],
)
def test_hostile_rules_are_refused_in_words(body: str) -> None:
    answer = caller(make.tenant())("post", "preview/", body)

    assert answer.status_code in {400, 422}
    assert answer.json()["errors"] or answer.json()["detail"]


def test_names_of_members_are_masked() -> None:
    tenant = make.tenant()
    plant(World([Person({"plan": "pro"})]), tenant)
    described("plan", "plan", of=tenant)
    make.segment(of=tenant)
    with tenant_bound(tenant.pk):
        Customer.objects.for_tenant(tenant).update(display_name="Zoë Secret")
    drain(tenant.pk)
    call = caller(tenant, Right.SEE_CUSTOMERS, Right.EDIT_SEGMENTS)

    labels = [one["label"] for one in call("get", "pros/members/").json()["results"]]
    some = call("post", "preview/", {"rule": PRO}).json()["some"]

    assert (len(labels), some) == (1, [])
    assert "Secret" not in labels[0]


@pytest.mark.parametrize(
    ("method", "path"),
    [("post", ""), ("patch", "pros/"), ("post", "pros/archive/"), ("post", "preview/")],
)
def test_a_key_without_the_right_is_refused(method: str, path: str) -> None:
    tenant = make.tenant()
    make.segment(of=tenant)
    call = caller(tenant, Right.SEE_CUSTOMERS)

    assert call(method, path, {}).status_code == 403


@pytest.mark.parametrize("path", ["theirs/", "theirs/members/"])
def test_segments_of_another_tenant_are_not_found(path: str) -> None:
    make.segment(of=make.tenant(), key="theirs")

    assert caller(make.tenant())("get", path).status_code == 404
