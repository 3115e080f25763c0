"""What journeys inside the steps of a map come to, in the lane that asks for figures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Journey, JourneyMap
from tests import make
from tests.analytics.map_world import World, world
from tests.analytics.reading import load_scores
from tests.journeys import charting
from tests.journeys.promising import bound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _then() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def made() -> World:
    """A journey whose live map has 60 answers at its touchpoints."""
    found = world("shop", "parcel")
    told: dict[str, Any] = {"of": found.member.tenant, "metric": "csat_5"}
    load_scores({5: 40, 1: 10}, touchpoint="shop", **told)
    load_scores({5: 1, 1: 9}, touchpoint="parcel", **told)
    with tenant_bound(found.member.tenant_id):
        live = JourneyMap.objects.for_tenant(found.member.tenant).filter(pk=found.map_id)
        live.update(status="published", valid_from=make.NOW)
        bound(found)
    return found


def outer_map(made: World, *inside: UUID, rollup: str = "metrics") -> tuple[UUID, UUID, list[UUID]]:
    """Draw a map with journeys inside its step; give it, its lane and their elements."""
    member = made.member
    outer = charting.blank_map(member, charting.journey(member, "Being a customer"))
    _, step = charting.stage(member, outer)
    lane, elements = new_id(), [new_id() for _ in inside]
    values = {"kind": "nested", "title": "Inside", "config": {"rollup": rollup}}
    charting.do(
        member,
        outer,
        charting.create(lane, "lane", values, outer),
        *(
            charting.create(pk, "nested", {"journey": str(journey)}, step)
            for pk, journey in zip(elements, inside, strict=True)
        ),
    )
    return outer, lane, elements


def answer(member: Membership, path: str, **headers: str) -> str:
    client = Client()
    client.force_login(member.user)
    found = client.get(f"/t/{member.tenant.slug}/{path}", headers=headers)
    assert found.status_code == 200
    return found.content.decode()


def words(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


FIGURE = re.compile(r"Satisfaction 68\.3%, 60 answers, between [\d.]+ and [\d.]+")


def test_the_figure_is_that_of_the_journeys_own_page(made: World) -> None:
    outer, lane, [element] = outer_map(made, made.journey_id)

    page = answer(made.member, f"maps/{outer}/")
    parts = answer(made.member, f"maps/{outer}/lanes/{lane}/inside/", **HTMX)
    own = answer(made.member, f"journeys/{made.journey_id}/peek/")

    assert f'id="inside-{lane}-{element}"' in page
    assert f'hx-get="/t/{made.member.tenant.slug}/maps/{outer}/lanes/{lane}/inside/"' in page
    assert f'hx-target="#inside-{lane}-{element}"' in parts
    [told], [same] = FIGURE.findall(words(parts)), FIGURE.findall(words(own))
    assert told == same


def test_the_worst_freshness_is_told_of_all_journeys_inside(made: World) -> None:
    member = made.member
    with tenant_bound(member.tenant_id):
        rows = Journey.objects.for_tenant(member.tenant).filter(pk=made.journey_id)
        # Reviewed today, which weighs 15 of the 50 that are known: 0.35 coverage and 0.15 review.
        rows.update(review_every_days=30, reviewed_on=make.NOW.date())
    other = charting.journey(member, "Another")
    drawn = charting.blank_map(member, other)
    charting.stage(member, drawn)
    with tenant_bound(member.tenant_id):
        live = JourneyMap.objects.for_tenant(member.tenant).filter(pk=drawn)
        live.update(status="published", valid_from=make.NOW)
    outer, lane, _ = outer_map(made, made.journey_id, other)

    told = words(answer(member, f"maps/{outer}/lanes/{lane}/inside/", **HTMX))

    assert "Freshness: the worst is 0 of 100" in told
    assert "freshness 30 of 100" in told
    assert "freshness 0 of 100" in told


def test_a_journey_without_a_live_map_says_so_and_one_that_is_not_open_nothing(
    made: World,
) -> None:
    member = made.member
    other = charting.journey(member, "No map yet")
    outer, lane, [first, second] = outer_map(made, made.journey_id, other)
    with tenant_bound(member.tenant_id):
        Journey.objects.for_tenant(member.tenant).filter(pk=made.journey_id).update(
            visibility="listed"
        )
    viewer = make.member(of=member.tenant, role=Role.VIEWER)

    told = answer(viewer, f"maps/{outer}/lanes/{lane}/inside/", **HTMX)

    assert f"#inside-{lane}-{first}" not in told
    assert f"#inside-{lane}-{second}" in told
    assert "No map of it holds now" in told


def test_without_script_the_figures_are_a_table(made: World) -> None:
    outer, lane, _ = outer_map(made, made.journey_id)

    page = answer(made.member, f"maps/{outer}/lanes/{lane}/inside/")

    assert FIGURE.search(words(page))
    assert '<th scope="row">' in page


def test_only_a_lane_of_journeys_inside_tells_them(made: World) -> None:
    outer, _, _ = outer_map(made, made.journey_id)
    other = charting.lane(made.member, outer)
    client = Client()
    client.force_login(made.member.user)

    found = client.get(f"/t/{made.member.tenant.slug}/maps/{outer}/lanes/{other}/inside/")

    assert found.status_code == 404


def test_figures_take_as_many_queries_however_many_journeys_are_inside(made: World) -> None:
    counts = []
    for inside in ([], [charting.journey(made.member, f"J {n}") for n in range(3)]):
        outer, lane, _ = outer_map(made, made.journey_id, *inside)
        path = f"maps/{outer}/lanes/{lane}/inside/"
        answer(made.member, path, **HTMX)
        with CaptureQueriesContext(connection) as caught:
            answer(made.member, path, **HTMX)
        counts.append(len(caught))

    assert counts[0] == counts[1]
