"""Personas of a map: told above it, added by a form and by a script."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from personas.models import Persona
from tests import make
from tests.journeys import charting as m
from tests.personas import editing

if TYPE_CHECKING:
    from uuid import UUID

    from django.test import Client

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


def _url(member: Membership, name: str, drawn: UUID) -> str:
    return reverse(f"journeys:{name}", args=[member.tenant.slug, drawn])


def _drawn(member: Membership) -> UUID:
    on = m.blank_map(member, m.journey(member))
    m.stage(member, on)
    return on


def test_the_first_persona_is_the_main_one_and_stands_above_the_map(client: Client) -> None:
    member = make.member()
    on, maya, piet = _drawn(member), *(editing.persona(member, n) for n in ("Maya", "Piet"))
    client.force_login(member.user)

    client.post(_url(member, "map-cast", on), {"persona": str(maya)})
    answer = client.post(_url(member, "map-cast", on), {"persona": str(piet)})
    page = client.get(answer["Location"])

    cast = m.state_of(member, on).of_kind("cast")
    assert [(str(one.values["persona"]), one.values["is_main"]) for one in cast] == [
        (str(maya), True),
        (str(piet), False),
    ]
    assert [one.name for one in page.context["cast"]] == ["Maya", "Piet"]
    assert page.context["panel"].title == "Piet"


def test_a_persona_that_is_there_already_is_not_offered_again(client: Client) -> None:
    member = make.member()
    on, maya = _drawn(member), editing.persona(member, "Maya")
    client.force_login(member.user)
    client.post(_url(member, "map-cast", on), {"persona": str(maya)})

    answer = client.post(_url(member, "map-cast", on), {"persona": str(maya)})

    assert answer.status_code == 422
    assert "Nobody left to add" in answer.content.decode()


def test_the_ninth_persona_is_refused_in_words(client: Client) -> None:
    member = make.member()
    on = _drawn(member)
    personas = [editing.persona(member, f"Number {n}") for n in range(9)]
    client.force_login(member.user)

    answers = [client.post(_url(member, "map-cast", on), {"persona": str(one)}) for one in personas]

    assert [answer.status_code for answer in answers] == [302] * 8 + [422]
    assert "8" in answers[-1].context["form"].non_field_errors()[0]


def test_a_script_gets_the_personas_as_they_stand_then(client: Client) -> None:
    member = make.member()
    on, maya = _drawn(member), editing.persona(member, "Maya")
    client.force_login(member.user)
    value = {"values": {"persona": str(maya), "is_main": True}, "parent": str(on)}
    asked = {"op": "create", "kind": "cast", "lineage": str(new_id()), "value": value}
    sent = [{"id": str(new_id()), "batch": str(new_id()), **asked}]

    answer = client.post(
        _url(member, "map-ops", on), json.dumps(sent), content_type="application/json"
    )

    html = answer.json()["html"]
    assert 'hx-target="#map-cast"' in html
    assert "Details of persona Maya, the main one" in html


@pytest.mark.parametrize("who", ["viewer", "stranger"])
def test_others_put_nobody_on_a_map(who: str, client: Client) -> None:
    member = make.member()
    on, maya = _drawn(member), editing.persona(member, "Maya")
    role = Role.VIEWER if who == "viewer" else Role.MANAGER
    other = make.member(of=member.tenant if who == "viewer" else make.tenant(), role=role)
    client.force_login(other.user)

    answer = client.post(_url(other, "map-cast", on), {"persona": str(maya)})

    assert answer.status_code == 404
    assert m.state_of(member, on).of_kind("cast") == []


def test_a_viewer_sees_the_personas_and_no_way_to_add_one(client: Client) -> None:
    member = make.member()
    on, maya = _drawn(member), editing.persona(member, "Maya")
    client.force_login(member.user)
    client.post(_url(member, "map-cast", on), {"persona": str(maya)})
    client.force_login(make.member(of=member.tenant, role=Role.VIEWER).user)

    page = client.get(_url(member, "map-page", on))

    assert [one.name for one in page.context["cast"]] == ["Maya"]
    assert page.context["cast_url"] == ""


def new_options(client: Client, member: Membership, on: UUID, q: str) -> list[dict[str, str]]:
    asked = {"kind": "persona", "q": q}
    told = client.get(_url(member, "map-picker", on), asked).json()["options"]
    return [one for one in told if "creates" in one]


def test_the_picker_makes_a_persona_of_a_name_that_is_new(client: Client) -> None:
    member = make.member()
    on = _drawn(member)
    editing.persona(member, "Maya")
    client.force_login(member.user)

    offered = new_options(client, member, on, "Piet")
    sent = {"kind": "persona", "name": " Piet ", "sort": "employee"}
    made = client.post(_url(member, "map-picker", on), sent)

    assert [one["hint"] for one in offered] == [
        *("New customer", "New user", "New buyer", "New employee", "New partner"),
        "New anti-persona",
    ]
    assert {(one["creates"], one["kind"], one["label"]) for one in offered} == {
        ("Piet", "persona", "Create “Piet”")
    }
    with tenant_bound(member.tenant_id):
        piet = Persona.objects.for_tenant(member.tenant).get(name="Piet")
    assert made.status_code == 201
    assert made.json() == {
        "label": "Piet",
        "values": {"persona": str(piet.pk), "is_main": True, "colour": 1, "dash": 1},
    }
    assert (piet.kind, piet.owner_id) == ("employee", member.pk)
    assert new_options(client, member, on, "maya") == []
    assert new_options(client, member, on, "") == []


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"name": "Piet"}, "sort"),
        ({"name": "Piet", "sort": "robot"}, "sort"),
        ({"name": " ", "sort": "user"}, "name"),
        ({"name": "a" * 121, "sort": "user"}, "name"),
        ({"name": "a\0b", "sort": "user"}, "name"),
    ],
)
def test_what_is_no_persona_is_refused_with_the_field(
    told: dict[str, str], field: str, client: Client
) -> None:
    member = make.member()
    on = _drawn(member)
    client.force_login(member.user)

    answer = client.post(_url(member, "map-picker", on), {"kind": "persona", **told})

    assert (answer.status_code, answer.json()["field"]) == (422, field)
    with tenant_bound(member.tenant_id):
        assert not Persona.objects.for_tenant(member.tenant).exists()


def test_a_map_without_a_place_left_makes_no_persona(client: Client) -> None:
    member = make.member()
    on = _drawn(member)
    client.force_login(member.user)
    for number in range(8):
        sent = {"name": f"Number {number}", "kind": "user"}
        client.post(_url(member, "map-cast", on), sent)

    by_script = client.post(
        _url(member, "map-picker", on), {"kind": "persona", "name": "Nine", "sort": "user"}
    )
    by_form = client.post(_url(member, "map-cast", on), {"name": "Nine", "kind": "user"})

    assert by_script.status_code == by_form.status_code == 422
    assert "A map shows up to 8 personas." in by_script.json()["message"]
    assert 'value="Nine"' in by_form.content.decode()
    with tenant_bound(member.tenant_id):
        assert Persona.objects.for_tenant(member.tenant).count() == 8


def test_the_form_makes_a_persona_and_puts_it_on_the_map_once(client: Client) -> None:
    member = make.member()
    on = _drawn(member)
    client.force_login(member.user)
    page = client.get(_url(member, "map-cast", on)).content.decode()
    sent = {"name": "Piet", "kind": "buyer", "sent_as": str(new_id())}

    answers = [client.post(_url(member, "map-cast", on), sent) for _ in range(2)]
    shown = client.get(answers[0]["Location"])

    assert "A new persona" in page
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert [one.name for one in shown.context["cast"]] == ["Piet"]
    assert shown.context["panel"].title == "Piet"


def test_a_form_that_says_nothing_keeps_what_was_typed(client: Client) -> None:
    member = make.member()
    on = _drawn(member)
    client.force_login(member.user)

    answer = client.post(_url(member, "map-cast", on), {"name": "", "kind": "robot"})

    assert answer.status_code == 422
    assert set(answer.context["new"].errors) == {"name", "kind"}
    assert m.state_of(member, on).of_kind("cast") == []


@pytest.mark.parametrize("name", ["map-picker", "map-cast"])
def test_others_make_no_persona_for_a_map(name: str, client: Client) -> None:
    member = make.member()
    on = _drawn(member)
    client.force_login(make.member(of=member.tenant, role=Role.VIEWER).user)

    answer = client.post(_url(member, name, on), {"kind": "persona", "name": "", "sort": "x"})

    assert answer.status_code == 404
