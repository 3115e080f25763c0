"""The numbers of a lane as parts of the map and as a table; who may see them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from django.http import HttpRequest
from django.urls import reverse

from cxm.kernel.holes import holes
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Journey
from personas.rules.kinds import Visibility
from tests import make
from tests.analytics.map_world import World, world
from tests.analytics.reading import load_scores
from tests.journeys import charting

if TYPE_CHECKING:
    from uuid import UUID

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
HTMX = {"HX-Request": "true"}


def address(of: World, lane: UUID, *, map_id: UUID | None = None, slug: str = "") -> str:
    slug = slug or of.member.tenant.slug
    return reverse("analytics:lane-numbers", args=[slug, map_id or of.map_id, lane])


@pytest.fixture
def made() -> World:
    found = world("shop", "<b>parcel</b>")
    load_scores({5: 40, 2: 10}, of=found.member.tenant, touchpoint="shop", metric="csat_5")
    return found


def test_the_map_gets_a_part_for_every_cell(client: Client, made: World) -> None:
    client.force_login(made.member.user)
    lane = made.lane()

    answer = client.get(address(made, lane), headers=HTMX)

    body = answer.content.decode()
    assert answer.status_code == 200
    assert body.count("<hx-partial") == 3
    for step in made.steps.values():
        assert f'hx-target="#n-{lane}-{step}"' in body
    assert ">80.0%</a>" in body
    assert "50 answers" in body
    assert f"/t/{made.member.tenant.slug}/responses/?" in body
    assert f"/t/{made.member.tenant.slug}/metrics/csat_5/?" in body


def test_without_htmx_it_is_a_table_with_the_widest_gaps_first(client: Client, made: World) -> None:
    client.force_login(made.member.user)
    made.feel({"shop": -2.0})

    answer = client.get(address(made, made.lane(mapping="minus_3")))

    body = answer.content.decode()
    assert "Drawn otherwise than measured" in body
    assert "drawn −2.0, measured +1.4" in body
    assert "<table" in body


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST])
def test_whoever_sees_journeys_sees_their_numbers(client: Client, made: World, role: Role) -> None:
    client.force_login(make.member(of=made.member.tenant, role=role).user)

    assert client.get(address(made, made.lane())).status_code == 200


def test_a_guest_finds_nothing(client: Client, made: World) -> None:
    client.force_login(make.member(of=made.member.tenant, role=Role.GUEST).user)

    assert client.get(address(made, made.lane())).status_code == 404


def test_strangers_and_other_maps_find_no_lane(client: Client, made: World) -> None:
    other = world("shop")
    client.force_login(made.member.user)
    lane, plain = made.lane(), charting.lane(made.member, made.map_id)
    second = charting.blank_map(made.member, made.journey_id, number=2)
    charting.stage(made.member, second)
    own, foreign = made.member.tenant.slug, other.member.tenant.slug

    tried = [
        address(made, new_id()),
        address(made, plain),
        address(made, lane, map_id=second),
        address(made, other.lane(), map_id=other.map_id, slug=own),
        address(made, other.lane(), map_id=other.map_id, slug=foreign),
    ]

    assert [client.get(url, headers=HTMX).status_code for url in tried] == [404] * 5


def test_a_hidden_journey_hides_its_numbers(client: Client, made: World) -> None:
    lane = made.lane()
    with tenant_bound(made.member.tenant_id):
        Journey.objects.for_tenant(made.member.tenant).update(visibility=Visibility.HIDDEN)
    client.force_login(make.member(of=made.member.tenant, role=Role.VIEWER).user)

    assert client.get(address(made, lane)).status_code == 404


def test_a_map_asks_for_the_numbers_of_a_lane_once(made: World) -> None:
    lane = made.lane()
    drawn = SimpleNamespace(row=SimpleNamespace(lineage=lane, kind="experience"))

    markup = holes.content(
        "map-lane-numbers", HttpRequest(), SimpleNamespace(map=made.map(), lane=drawn)
    )

    assert markup.count(f'hx-get="{address(made, lane)}"') == 1
    assert 'hx-trigger="numbers-wanted"' in markup
    assert "Number not available" in markup
