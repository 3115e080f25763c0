"""Stakeholders and their maps in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.tenants.rules import Right
from tests import make
from tests.personas.mapping import map_of, placed, put, related, stakeholder

if TYPE_CHECKING:
    from cxm.tenants.models import Membership


def _api(member: Membership, *rights: Right) -> Any:
    _, text = make.api_key(of=member.tenant, rights=rights or tuple(Right))
    client = Client(headers={"Authorization": f"Bearer {text}"})

    def ask(path: str, body: dict[str, Any] | None = None) -> Any:
        place = f"/api/v1/{path}"
        if body is None:
            return client.get(place)
        return client.post(place, body, content_type="application/json")

    return ask


def test_the_register_is_read_and_added_to(bea: Membership) -> None:
    stakeholder(bea, "Courier")
    api = _api(bea)

    made = api("stakeholders/", {"name": "Agency", "kind": "regulator"})

    assert made.status_code == 201
    assert made.json()["key"] == "agency"
    listed = [one["name"] for one in api("stakeholders/").json()["results"]]
    assert listed == ["Agency", "Courier"]
    assert api(f"stakeholders/{made.json()['id']}/").json() == made.json()
    assert api("stakeholders/", {"name": "AGENCY", "kind": "role"}).status_code == 422


def test_a_map_is_made_and_read_with_what_is_on_it(bea: Membership) -> None:
    on = map_of(bea, "Deliveries")
    courier, shop = placed(bea, on, "Courier", sector=1), placed(bea, on, "Shop")
    put(bea, on, courier.pk, power=4.5, note="Slow")
    related(bea, on, courier, shop, "goods")
    api = _api(bea)

    made = api("stakeholder-maps/", {"title": "Refunds"})
    read = api(f"stakeholder-maps/{on.pk}/").json()

    assert (made.status_code, made.json()["layout"]) == (201, "rings")
    listed = [one["title"] for one in api("stakeholder-maps/").json()["results"]]
    assert listed == ["Deliveries", "Refunds"]
    assert [one["name"] for one in read["placements"]] == ["Courier", "Shop"]
    assert (read["placements"][0]["power"], read["placements"][0]["note"]) == (4.5, "Slow")
    ends = (str(courier.stakeholder_id), str(shop.stakeholder_id))
    assert [(one["start"], one["end"], one["kind"]) for one in read["relations"]] == [
        (*ends, "goods")
    ]


def test_a_key_that_may_only_read_gets_no_opinions(bea: Membership) -> None:
    on = map_of(bea)
    courier = placed(bea, on, "Courier")
    put(bea, on, courier.pk, power=4.5, interest=2.0, attitude=-2, note="Slow")

    read = _api(bea, Right.SEE_JOURNEYS)(f"stakeholder-maps/{on.pk}/")

    [one] = read.json()["placements"]
    assert one.keys() == {"id", "stakeholder", "name", "ring", "sector", "x", "y"}


@pytest.mark.parametrize(
    ("visibility", "status"), [("hidden", 404), ("listed", 404), ("viewable", 200)]
)
def test_a_key_reads_maps_that_are_open(bea: Membership, visibility: str, status: int) -> None:
    on = map_of(bea, visibility=visibility)
    api = _api(bea)

    listed = [one["id"] for one in api("stakeholder-maps/").json()["results"]]

    assert api(f"stakeholder-maps/{on.pk}/").status_code == status
    assert (str(on.pk) in listed) is (visibility != "hidden")


def test_a_key_without_the_right_adds_nothing(bea: Membership) -> None:
    api = _api(bea, Right.SEE_JOURNEYS)

    assert api("stakeholders/", {"name": "A", "kind": "role"}).status_code == 403
    assert api("stakeholder-maps/", {"title": "A"}).status_code == 403


def test_rows_of_another_tenant_are_not_there(bea: Membership) -> None:
    stranger = make.member()
    api = _api(bea)

    assert api(f"stakeholders/{stakeholder(stranger).pk}/").status_code == 404
    assert api(f"stakeholder-maps/{map_of(stranger).pk}/").status_code == 404
