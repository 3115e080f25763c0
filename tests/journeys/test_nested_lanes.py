"""Journeys inside the steps of a map: what they come to, on the map and beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Journey, JourneyMap
from journeys.services.maps import publish_map
from tests import make
from tests.journeys import charting as m
from tests.journeys.sample import Sample, sample

if TYPE_CHECKING:
    from uuid import UUID

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


def _inside() -> tuple[Sample, UUID]:
    """Draw a journey whose map holds, and another map with it in a step; give both."""
    made = sample(make.member())
    member = made.member
    rows = JourneyMap.objects.for_tenant(member.tenant).select_related("tenant", "journey")
    with tenant_bound(member.tenant_id):
        live = rows.get(pk=made.map_id)
        publish_map(of=live, by=member, now=make.NOW)
    outer = m.blank_map(member, m.journey(member, "Being a customer"))
    _stage, step = m.stage(member, outer)
    put = m.create(new_id(), "nested", {"journey": str(live.journey_id)}, step)
    m.do(member, outer, put)
    return made, outer


def _lane(member: Membership, outer: UUID, rollup: str) -> UUID:
    lane = new_id()
    values = {"kind": "nested", "title": "Inside", "config": {"rollup": rollup}}
    m.do(member, outer, m.create(lane, "lane", values, outer))
    return lane


def _page(client: Client, member: Membership, outer: UUID, query: str = "") -> str:
    client.force_login(member.user)
    address = reverse("journeys:map-page", args=[member.tenant.slug, outer])
    return client.get(f"{address}{query}").content.decode()


# Of 0, -1, 1, 2, -1.3, 1 (Maya) and -0.4, 1 (Piet) the mean is 2.3 / 8.
@pytest.mark.parametrize(
    ("rollup", "words"),
    [
        ("none", ""),
        ("emotion", '<span class="chip-sub">+0.3, from −1.3 to +2</span>'),
        ("counts", '<span class="chip-sub">0 pains, 0 opportunities open</span>'),
    ],
)
def test_a_lane_tells_what_a_journey_inside_comes_to(
    rollup: str, words: str, client: Client
) -> None:
    made, outer = _inside()
    _lane(made.member, outer, rollup)

    page = _page(client, made.member, outer)

    assert '<span class="chip-words">Switching to fibre at home</span>' in page
    assert words in page
    assert page.count('class="chip-sub"') == bool(words)


def test_what_changes_inside_is_seen_at_once(client: Client) -> None:
    made, outer = _inside()
    _lane(made.member, outer, "emotion")
    _page(client, made.member, outer)
    with tenant_bound(made.member.tenant_id):
        JourneyMap.objects.for_tenant(made.member.tenant).filter(pk=made.map_id).update(
            status="retired"
        )

    assert 'class="chip-sub"' not in _page(client, made.member, outer)


def test_of_a_journey_that_one_may_not_open_nothing_but_the_title_is_told(client: Client) -> None:
    made, outer = _inside()
    _lane(made.member, outer, "emotion")
    with tenant_bound(made.member.tenant_id):
        live = JourneyMap.objects.for_tenant(made.member.tenant).get(pk=made.map_id)
        Journey.objects.for_tenant(made.member.tenant).filter(pk=live.journey_id).update(
            visibility="listed"
        )
    viewer = make.member(of=made.member.tenant, role=Role.VIEWER)

    page = _page(client, viewer, outer)

    assert '<span class="chip-words">Switching to fibre at home</span>' in page
    assert 'class="chip-sub"' not in page


def test_rolling_up_takes_four_queries_more(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made, outer = _inside()
    lane = _lane(made.member, outer, "none")
    _page(client, made.member, outer)
    with django_assert_num_queries(13):
        _page_again(client, made.member, outer)
    m.do(made.member, outer, m.put(lane, "config", {"rollup": "counts"}))
    _page(client, made.member, outer)

    with django_assert_num_queries(17):
        _page_again(client, made.member, outer)


def test_rolling_up_takes_as_many_queries_however_many_journeys_are_inside(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made, outer = _inside()
    _lane(made.member, outer, "counts")
    for number in range(3):
        _stage, step = m.stage(made.member, outer, f"Stage {number}")
        inside = str(m.journey(made.member, f"Journey {number}"))
        m.do(made.member, outer, m.create(new_id(), "nested", {"journey": inside}, step))
    _page(client, made.member, outer)

    with django_assert_num_queries(17):
        _page_again(client, made.member, outer)


def _page_again(client: Client, member: Membership, outer: UUID) -> None:
    client.get(reverse("journeys:map-page", args=[member.tenant.slug, outer]))


@pytest.mark.parametrize(("visibility", "is_told"), [("viewable", True), ("listed", False)])
def test_the_panel_leads_into_a_journey_that_one_may_open(
    visibility: str, client: Client, *, is_told: bool
) -> None:
    made, outer = _inside()
    with tenant_bound(made.member.tenant_id):
        live = JourneyMap.objects.for_tenant(made.member.tenant).get(pk=made.map_id)
        Journey.objects.for_tenant(made.member.tenant).filter(pk=live.journey_id).update(
            visibility=visibility
        )
    nested = m.state_of(made.member, outer).of_kind("nested")[0].id
    viewer = make.member(of=made.member.tenant, role=Role.VIEWER)

    page = _page(client, viewer, outer, f"?of={nested}")

    assert (f"/journeys/{live.journey_id}/peek/" in page) is is_told
