"""Touchpoint rules and the events they meet, in the JSON API."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxm.tenants.rules import Right
from cxm.work.engine import drain
from tests import make
from tests.customers.applying import last_batch, last_job, places

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db
APPLIED, TRIAL = "touchpoint-rules/applied/", "touchpoint-rules/dry-run/"


def ask(of: Tenant, method: str, path: str, body: object = None, *, rights: Any = Right) -> Any:
    """Send a request with a new key; give the answer."""
    _, text = make.api_key(of=of, rights=tuple(rights))
    sent = json.dumps(body) if body is not None else ""
    return Client().generic(
        method, f"/api/v1/{path}", sent, "application/json", headers={"X-Api-Key": text}
    )


def _placed(of: Tenant) -> list[UUID | None]:
    return [row[1] for row in places(of)]


@pytest.fixture
def tenant() -> Tenant:
    return make.tenant()


def test_names_of_events_are_listed_with_their_counts(tenant: Tenant) -> None:
    make.rule("paid", to=make.touchpoint(of=tenant))
    make.events("paid", "opened", "opened", of=tenant)

    listed = ask(tenant, "GET", "event-names/").json()["results"]
    unmatched = ask(tenant, "GET", "event-names/?unmatched=true&q=OPEN").json()["results"]

    counted = [(row["name"], row["source"], row["seen"], row["unmatched"]) for row in listed]
    assert counted == [("opened", "events:shop", 2, 2), ("paid", "events:shop", 1, 0)]
    assert [row["name"] for row in unmatched] == ["opened"]


def test_the_list_of_names_costs_the_same_for_one_and_for_three(tenant: Tenant) -> None:
    counts = []

    for names in (["a"], ["b", "c"]):
        make.events(*names, of=tenant)
        with CaptureQueriesContext(connection) as queries:
            ask(tenant, "GET", "event-names/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_dry_run_tells_what_each_rule_takes_and_shows_events(tenant: Tenant) -> None:
    [event] = make.events("paid", of=tenant)
    rule = make.rule("paid", to=make.touchpoint(of=tenant, key="pay", title="Pay"))

    answer = ask(tenant, "GET", TRIAL).json()

    assert answer == {
        "looked_at": 1,
        "changed": 1,
        "unplaced": 0,
        "named": 0,
        "rules": [
            {"rule": str(rule.pk), "event_name": "paid", "touchpoint": "pay", "taken": 1},
        ],
        "samples": [
            {
                "interaction": str(event.pk),
                "name": "paid",
                "source": "events:shop",
                "occurred_at": make.NOW.isoformat().replace("+00:00", "Z"),
                "before": "",
                "after": "Pay",
                "is_named": False,
            }
        ],
    }


def test_a_key_that_may_not_see_persons_gets_no_small_count(tenant: Tenant) -> None:
    make.events("paid", of=tenant)
    make.rule("paid", to=make.touchpoint(of=tenant))
    rights = [Right.EDIT_REGISTRIES]

    trial = ask(tenant, "GET", TRIAL, rights=rights).json()
    ask(tenant, "POST", APPLIED, {}, rights=rights)
    drain(tenant.pk)
    [applied] = ask(tenant, "GET", APPLIED, rights=rights).json()["results"]

    assert (trial["changed"], trial["rules"][0]["taken"], trial["samples"]) == (None, None, [])
    assert (applied["looked_at"], applied["changed"]) == (1, None)


def test_rules_are_applied_to_some_days_and_taken_back(tenant: Tenant) -> None:
    make.events("paid", of=tenant, day=9)
    make.events("paid", of=tenant, day=1)
    rule = make.rule("paid", to=make.touchpoint(of=tenant))
    day = (make.NOW - timedelta(days=1)).date().isoformat()

    begun = ask(tenant, "POST", APPLIED, {"first_on": day, "last_on": day})
    job = last_job(tenant)
    drain(tenant.pk)
    applied, now_at = last_batch(tenant), _placed(tenant)
    undone = ask(tenant, "POST", f"{APPLIED}{applied.pk}/undo/")
    drain(tenant.pk)

    assert begun.status_code == undone.status_code == 202
    assert begun.json() == {"job": str(job.pk), "applied": str(applied.pk)}
    assert now_at == [None, rule.touchpoint_id]
    assert _placed(tenant) == [None, None]
    [listed] = ask(tenant, "GET", APPLIED).json()["results"]
    assert (listed["id"], listed["state"], listed["changed"]) == (str(applied.pk), "undone", 1)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"first_on": "2026-02-01", "last_on": "2026-01-01"}, "last_on"),
        ({"last_on": "9999-12-31"}, "last_on"),
        ({"first_on": "soon"}, "first_on"),
        ({"days": 3}, "days"),
    ],
)
def test_wrong_days_are_refused_by_their_name(
    tenant: Tenant, body: dict[str, object], field: str
) -> None:
    answer = ask(tenant, "POST", APPLIED, body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_what_is_under_way_is_not_begun_again_and_is_taken_back_once(tenant: Tenant) -> None:
    ask(tenant, "POST", APPLIED, {})
    twice = ask(tenant, "POST", APPLIED, {})
    drain(tenant.pk)
    undo = f"{APPLIED}{last_batch(tenant).pk}/undo/"
    ask(tenant, "POST", undo)
    drain(tenant.pk)

    again = ask(tenant, "POST", undo)

    assert (twice.status_code, twice.json()["errors"][0]["code"]) == (422, "rules_busy")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "rules_not_applied")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "event-names/"), ("GET", TRIAL), ("GET", APPLIED), ("POST", APPLIED)],
)
def test_only_who_keeps_touchpoints_may_ask(tenant: Tenant, method: str, path: str) -> None:
    rights = set(Right) - {Right.EDIT_REGISTRIES}

    assert ask(tenant, method, path, rights=rights).status_code == 403


def test_what_another_tenant_applied_is_not_there(tenant: Tenant) -> None:
    other = make.tenant()
    ask(other, "POST", APPLIED, {})
    drain(other.pk)

    answer = ask(tenant, "POST", f"{APPLIED}{last_batch(other).pk}/undo/")

    assert answer.status_code == 404
    assert last_batch(other).state == "done"


@pytest.mark.parametrize("path", ["event-names/", TRIAL])
def test_what_is_only_read_is_not_posted_to(tenant: Tenant, path: str) -> None:
    assert ask(tenant, "POST", path, {}).status_code == 405
