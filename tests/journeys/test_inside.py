"""The way into journeys inside a map, and back up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Journey
from tests import make
from tests.journeys import charting

if TYPE_CHECKING:
    from uuid import UUID

    from django.test import Client

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


def nested(member: Membership) -> tuple[UUID, UUID, UUID, UUID]:
    """Draw a map with a journey inside; give the outer map, the element, the journey, its map."""
    inner = charting.journey(member, "I send back shoes")
    drawn = charting.blank_map(member, inner)
    charting.stage(member, drawn)
    outer = charting.blank_map(member, charting.journey(member, "Being a customer"))
    _, step = charting.stage(member, outer)
    element = new_id()
    charting.do(
        member,
        outer,
        charting.create(new_id(), "lane", {"kind": "nested", "title": "Inside"}, outer),
        charting.create(element, "nested", {"journey": str(inner)}, step),
    )
    return outer, element, inner, drawn


def page(member: Membership, name: str, *parts: object) -> str:
    return reverse(f"journeys:{name}", args=[member.tenant.slug, *parts])


def test_a_chip_leads_into_the_map_and_the_map_back_to_the_chip(
    client: Client, bea: Membership
) -> None:
    outer, element, inner, drawn = nested(bea)
    client.force_login(bea.user)
    door = page(bea, "journey-map-door", inner)

    above = client.get(page(bea, "map-page", outer)).content.decode()
    led = client.get(f"{door}?from={outer}")
    inside = client.get(led["Location"]).content.decode()

    assert f'<a class="chip-in" href="{door}?from={outer}"' in above
    assert led["Location"] == f"{page(bea, 'map-page', drawn)}?within={outer}"
    back = f'<a href="{page(bea, "map-page", outer)}?at={element}" data-map-up'
    assert back in inside


def test_reached_any_other_way_a_map_leads_up_to_the_home_of_its_journey(
    client: Client, bea: Membership
) -> None:
    outer, element, inner, drawn = nested(bea)
    client.force_login(bea.user)
    with tenant_bound(bea.tenant_id):
        home = Journey.objects.for_tenant(bea.tenant).get(title="Being a customer").pk

    shown = client.get(page(bea, "map-page", drawn)).content.decode()
    led = client.get(f"{page(bea, 'journey-map-door', home)}?to={inner}")

    assert f'{page(bea, "journey-map-door", home)}?to={inner}" data-map-up' in shown
    assert led["Location"] == f"{page(bea, 'map-page', outer)}?at={element}"


def test_a_journey_without_a_map_opens_its_own_page(client: Client, bea: Membership) -> None:
    journey = charting.journey(bea)
    client.force_login(bea.user)

    led = client.get(page(bea, "journey-map-door", journey))

    assert led["Location"] == page(bea, "journey-page", journey)


@pytest.mark.parametrize("within", ["", "nonsense", "own", "elsewhere"])
def test_a_map_that_the_journey_does_not_lie_in_is_no_way_up(
    client: Client, bea: Membership, within: str
) -> None:
    _, _, inner, drawn = nested(bea)
    with tenant_bound(bea.tenant_id):
        Journey.objects.for_tenant(bea.tenant).filter(pk=inner).update(parent=None)
    stranger = make.member()
    theirs, *_ = nested(stranger)
    told = {"own": str(drawn), "elsewhere": str(theirs)}.get(within, within)
    client.force_login(bea.user)

    shown = client.get(f"{page(bea, 'map-page', drawn)}?within={told}").content.decode()

    assert "data-map-up" not in shown


def test_a_home_that_one_may_not_open_is_not_named(client: Client, bea: Membership) -> None:
    _, _, _, drawn = nested(bea)
    with tenant_bound(bea.tenant_id):
        rows = Journey.objects.for_tenant(bea.tenant)
        rows.filter(title="Being a customer").update(visibility="hidden")
    client.force_login(make.member(of=bea.tenant, role=Role.VIEWER).user)

    shown = client.get(page(bea, "map-page", drawn)).content.decode()

    assert "data-map-up" not in shown
    assert "Being a customer" not in shown


def test_a_journey_that_is_not_open_has_no_door(client: Client, bea: Membership) -> None:
    _, _, inner, _ = nested(bea)
    with tenant_bound(bea.tenant_id):
        Journey.objects.for_tenant(bea.tenant).filter(pk=inner).update(visibility="hidden")
    client.force_login(make.member(of=bea.tenant, role=Role.VIEWER).user)

    assert client.get(page(bea, "journey-map-door", inner)).status_code == 404
