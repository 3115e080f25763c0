"""Links to people outside in the JSON API."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.clock import now
from cxm.tenants.rules import Right
from tests import make
from tests.personas.editing import fact, persona, section
from tests.personas.mapping import map_of, placed
from tests.personas.shares import PASSWORD, change, link_to, loaded, opened, text, the_link

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db


class Program:
    """A program with a key of one tenant."""

    def __init__(self, of: Tenant, *rights: Right) -> None:
        _, secret = make.api_key(of=of, rights=rights or [Right.SHARE_JOURNEYS])
        self.headers = {"X-Api-Key": secret}

    def get(self, url: str) -> Any:
        return Client().get(url, headers=self.headers)

    def post(self, url: str, body: dict[str, Any]) -> Any:
        return Client().post(url, body, content_type="application/json", headers=self.headers)

    def delete(self, url: str) -> Any:
        return Client().delete(url, headers=self.headers)


@pytest.fixture
def bea() -> Membership:
    return make.member()


@pytest.fixture
def sandra(bea: Membership) -> UUID:
    pk = persona(bea, "Sandra")
    fact(bea, pk, section(bea, pk), "A parcel on Saturday")
    return pk


def links(pk: UUID, rest: str = "") -> str:
    return f"/api/v1/personas/{pk}/share-links/{rest}"


def test_a_link_is_made_listed_and_revoked(bea: Membership, sandra: UUID) -> None:
    program = Program(bea.tenant)
    made = program.post(links(sandra), {"label": "Agency", "shows": ["needs"], "freeze_seq": 2})

    told = made.json()
    assert made.status_code == 201
    assert {name: told[name] for name in ("label", "shows", "freeze_seq", "state", "hits")} == {
        "label": "Agency",
        "shows": ["needs"],
        "freeze_seq": 2,
        "state": "live",
        "hits": 0,
    }
    address = told.pop("url").removeprefix("http://testserver")
    assert "Sandra" in text(opened(address))
    [listed] = program.get(links(sandra)).json()["results"]
    assert (listed["id"], listed["hits"], "url" in listed) == (told["id"], 1, False)
    assert program.delete(links(sandra, f"{told['id']}/")).status_code == 204
    assert opened(address).status_code == 404
    assert program.get(links(sandra)).json()["results"][0]["state"] == "revoked"


def test_a_link_says_no_more_than_it_was_asked_to(bea: Membership, sandra: UUID) -> None:
    made = Program(bea.tenant).post(links(sandra), {"password": PASSWORD}).json()

    assert made["has_password"] is True
    assert "quote" not in made["shows"]
    assert "metric" not in made["shows"]
    assert PASSWORD not in str(made)
    assert timedelta(days=89) < the_link(bea).expires_at - now() <= timedelta(days=90)


def test_a_map_is_shared_by_all_layouts_unless_said_otherwise(bea: Membership) -> None:
    on = map_of(bea, "Deliveries")
    placed(bea, on, "Courier")
    address = f"/api/v1/stakeholder-maps/{on.pk}/share-links/"
    program = Program(bea.tenant)

    made = program.post(address, {}).json()

    assert made["shows"] == ["rings", "sectors", "network"]
    assert "Courier" in text(opened(made["url"].removeprefix("http://testserver")))
    assert program.get(address).json()["results"][0]["id"] == made["id"]
    assert program.delete(f"{address}{made['id']}/").status_code == 204
    assert the_link(bea).revoked_at is not None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"shows": []}, "shows"),
        ({"shows": ["metric"]}, "shows"),
        ({"shows": ["rings"]}, "shows"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2999-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"password": "short"}, "password"),
        ({"freeze_seq": 4}, "freeze_seq"),
        ({"freeze_seq": 0}, "freeze_seq"),
        ({"freeze_seq": 99_999_999_999}, "freeze_seq"),
        ({"label": "x" * 121}, "label"),
        ({"token": "mine"}, "token"),
    ],
)
def test_a_wrong_body_is_refused_by_its_field(
    bea: Membership, sandra: UUID, body: dict[str, Any], field: str
) -> None:
    answer = Program(bea.tenant).post(links(sandra), body)

    assert answer.status_code == 422
    assert field in {one["field"].partition(".")[0] for one in answer.json()["errors"]}


def test_links_need_their_right(bea: Membership, sandra: UUID) -> None:
    link_to(bea, sandra)
    program = Program(bea.tenant, *(right for right in Right if right != Right.SHARE_JOURNEYS))

    answers = [
        program.get(links(sandra)),
        program.post(links(sandra), {}),
        program.delete(links(sandra, f"{the_link(bea).pk}/")),
    ]

    assert [one.status_code for one in answers] == [403, 403, 403]
    assert the_link(bea).revoked_at is None


def test_links_of_another_tenant_are_not_found(bea: Membership, sandra: UUID) -> None:
    link_to(bea, sandra)
    stranger, own = Program(make.tenant()), persona(bea, "Another")

    answers = [
        stranger.get(links(sandra)),
        stranger.post(links(sandra), {"nonsense": 1}),
        stranger.delete(links(sandra, f"{the_link(bea).pk}/")),
        Program(bea.tenant).delete(links(own, f"{the_link(bea).pk}/")),
    ]

    assert [one.status_code for one in answers] == [404, 404, 404, 404]
    assert the_link(bea).revoked_at is None


def test_what_is_archived_is_not_shared(bea: Membership, sandra: UUID) -> None:
    change(loaded(bea, sandra), archived_at=make.NOW)

    assert Program(bea.tenant).post(links(sandra), {}).status_code == 409


def test_a_hidden_map_is_not_found_by_a_key(bea: Membership) -> None:
    on = map_of(bea, "Deliveries", visibility="listed")
    address = f"/api/v1/stakeholder-maps/{on.pk}/share-links/"

    assert Program(bea.tenant).get(address).status_code == 404
    assert Program(bea.tenant).post(address, {}).status_code == 404
