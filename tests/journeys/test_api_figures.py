"""Figures and targets in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from journeys.models import TargetChange
from tests import make
from tests.analytics.map_world import World, world
from tests.analytics.reading import load_scores
from tests.journeys.promising import ahead, bound, promise

if TYPE_CHECKING:
    from uuid import UUID

pytestmark = pytest.mark.django_db
PROMISE = {"direction": "up", "value": 82.0, "due": "2027-09-30"}
READS = (Right.SEE_JOURNEYS, Right.SEE_RESPONSES)


class Program:
    """A program with a key of a map's workspace."""

    def __init__(self, of: World, *rights: Right) -> None:
        _, secret = make.api_key(of=of.member.tenant, rights=rights)
        self.headers = {"X-Api-Key": secret}

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        sent = {"content_type": "application/json", "headers": self.headers}
        if method == "get":
            return Client().get(f"/api/v1/{path}", headers=self.headers)
        return getattr(Client(), method)(f"/api/v1/{path}", body or {}, **sent)


@pytest.fixture
def made() -> World:
    return world("shop", "parcel")


@pytest.fixture
def editor(made: World) -> Program:
    return Program(made, *READS, Right.EDIT_JOURNEYS)


def targets(of: World, pk: UUID | None = None) -> str:
    return f"journey-maps/{of.map_id}/targets/{f'{pk}/' if pk else ''}"


def bindings(of: World, pk: UUID | None = None) -> str:
    return f"journeys/{of.journey_id}/bindings/{f'{pk}/' if pk else ''}"


def test_a_figure_is_bound_changed_and_removed(made: World, editor: Program) -> None:
    body = {"step": str(made.steps["shop"]), "metric": "csat_5"}

    answer = editor.ask("post", bindings(made), body)
    one = bindings(made, answer.json()["id"])
    changed = editor.ask("patch", one, {"window_days": 7})
    listed = editor.ask("get", bindings(made)).json()
    removed = editor.ask("delete", one)

    assert answer.status_code == 201
    assert (changed.json()["window_days"], changed.json()["min_n"]) == (7, 30)
    assert [(row["key"], row["metric"]) for row in listed] == [("csat-5-way-1", "csat_5")]
    assert removed.status_code == 204
    assert editor.ask("get", bindings(made)).json() == []


def test_a_promise_is_made_changed_and_taken_back(made: World, editor: Program) -> None:
    with tenant_bound(made.member.tenant_id):
        ahead(made)
        binding = bound(made)

    answer = editor.ask("post", targets(made), {**PROMISE, "binding": str(binding.pk)})
    one = targets(made, answer.json()["id"])
    changed = editor.ask("put", one, {**PROMISE, "value": 85})
    removed = editor.ask("delete", one)

    assert (answer.status_code, changed.status_code, removed.status_code) == (201, 200, 204)
    assert changed.json()["value"] == 85
    assert editor.ask("get", targets(made)).json() == []
    with tenant_bound(made.member.tenant_id):
        rows = TargetChange.objects.for_tenant(made.member.tenant)
        assert [one.value for one in rows.order_by("at", "pk")] == [82.0, 85.0, 85.0]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"value": 101}, "value"), ({"margin": 2}, "margin"), ({"due": "2020-01-01"}, "due")],
)
def test_a_refusal_names_its_field(
    made: World, editor: Program, change: dict[str, Any], field: str
) -> None:
    with tenant_bound(made.member.tenant_id):
        ahead(made)
        binding = bound(made)

    answer = editor.ask("post", targets(made), {**PROMISE, "binding": str(binding.pk), **change})

    assert answer.status_code == 422
    assert field in answer.content.decode()


def test_a_reader_reads_and_changes_nothing(made: World) -> None:
    with tenant_bound(made.member.tenant_id):
        target = promise(made)
    reader = Program(made, *READS)
    tried = [
        reader.ask("post", bindings(made), {}),
        reader.ask("patch", bindings(made, target.binding_id), {}),
        reader.ask("delete", bindings(made, target.binding_id)),
        reader.ask("post", targets(made), PROMISE),
        reader.ask("put", targets(made, target.pk), PROMISE),
        reader.ask("delete", targets(made, target.pk)),
    ]

    assert [one.status_code for one in tried] == [403] * 6
    assert [row["value"] for row in reader.ask("get", targets(made)).json()] == [82.0]


def test_what_is_of_another_workspace_is_not_found(made: World, editor: Program) -> None:
    other = world("shop")
    with tenant_bound(other.member.tenant_id):
        foreign = promise(other)
    with tenant_bound(made.member.tenant_id):
        own = promise(made)
    body = {"step": str(made.steps["parcel"]), "metric": "csat_5", "touchpoint": str(new_id())}

    tried = [
        editor.ask("get", bindings(other)),
        editor.ask("patch", bindings(made, foreign.binding_id), {"min_n": -1}),
        editor.ask("put", targets(made, foreign.pk), {}),
        editor.ask("put", targets(other, own.pk), {}),
        editor.ask("post", targets(made), {**PROMISE, "binding": str(foreign.binding_id)}),
        editor.ask("post", bindings(made), body),
    ]

    assert [one.status_code for one in tried] == [404] * 6


def test_the_numbers_of_a_lane_are_those_of_the_map(made: World) -> None:
    load_scores({5: 40, 1: 10}, of=made.member.tenant, touchpoint="shop", metric="csat_5")
    url = f"journey-maps/{made.map_id}/lanes/{made.lane(window_days=365)}/numbers/"

    read = Program(made, *READS).ask("get", url).json()
    hidden = Program(made, Right.SEE_JOURNEYS).ask("get", url).json()

    [shop] = read[str(made.steps["shop"])]
    assert (shop["value"], shop["n"], shop["unit"]) == (80.0, 50, "%")
    assert hidden[str(made.steps["shop"])][0]["value"] is None
