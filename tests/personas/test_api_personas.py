"""Personas in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from personas.models import Persona, PersonaOp
from personas.rules.templates import TEMPLATES
from tests import make
from tests.personas.editing import persona

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db

URL = "/api/v1/personas/"


class Program:
    """A program with a key of one tenant."""

    def __init__(self, of: Tenant, *rights: Right) -> None:
        _, secret = make.api_key(of=of, rights=rights)
        self.headers = {"X-Api-Key": secret}

    def get(self, url: str) -> Any:
        return Client().get(url, headers=self.headers)

    def post(self, url: str, body: dict[str, Any]) -> Any:
        return Client().post(url, body, content_type="application/json", headers=self.headers)


@pytest.fixture
def tenant() -> Tenant:
    return make.tenant()


def test_a_persona_is_made_listed_and_read(tenant: Tenant) -> None:
    program = Program(tenant, Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS)
    made = program.post(URL, {"name": "Uma", "template": "user"})

    assert made.status_code == 201
    told = made.json()
    assert (told["name"], told["key"], told["kind"], told["status"], told["owner"]) == (
        ("Uma", "uma", "user", "assumed", None)
    )
    assert [one["title"] for one in told["sections"]] == [
        plan.title or plan.kind.words for plan in TEMPLATES["user"].sections
    ]
    assert told["sections"][1]["statements"][0] == {
        "id": told["sections"][1]["statements"][0]["id"],
        "text": "Answer ten requests before the team meets",
        "label": "",
        "facet": "functional",
        "grade": "assumption",
        "grade_by_hand": "",
        "citations": [],
    }
    assert program.get(f"{URL}{told['id']}/").json() == told
    [listed] = program.get(URL).json()["results"]
    assert listed == {name: value for name, value in told.items() if name != "sections"}
    with tenant_bound(tenant.pk):
        sources = PersonaOp.objects.for_tenant(tenant).values_list("source", flat=True)
        assert set(sources) == {"api"}


def test_the_list_is_filtered(tenant: Tenant) -> None:
    program = Program(tenant, Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS)
    for name, template in (("Uma", "user"), ("Bernd", "buyer")):
        program.post(URL, {"name": name, "template": template})

    found = {
        query: [one["name"] for one in program.get(URL + query).json()["results"]]
        for query in ("", "?kind=buyer", "?q=morning", "?archived=true", "?status=validated")
    }
    assert found == {
        "": ["Bernd", "Uma"],
        "?kind=buyer": ["Bernd"],
        "?q=morning": ["Uma"],
        "?archived=true": [],
        "?status=validated": [],
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": 7.5, "kind": "wizard"}, "kind"),
        ({"name": "Uma", "template": "wizard"}, "template"),
        ({"name": "Uma", "colour": "c1"}, "colour"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_by_the_name_of_its_field(
    tenant: Tenant, body: dict[str, Any], field: str
) -> None:
    program = Program(tenant, Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS)
    answer = program.post(URL, body)

    assert answer.status_code == 422
    assert field in answer.content.decode()
    with tenant_bound(tenant.pk):
        assert not Persona.objects.for_tenant(tenant).exists()


def test_reading_does_not_allow_making(tenant: Tenant) -> None:
    program = Program(tenant, Right.SEE_JOURNEYS)

    assert program.post(URL, {"name": "Uma"}).status_code == 403
    assert program.get(URL).status_code == 200
    assert Program(tenant, Right.SEE_FIGURES).get(URL).status_code == 403


def test_a_persona_of_another_tenant_is_not_found(tenant: Tenant) -> None:
    theirs = persona(make.member())
    answer = Program(tenant, Right.SEE_JOURNEYS).get(f"{URL}{theirs}/")

    assert answer.status_code == 404
