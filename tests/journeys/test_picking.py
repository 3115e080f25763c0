"""What can be put on a map by name, and what elements are made of for copies."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.touchpoints.services import create_touchpoint
from journeys.models import Insight
from journeys.rules.shapes import COLOUR_WORDS
from personas.models import Stakeholder
from personas.services.stakeholders import create_stakeholder
from tests import make
from tests.journeys import charting as m

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member(role=Role.MANAGER)


@pytest.fixture
def on(bea: Membership) -> UUID:
    return m.blank_map(bea, m.journey(bea))


def _url(member: Membership, on: UUID, name: str = "picker") -> str:
    return f"/t/{member.tenant.slug}/maps/{on}/{name}/"


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _options(member: Membership, on: UUID, **query: Any) -> list[dict[str, Any]]:
    answer = _client(member).get(_url(member, on), query)
    assert answer.status_code == 200
    options: list[dict[str, Any]] = answer.json()["options"]
    return options


def _add(member: Membership, on: UUID, **fields: Any) -> Any:
    return _client(member).post(_url(member, on), fields)


def _touchpoint(by: Membership, title: str) -> str:
    with tenant_bound(by.tenant_id):
        return str(create_touchpoint(tenant=by.tenant, by=by, title=title).pk)


def test_touchpoints_of_the_step_are_not_offered_again_and_the_first_stays_first(
    bea: Membership, on: UUID
) -> None:
    _, step, other = m.stage(bea, on, steps=2)
    shop, call = _touchpoint(bea, "Web shop"), _touchpoint(bea, "Web call")
    m.do(bea, on, m.create(new_id(), "contact", {"touchpoint": shop}, step))

    here = _options(bea, on, kind="touchpoint", q="web", step=step)
    there = _options(bea, on, kind="touchpoint", q="web shop", step=other)

    assert [one["values"] for one in here[:-1]] == [{"touchpoint": call, "role": "secondary"}]
    assert here[-1] == {
        "label": "Create “web”",
        "hint": "New",
        "creates": "web",
        "kind": "touchpoint",
    }
    assert [one["values"] for one in there] == [{"touchpoint": shop, "role": "primary"}]


def test_a_lane_offers_stakeholders_of_its_kinds_with_its_part(bea: Membership, on: UUID) -> None:
    _, step = m.stage(bea, on)
    with tenant_bound(bea.tenant_id):
        for name, kind in (("Billing", "system"), ("Courier", "partner")):
            create_stakeholder(tenant=bea.tenant, name=name, kind=kind, by=bea, now=make.NOW)
    systems, people = new_id(), m.lane(bea, on, "actor", "Who")
    config = {"kinds": ["system"], "roles": ["A"]}
    values = {"kind": "actor", "title": "Systems", "config": config}
    m.do(bea, on, m.create(systems, "lane", values, on))

    of_systems = _options(bea, on, kind="actor", lane=systems, step=step)
    of_people = _options(bea, on, kind="actor", lane=people, step=step)

    assert [(one["label"], one["values"]["role"]) for one in of_systems] == [("Billing", "A")]
    assert [(one["label"], one["values"]["role"]) for one in of_people] == [("Courier", "R")]


def test_the_first_touchpoint_made_by_its_name_is_the_primary_one(
    bea: Membership, on: UUID
) -> None:
    _, step, other = m.stage(bea, on, steps=2)

    first = _add(bea, on, kind="touchpoint", name="Kiosk", step=step).json()["values"]
    m.do(bea, on, m.create(new_id(), "contact", first, step))
    second = _add(bea, on, kind="touchpoint", name="Counter", step=step).json()["values"]
    elsewhere = _add(bea, on, kind="touchpoint", name="Hotline", step=other).json()["values"]

    assert [one["role"] for one in (first, second, elsewhere)] == [
        "primary",
        "secondary",
        "primary",
    ]


def test_colours_are_offered_by_the_names_that_they_have_everywhere(
    bea: Membership, on: UUID
) -> None:
    every = _options(bea, on, kind="colour")
    by_number = _options(bea, on, kind="colour", q="7")

    assert {one["values"]["colour"]: one["label"] for one in every} == COLOUR_WORDS
    assert by_number == [{"label": "Green", "hint": "7", "values": {"colour": "c7"}}]


def test_scripts_have_no_names_of_colours_of_their_own() -> None:
    scripts = "".join(path.read_text() for path in Path("static/js").glob("map*.js"))

    found = [word for word in COLOUR_WORDS.values() if re.search(rf"\d {word}\b", scripts)]

    assert found == []


def test_lanes_are_offered_ready_made_and_by_kind(bea: Membership, on: UUID) -> None:
    found = _options(bea, on, kind="lane", q="effort")

    assert found[0]["values"] == {
        "kind": "scale",
        "title": "Effort",
        "config": {"min": 1, "max": 7, "ends": ["Easy", "Hard"]},
        "zone": "",
    }


@pytest.mark.parametrize("kind", ["", "time", "text", "nonsense", "__class__"])
def test_what_no_cell_takes_by_name_has_nothing_to_offer(
    bea: Membership, on: UUID, kind: str
) -> None:
    assert _options(bea, on, kind=kind, q="x") == []


def test_a_journey_is_not_offered_inside_itself(bea: Membership) -> None:
    journey, other = m.journey(bea, "Returns"), m.journey(bea, "Returns of shoes")
    on = m.blank_map(bea, journey)

    found = _options(bea, on, kind="nested", q="returns")

    assert [one["values"] for one in found] == [{"journey": str(other)}]


def test_an_insight_is_added_by_its_title_as_the_lane_says(bea: Membership, on: UUID) -> None:
    pains = new_id()
    values = {"kind": "insight", "title": "Pains", "config": {"types": ["pain"]}}
    m.do(bea, on, m.create(pains, "lane", values, on))

    answer = _add(bea, on, kind="insight", name="  The price   is hidden ", lane=pains)

    with tenant_bound(bea.tenant_id):
        made = Insight.objects.for_tenant(bea.tenant).get()
    assert answer.status_code == 201
    assert answer.json() == {"label": "The price is hidden", "values": {"insight": str(made.pk)}}
    assert (made.kind, made.key, made.owner_id) == ("pain", "the-price-is-hidden", bea.pk)


def test_a_stakeholder_is_added_once(bea: Membership, on: UUID) -> None:
    first = _add(bea, on, kind="actor", name="Courier")
    second = _add(bea, on, kind="actor", name="courier")

    with tenant_bound(bea.tenant_id):
        count = Stakeholder.objects.for_tenant(bea.tenant).count()
    assert (first.status_code, second.status_code, count) == (201, 422, 1)
    assert second.json()["field"] == "name"


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_name_has_a_length(bea: Membership, on: UUID, name: str) -> None:
    answer = _add(bea, on, kind="actor", name=name)

    assert (answer.status_code, answer.json()["field"]) == (422, "name")


def test_registries_grow_by_those_who_keep_them_only(bea: Membership, on: UUID) -> None:
    analyst = make.member(of=bea.tenant, role=Role.ANALYST)

    offered = _options(analyst, on, kind="touchpoint", q="Kiosk")

    assert offered == []
    assert _add(analyst, on, kind="touchpoint", name="Kiosk").status_code == 404


def test_strangers_and_viewers_find_nothing_to_put_on_a_map(bea: Membership, on: UUID) -> None:
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)
    stranger = make.member()

    assert _client(viewer).get(_url(bea, on)).status_code == 404
    assert _client(stranger).get(_url(stranger, on)).status_code == 404
    assert _client(stranger).post(_url(stranger, on), {"name": ""}).status_code == 404
    assert _client(stranger).get(_url(stranger, on, "copies")).status_code == 404


def test_a_lane_of_another_map_is_not_found(bea: Membership, on: UUID) -> None:
    elsewhere = m.lane(bea, m.blank_map(bea, m.journey(bea)))

    answer = _client(bea).get(_url(bea, on), {"kind": "actor", "lane": str(elsewhere)})

    assert answer.status_code == 404


def test_a_stage_is_told_with_all_that_lies_in_it_alone(bea: Membership, on: UUID) -> None:
    stage, *steps = m.stage(bea, on, steps=2)
    does = m.lane(bea, on)
    inside = m.card(bea, on, does, steps[0], text="Pays")
    m.card(bea, on, does, steps[0], step_to=str(steps[1]), text="Over both")
    gone = m.card(bea, on, does, steps[1], text="Gone")
    m.do(bea, on, m.asked(Deed.DELETE, gone))

    answer = _client(bea).get(_url(bea, on, "copies"), {"of": f"{stage},{gone},nonsense"})

    told = answer.json()["elements"]
    assert [(one["kind"], one["lineage"]) for one in told] == [
        ("stage", str(stage)),
        ("step", str(steps[0])),
        ("step", str(steps[1])),
        ("card", str(inside)),
    ]
    assert told[-1]["numbers"] == [0, 0]
    assert (told[1]["parent"], told[1]["values"]["title"]) == (str(stage), "Hand over 1")


def test_a_lane_is_told_with_its_cards(bea: Membership, on: UUID) -> None:
    _, *steps = m.stage(bea, on, steps=2)
    does = m.lane(bea, on)
    card = m.card(bea, on, does, steps[0], step_to=str(steps[1]), text="Over both")

    told = _client(bea).get(_url(bea, on, "copies"), {"of": str(does)}).json()["elements"]

    assert [one["lineage"] for one in told] == [str(does), str(card)]
    assert told[1]["numbers"] == [0, 1]
