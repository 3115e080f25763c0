"""The heat map of journeys by what customers answered, and what journeys come to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from journeys.models import JourneyMap
from tests import make
from tests.analytics.map_world import World, world
from tests.analytics.reading import load_scores
from tests.journeys import charting
from tests.journeys.promising import bound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.fixtures import DjangoAssertNumQueries

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
API = "/api/v1/journeys/heat/"


@pytest.fixture(autouse=True)
def _then() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def made() -> World:
    found = world("shop", "parcel")
    told: dict[str, Any] = {"of": found.member.tenant, "metric": "csat_5"}
    load_scores({5: 40, 1: 10}, touchpoint="shop", **told)
    load_scores({5: 1, 1: 9}, touchpoint="parcel", **told)
    return found


def seen(member: Membership, query: str = "", path: str = "") -> str:
    client = Client()
    client.force_login(member.user)
    address = f"/t/{member.tenant.slug}/journeys/{path or 'heat/?measure=measured'}{query}"
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def key(made: World, *rights: Right) -> dict[str, str]:
    _, secret = make.api_key(of=made.member.tenant, rights=rights)
    return {"X-Api-Key": secret}


def whole_and_stages(found: Any) -> list[dict[str, Any]]:
    return [found[0]["whole"], *found[0]["stages"]]


def cells(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<td class="(heat-\d)"><a href="[^"]*"><b>([^<]*)</b>', page)


def notes(page: str) -> list[str]:
    return re.findall(r'class="heat-note"[^>]*>([^<]*)', page)


def test_a_stage_is_coloured_by_all_answers_together(made: World) -> None:
    page = seen(made.member, "&metric=csat_5")

    # 41 of 60 are satisfied: the mean of 80 % and 10 % would be 45 %. 68.3 % lies at +0.73.
    assert cells(page) == [("heat-2", "68.3%"), ("heat-2", "68.3%")]
    assert all(re.match(r"60 answers, between [\d.]+ and [\d.]+$", one) for one in notes(page))


def test_each_figure_leads_to_as_many_answers_as_it_counts(made: World) -> None:
    page = seen(made.member, "&metric=csat_5")

    [address, _] = re.findall(r'class="heat-note" href="([^"]*)"', page)
    client = Client()
    client.force_login(made.member.user)
    listed = client.get(address.replace("&amp;", "&")).content.decode()

    assert "touchpoint=shop" in address
    assert "60 answers" in re.sub(r"<[^>]+>", "", listed)


def test_fewer_than_five_answers_are_told_to_nobody() -> None:
    made = world("shop")
    load_scores({5: 4}, touchpoint="shop", of=made.member.tenant, metric="csat_5")

    page = seen(made.member, "&metric=csat_5")

    assert cells(page) == [("heat-0", "–")] * 2
    assert all(one.startswith("Hidden") for one in notes(page))
    assert 'class="heat-note" href' not in page


def test_what_happens_at_no_touchpoint_says_so() -> None:
    made = world("shop")
    charting.stage(made.member, made.map_id, "Wait", 1)

    assert notes(seen(made.member, "&metric=csat_5"))[-1] == "No touchpoint"


def test_whoever_reads_no_answers_is_told_no_figure(made: World) -> None:
    headers = key(made, Right.SEE_JOURNEYS)

    found = Client().get(f"{API}?measure=measured&metric=csat_5", headers=headers).json()

    assert [one["heat"] for one in whole_and_stages(found)] == [0, 0]


def test_programs_get_the_same_figures_with_what_they_rest_on(made: World) -> None:
    headers = key(made, Right.SEE_JOURNEYS, Right.SEE_RESPONSES)

    found = Client().get(f"{API}?measure=measured&metric=csat_5", headers=headers).json()
    refused = Client().get(f"{API}?measure=measured&metric=gone", headers=headers)

    assert [(one["value"], one["heat"]) for one in whole_and_stages(found)] == [("68.3%", 2)] * 2
    assert all(one["words"].startswith("60 answers") for one in whole_and_stages(found))
    assert (refused.status_code, [one["field"] for one in refused.json()["errors"]]) == (
        422,
        ["metric"],
    )


def test_a_figure_that_is_not_there_gives_way_to_the_usual_one(made: World) -> None:
    assert len(cells(seen(made.member, "&metric=gone"))) == 2


def test_figures_take_as_many_queries_however_many_journeys(
    made: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = Client()
    client.force_login(made.member.user)
    address = f"/t/{made.member.tenant.slug}/journeys/heat/?measure=measured&metric=csat_5"
    client.get(address)

    for more in range(2):
        if more:
            world("shop", "parcel", member=made.member)
        with django_assert_num_queries(20):
            client.get(address)


def test_a_journey_comes_to_the_figures_of_all_its_answers(made: World) -> None:
    with tenant_bound(made.member.tenant_id):
        rows = JourneyMap.objects.for_tenant(made.member.tenant)
        rows.update(status="published", valid_from=make.NOW)
        # The usual figure is the one that most steps have.
        bound(made)

    page = seen(made.member, path=f"{made.journey_id}/peek/")

    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert re.search(r"Satisfaction 68\.3%, 60 answers, between [\d.]+ and [\d.]+", words)
