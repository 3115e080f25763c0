"""Journeys and their maps in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.ids import new_id
from cxm.tenants.rules import Right
from tests import make
from tests.journeys import charting as m

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db

URL = "/api/v1/journeys/"
MAPS = "/api/v1/journey-maps/"
EDITS = (Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS)


class Program:
    """A program with a key of one tenant."""

    def __init__(self, of: Tenant, *rights: Right) -> None:
        _, secret = make.api_key(of=of, rights=rights)
        self.headers = {"X-Api-Key": secret}

    def get(self, url: str) -> Any:
        return Client().get(url, headers=self.headers)

    def post(self, url: str, body: Any = None, **heads: str) -> Any:
        sent = {} if body is None else body
        headers = {**self.headers, **heads}
        return Client().post(url, sent, content_type="application/json", headers=headers)


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


def _operation(op: str, lineage: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "batch": str(new_id()),
        "op": op,
        "lineage": str(lineage),
        **more,
    }


def _what_must_not_stay_empty(made: dict[str, Any], step: str) -> list[dict[str, Any]]:
    """Give a card for each lane that its template wants filled."""
    needed = [one["id"] for one in made["lanes"] if one["config"].get("required")]
    words = {"step_from": step, "step_to": step, "text": "I print a label"}
    told = [{"values": words, "parent": one} for one in needed]
    return [_operation("create", new_id(), kind="card", value=value) for value in told]


def test_a_journey_is_mapped_forked_and_published(bea: Membership) -> None:
    program = Program(bea.tenant, *EDITS, Right.PUBLISH_JOURNEYS)
    journey = program.post(URL, {"title": "I send back shoes", "goal": "My money is back"}).json()
    assert (journey["key"], journey["maps"]) == ("i-send-back-shoes", [])

    body = {"name": "As it is", "template": "customer"}
    made = program.post(f"{URL}{journey['id']}/maps/", body).json()
    step = made["stages"][0]["steps"][0]
    lane = next(one for one in made["lanes"] if one["kind"] == "emotion")
    values = {"step_from": step["id"], "step_to": step["id"], "value": -1.2}
    told = {"values": values, "parent": lane["id"]}
    sent = [_operation("create", new_id(), kind="card", value=told)]
    address = f"{MAPS}{made['id']}/"
    assert program.post(f"{address}operations/", sent).status_code == 200
    cards = [one["cards"] for one in program.get(address).json()["lanes"] if one["cards"]]
    assert [[card["value"] for card in found] for found in cards] == [[-1.2]]

    body = {"name": "Without a slip", "state": "future", "fork_of": made["id"]}
    fork = program.post(f"{URL}{journey['id']}/maps/", body | {"horizon": "2027-09-30"}).json()
    assert (fork["baseline"], fork["number"], fork["horizon"]) == (made["id"], 2, "2027-09-30")
    assert fork["stages"][0]["steps"][0]["id"] == step["id"]

    assert "no owner" in program.post(f"{address}publish/").json()["detail"]
    filled = _what_must_not_stay_empty(made, step["id"])
    assert program.post(f"{address}operations/", filled).status_code == 200
    assert _set(program, journey["id"], "owner", str(bea.pk)).status_code == 200
    published = program.post(f"{address}publish/").json()
    assert (published["status"], published["state"]) == ("published", "current")
    again = [_operation("set", step["id"], field="title", value="Another")]
    assert program.post(f"{address}operations/", again).status_code == 403
    draft = program.post(f"{address}draft/")
    assert (draft.status_code, draft.json()["baseline"]) == (201, made["id"])
    assert program.post(f"{address}retire/").json()["status"] == "retired"


def test_a_map_made_twice_with_one_key_is_made_once(bea: Membership) -> None:
    program = Program(bea.tenant, *EDITS)
    journey = m.journey(bea)
    heads = {"Idempotency-Key": "once"}

    first, again = (
        program.post(f"{URL}{journey}/maps/", {"name": "As it is"}, **heads) for _ in range(2)
    )

    assert first.json() == again.json()
    assert len(program.get(f"{URL}{journey}/").json()["maps"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Past", "state": "past"}, "state"),
        ({"name": "Ours", "horizon": "2027-09-30"}, "horizon"),
        ({"name": "Ours", "template": "none"}, "template"),
        ({"name": "Ours", "colour": "red"}, "colour"),
    ],
)
def test_a_map_that_cannot_be_made_names_the_field(
    bea: Membership, body: dict[str, Any], field: str
) -> None:
    program = Program(bea.tenant, *EDITS)

    answer = program.post(f"{URL}{m.journey(bea)}/maps/", body)

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_a_map_of_another_journey_is_no_baseline(bea: Membership) -> None:
    program = Program(bea.tenant, *EDITS)
    other = m.blank_map(bea, m.journey(bea))

    answer = program.post(f"{URL}{m.journey(bea)}/maps/", {"name": "Ours", "fork_of": str(other)})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("visibility", "listed", "read", "changed"),
    [("hidden", 0, 404, 404), ("listed", 1, 404, 404), ("viewable", 1, 200, 404)],
)
def test_visibility_decides_what_a_program_finds(
    bea: Membership, visibility: str, listed: int, read: int, changed: int
) -> None:
    program = Program(bea.tenant, *EDITS)
    pk = m.journey(bea, is_owned=False)
    drawn = m.blank_map(bea, pk)
    step = m.stage(bea, drawn)[1]
    sent = [_operation("set", pk, field="visibility", value=visibility)]
    assert program.post(f"{URL}{pk}/operations/", sent).status_code == 200

    assert len(program.get(URL).json()["results"]) == listed
    assert program.get(f"{URL}{pk}/").status_code == read
    assert program.get(f"{MAPS}{drawn}/").status_code == read
    assert program.get(f"{MAPS}{drawn}/operations/").status_code == read
    renamed = [_operation("set", step, field="title", value="Mine")]
    assert program.post(f"{MAPS}{drawn}/operations/", renamed).status_code == changed
    assert program.post(f"{URL}{pk}/maps/", {"name": "Mine"}).status_code == changed


def test_who_may_only_edit_does_not_publish(bea: Membership) -> None:
    program = Program(bea.tenant, *EDITS)
    drawn = m.blank_map(bea, m.journey(bea))

    assert program.post(f"{MAPS}{drawn}/publish/").status_code == 404


@pytest.mark.parametrize("ending", ["", "operations/", "publish/", "retire/", "draft/"])
def test_a_map_of_another_tenant_is_found_nowhere(bea: Membership, ending: str) -> None:
    foreign = m.blank_map(bea, m.journey(bea))
    program = Program(make.tenant(), *EDITS, Right.PUBLISH_JOURNEYS)
    url = f"{MAPS}{foreign}/{ending}"

    assert program.get(url).status_code in {404, 405}
    assert program.post(url, [{"broken": True}]).status_code in {404, 405}


def test_an_id_of_another_tenant_is_no_reference(bea: Membership) -> None:
    own = make.member()
    program = Program(own.tenant, *EDITS)
    _, step = m.stage(own, drawn := m.blank_map(own, m.journey(own)))
    foreign = make.touchpoint(of=bea.tenant)
    told = {"values": {"touchpoint": str(foreign.pk)}, "parent": str(step)}
    sent = [_operation("create", new_id(), kind="contact", value=told)]

    assert program.post(f"{MAPS}{drawn}/operations/", sent).status_code == 404


def test_the_list_and_a_map_take_few_queries(
    bea: Membership, django_assert_max_num_queries: Any
) -> None:
    program = Program(bea.tenant, *EDITS)
    pk: UUID = m.journey(bea)
    drawn = m.blank_map(bea, pk)
    for number in range(5):
        m.stage(bea, drawn, f"Stage {number}", steps=3)
        m.lane(bea, drawn)

    with django_assert_max_num_queries(10):
        program.get(URL)
    with django_assert_max_num_queries(20):
        assert program.get(f"{MAPS}{drawn}/").status_code == 200


def _set(program: Program, journey: Any, field: str, value: Any) -> Any:
    sent = [_operation("set", journey, field=field, value=value)]
    return program.post(f"{URL}{journey}/operations/", sent)


def test_a_journey_does_not_lie_in_itself(bea: Membership) -> None:
    program = Program(bea.tenant, *EDITS)
    top, low = m.journey(bea, "Top"), m.journey(bea, "Low")
    assert _set(program, low, "parent", str(top)).status_code == 200

    own, around = (_set(program, top, "parent", str(other)) for other in (top, low))

    assert (own.status_code, around.status_code) == (409, 409)
    assert own.json()["detail"] == "This would be a circle: Top > Top."
    assert around.json()["detail"] == "This would be a circle: Top > Low > Top."
    assert program.get(f"{URL}{top}/").json()["parent"] is None


def test_the_owner_of_a_journey_says_who_finds_it_and_who_owns_it_next(bea: Membership) -> None:
    program, pk = Program(bea.tenant, *EDITS), m.journey(bea)
    other = make.member(of=bea.tenant)
    assert _set(program, pk, "owner", str(bea.pk)).status_code == 200

    for field, value in (("owner", str(other.pk)), ("visibility", "hidden")):
        answer = _set(program, pk, field, value)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_maps_of_an_archived_journey_rest(bea: Membership) -> None:
    program, pk = Program(bea.tenant, *EDITS, Right.PUBLISH_JOURNEYS), m.journey(bea)
    on = m.blank_map(bea, pk)
    assert _set(program, pk, "archived_at", "2026-11-20T12:00:00Z").status_code == 200

    new = program.post(f"{URL}{pk}/maps/", {"name": "Another"})
    fork = program.post(f"{URL}{pk}/maps/", {"name": "Another", "fork_of": str(on)})
    rest = [program.post(f"{MAPS}{on}/{what}/") for what in ("publish", "draft")]
    sent = [_operation("set", on, field="name", value="Another")]
    changed = program.post(f"{MAPS}{on}/operations/", sent)

    assert [a.status_code for a in (new, fork, *rest, changed)] == [409] * 5
    assert "This journey is archived" in changed.json()["detail"]


@pytest.mark.parametrize("kind", ["journey", "kind"])
def test_the_id_of_another_element_is_not_taken(bea: Membership, kind: str) -> None:
    program, pk = Program(bea.tenant, *EDITS), m.journey(bea)
    on, further = m.blank_map(bea, pk), m.blank_map(bea, pk, number=2)
    elsewhere = m.blank_map(bea, m.journey(bea, "Another"))
    taken = m.stage(bea, elsewhere)[0] if kind == "journey" else m.lane(bea, further)
    stage = m.stage(bea, on)[0]
    told = {"values": {"title": "Wait"}, "parent": str(stage)}

    sent = [_operation("create", taken, kind="step", value=told)]
    answer = program.post(f"{MAPS}{on}/operations/", sent)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "lineage")
