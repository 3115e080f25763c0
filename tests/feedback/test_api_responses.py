"""Responses, ratings and surveys in the JSON API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxm.metrics.rules.histogram import Histogram
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from feedback.models import Rating, Survey
from tests import make
from tests.feedback.response_pages import counted

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


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
        return answer.status_code, json.loads(answer.content or "null")

    def refused(self, method: str, path: str, body: object = None) -> tuple[int, list[str]]:
        """Give the status and the fields that were refused."""
        status, answer = self(method, path, body)
        return status, sorted(entry["field"] or "" for entry in answer["errors"])


def test_ratings_are_listed_with_what_they_mean() -> None:
    tenant = make.tenant()
    api = Api(tenant)
    [response] = make.load(
        make.record(9, touchpoint="shop", channel="web", comment="Good"), of=tenant
    )

    status, body = api("GET", "ratings/?metric=nps")

    [rating] = body["results"]
    assert (status, body["next"]) == (200, None)
    assert rating == {
        "id": rating["id"],
        "answered_at": "2026-11-20T12:00:00Z",
        "survey": "survey",
        "touchpoint": "shop",
        "channel": "web",
        "customer": None,
        "comments": [{"question": "why", "text": "Good"}],
        "response": str(response.pk),
        "metric": "nps",
        "question": "q1",
        "value": 9,
        "meaning": "favourable",
        "weight": "",
        "state": "counted",
        "reason": "",
    }


def test_pages_of_ratings_hold_each_row_once() -> None:
    tenant = make.tenant()
    api, seen = Api(tenant), []
    make.load(*[make.record(9, day=i // 3) for i in range(7)], of=tenant)
    path = "ratings/?metric=nps&limit=3"

    while path:
        _, body = api("GET", path)
        seen.append([row["id"] for row in body["results"]])
        following = urlsplit(body["next"] or "")
        path = (
            f"{following.path}?{following.query}".removeprefix("/api/v1/") if body["next"] else ""
        )

    assert [len(ids) for ids in seen] == [3, 3, 1]
    assert len({pk for ids in seen for pk in ids}) == 7


@pytest.mark.parametrize("path", ["ratings/?metric=nps", "responses/"])
def test_a_page_takes_as_many_queries_for_three_rows_as_for_one(path: str) -> None:
    tenant = make.tenant()
    api, counts = Api(tenant), []
    api("GET", path)

    for rows in (1, 2):
        records = [make.record(9, customer=f"c{rows}{i}", comment="x") for i in range(rows)]
        make.load(*records, of=tenant)
        with CaptureQueriesContext(connection) as queries:
            api("GET", path)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("ratings/", "metric"),
        ("ratings/?metric=nope", "metric"),
        ("responses/?metric=nps", "metric"),
        ("responses/?touchpoint=nope", "touchpoint"),
        ("responses/?from=soon", "from"),
        ("responses/?score=9.5", "score"),
        ("responses/?state=secret", "state"),
        ("responses/?colour=red", "colour"),
    ],
)
def test_a_filter_that_is_not_understood_is_refused(path: str, field: str) -> None:
    assert Api(make.tenant()).refused("GET", path) == (422, [field])


def test_hold_and_release_move_the_numbers() -> None:
    tenant = make.tenant()
    api = Api(tenant)
    response, _ = make.load(make.record(0), make.record(9), of=tenant)
    path = f"responses/{response.pk}"

    status, held = api("POST", f"{path}/hold/", {"reason": "test"})
    while_held = counted(tenant)
    _, released = api("POST", f"{path}/release/", {})

    assert (status, held["scores"][0]["state"]) == (200, "quarantined")
    assert while_held == Histogram.of([9])
    assert released["scores"][0]["state"] == "counted"
    assert counted(tenant) == Histogram.of([0, 9])


def test_hold_can_name_its_scores() -> None:
    tenant = make.tenant()
    rating, other = make.rating(4, of=tenant), make.rating(5, of=tenant)
    api = Api(tenant)
    path = f"responses/{rating.response_id}/hold/"

    wrong, _ = api("POST", path, {"reason": "test", "ratings": [str(other.pk)]})
    right, _ = api("POST", path, {"reason": "test", "ratings": [str(rating.pk)]})

    assert (wrong, right) == (422, 200)
    assert counted(tenant) == Histogram.of([5])


def test_delete_and_restore_move_the_numbers() -> None:
    tenant = make.tenant()
    api = Api(tenant)
    [response] = make.load(make.record(4), of=tenant)
    path = f"responses/{response.pk}/"

    deleted, _ = api("DELETE", path)
    again, _ = api("DELETE", path)
    _, listed = api("GET", "responses/")
    restored, body = api("POST", f"{path}restore/")

    assert (deleted, again, listed["results"]) == (204, 422, [])
    assert (restored, body["state"]) == (200, "complete")
    assert counted(tenant) == Histogram.of([4])


@pytest.mark.parametrize("deed", ["hold", "release", "restore"])
def test_deeds_need_their_right_and_their_tenant(deed: str) -> None:
    tenant = make.tenant()
    [response] = make.load(make.record(4), of=tenant)
    path, body = f"responses/{response.pk}/{deed}/", {"reason": "x"} if deed == "hold" else {}

    poor, _ = Api(tenant, Right.SEE_RESPONSES)("POST", path, body)
    strange, _ = Api(make.tenant())("POST", path, body)

    assert (poor, strange) == (403, 404)
    with tenant_bound(tenant.pk):
        assert Rating.objects.for_tenant(tenant).get().state == Rating.State.COUNTED


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x", "why": "y"}, {"ratings": []}])
def test_hold_refuses_a_body_that_is_not_right(body: dict[str, object]) -> None:
    tenant = make.tenant()
    [response] = make.load(make.record(4), of=tenant)

    status, _ = Api(tenant)("POST", f"responses/{response.pk}/hold/", body)

    assert (status, counted(tenant)) == (422, Histogram.of([4]))


def test_a_response_is_read_with_all_its_source_said() -> None:
    tenant = make.tenant()
    [response] = make.load(make.record(4, comment="Slow", customer="C-1"), of=tenant)

    _, body = Api(tenant)("GET", f"responses/{response.pk}/")

    assert body["scores"][0]["value"] == 4
    assert body["customer"] == {
        "label": "C-1",
        "id": str(response.customer_id),
        "name": "",
        "email": "",
    }
    assert (body["source"], body["state"], body["fields_kept"]) == ("file:survey", "complete", {})


def _survey(tenant: Tenant) -> Survey:
    make.load(make.record(9), of=tenant)
    with tenant_bound(tenant.pk):
        return Survey.objects.for_tenant(tenant).get()


def test_surveys_are_listed_read_and_changed() -> None:
    tenant = make.tenant()
    api, survey = Api(tenant), _survey(tenant)

    _, listed = api("GET", "surveys/?q=SURV")
    status, changed = api("PATCH", f"surveys/{survey.pk}/", {"title": "Autumn"})
    _, read = api("GET", f"surveys/{survey.pk}/")

    assert [row["key"] for row in listed["results"]] == ["survey"]
    assert (status, changed) == (200, read)
    assert (read["title"], read["purpose"], read["responses"]) == ("Autumn", "transactional", 1)


def test_surveys_are_archived_and_restored() -> None:
    tenant = make.tenant()
    api, survey = Api(tenant), _survey(tenant)
    lists = []

    for deed in ("archive", "restore"):
        api("POST", f"surveys/{survey.pk}/{deed}/")
        lists.append([len(api("GET", f"surveys/{q}")[1]["results"]) for q in ("", "?archived=1")])

    assert lists == [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("body", "fields"),
    [({"title": ""}, ["title"]), ({"key": "x"}, ["key"]), ({"purpose": "love"}, ["purpose"])],
)
def test_a_survey_refuses_what_it_cannot_become(body: dict[str, str], fields: list[str]) -> None:
    tenant = make.tenant()
    survey = _survey(tenant)

    assert Api(tenant).refused("PATCH", f"surveys/{survey.pk}/", body) == (422, fields)


def test_surveys_need_their_right_and_their_tenant() -> None:
    tenant = make.tenant()
    path, body = f"surveys/{_survey(tenant).pk}/", {"title": "Mine"}

    poor, _ = Api(tenant, Right.SEE_REGISTRIES)("PATCH", path, body)
    strange, _ = Api(make.tenant())("PATCH", path, body)

    assert (poor, strange) == (403, 404)
