"""Metric definitions in the JSON API."""

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
LIKELY = {
    "title": "Likely to return",
    "kind": "rating",
    "scale_min": 1,
    "scale_max": 5,
    "direction": "higher",
    "favourable": [4, 5],
    "statistic": "share",
    "description": "Percent who will come back.",
}


def _call(of: Tenant, method: str, path: str, body: object = None, *rights: Right) -> Any:
    _, text = make.api_key(of=of, rights=rights or tuple(Right))
    sent = json.dumps(body) if body is not None else ""
    return Client().generic(
        method, f"/api/v1/metrics/{path}", sent, "application/json", headers={"X-Api-Key": text}
    )


def test_the_list_gives_each_metric_with_the_version_in_force() -> None:
    tenant = make.tenant()

    rows = _call(tenant, "GET", "").json()["results"]

    assert [(row["key"], row["version"]["number"]) for row in rows][:2] == [
        ("nps", 1),
        ("nps_1_10", 1),
    ]
    assert rows[0]["version"]["favourable"] == [9, 10]


def test_a_metric_is_added() -> None:
    answer = _call(make.tenant(), "POST", "", LIKELY)

    made = answer.json()
    assert (answer.status_code, made["key"], made["version"]["unfavourable"]) == (
        201,
        "likely-to-return",
        [],
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"scale_max": 12}, "scale_max"),
        ({"favourable": [9]}, "favourable"),
        ({"favourable": []}, "favourable"),
        ({"unfavourable": [4]}, "unfavourable"),
        ({"key": "nps"}, "key"),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_metric_that_cannot_be_is_refused(wrong: dict[str, Any], field: str) -> None:
    answer = _call(make.tenant(), "POST", "", LIKELY | wrong)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_change_makes_a_version_and_keeps_what_was_not_sent() -> None:
    tenant = make.tenant()
    metric = make.metric("csat_5", of=tenant)

    changed = _call(tenant, "PATCH", f"{metric.pk}/", {"favourable": [5]}).json()
    history = _call(tenant, "GET", f"{metric.pk}/history/").json()["versions"]

    assert changed["title"] == "Satisfaction"
    assert (changed["version"]["number"], changed["version"]["favourable"]) == (2, [5])
    assert (changed["version"]["unfavourable"], changed["version"]["unit"]) == ([1, 2], "%")
    assert [version["favourable"] for version in history] == [[5], [4, 5]]


def test_a_metric_is_archived_and_restored() -> None:
    tenant = make.tenant()
    metric = make.metric(of=tenant)

    archived = _call(tenant, "POST", f"{metric.pk}/archive/").json()
    away = _call(tenant, "GET", "?archived=true").json()["results"]
    restored = _call(tenant, "POST", f"{metric.pk}/restore/").json()

    assert (archived["archived_at"] is not None, [row["key"] for row in away]) == (True, ["nps"])
    assert restored["archived_at"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [("PATCH", ""), ("POST", "archive/"), ("POST", "restore/")],
)
def test_deeds_need_the_right_and_ones_own_metric(method: str, path: str) -> None:
    tenant, other = make.tenant(), make.tenant()
    own, theirs = make.metric(of=tenant), make.metric(of=other)

    unfit = _call(tenant, method, f"{own.pk}/{path}", {}, Right.SEE_REGISTRIES)
    foreign = _call(tenant, method, f"{theirs.pk}/{path}", {})

    assert (unfit.status_code, foreign.status_code) == (403, 404)
