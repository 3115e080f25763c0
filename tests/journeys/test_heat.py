"""The heat map, what journeys roll up to, and a look into one from outside."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Insight, JourneyMap
from journeys.rules.heat import Measure, heat
from journeys.selectors.rollup import RollUp, rollup_of
from tests import make
from tests.journeys import charting
from tests.journeys.sample import Sample, sample
from tests.journeys.test_journey_pages import change, seen, signed_in, url

if TYPE_CHECKING:
    from uuid import UUID

    from pytest_django.fixtures import DjangoAssertNumQueries

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.mark.parametrize(
    ("measure", "value", "text", "level"),
    [
        (Measure.DRAWN, None, "–", 0),
        (Measure.DRAWN, 2.0, "+2.0", 1),
        (Measure.DRAWN, 0.96, "+1.0", 2),
        (Measure.DRAWN, -0.01, "0", 3),
        (Measure.DRAWN, -0.5, "−0.5", 4),
        (Measure.DRAWN, -1.01, "−1.0", 5),
        (Measure.PAINS, 0, "0", 1),
        (Measure.PAINS, 1, "1", 2),
        (Measure.PAINS, 3, "3", 3),
        (Measure.PAINS, 7, "7", 5),
        (Measure.FRESHNESS, 80, "80", 1),
        (Measure.FRESHNESS, 19, "19", 5),
    ],
)
def test_a_value_is_written_and_has_a_heat(
    measure: Measure, value: float | None, text: str, level: int
) -> None:
    found = heat(measure, value)

    assert (found.text, found.level) == (text, level)


def journey_of(made: Sample) -> UUID:
    with tenant_bound(made.member.tenant_id):
        return JourneyMap.objects.for_tenant(made.member.tenant).get(pk=made.map_id).journey_id


def publish(made: Sample) -> None:
    with tenant_bound(made.member.tenant_id):
        rows = JourneyMap.objects.for_tenant(made.member.tenant).filter(pk=made.map_id)
        rows.update(status="published", valid_from=make.NOW)


def add_pain(made: Sample, step: int) -> UUID:
    """Show an open pain at a step of the map."""
    with tenant_bound(made.member.tenant_id):
        pain = Insight.objects.create(
            tenant=made.member.tenant,
            key="waiting",
            title="Nobody says when",
            kind="pain",
            status="open",
            created_at=make.NOW,
            updated_at=make.NOW,
        )
    lane = charting.lane(made.member, made.map_id, "insight", "Pains")
    charting.card(made.member, made.map_id, lane, made.steps[step], insight=str(pain.pk))
    return pain.pk


def cells(page: str) -> list[tuple[str, str]]:
    """Give the heats of the table's cells with their numbers."""
    return re.findall(r'<td class="(heat-\d)"><a href="[^"]*"><b>([^<]*)</b>', page)


def test_the_heat_map_shows_stages_by_what_was_drawn() -> None:
    made = sample(make.member())

    page = seen(made.member, "heat/")

    # By hand from what the sample feels: all eight values; 0, -1; 1, 2, -0.4; -1.3, 1, 1.
    assert cells(page) == [
        ("heat-3", "+0.3"),
        ("heat-4", "−0.5"),
        ("heat-2", "+0.9"),
        ("heat-3", "+0.2"),
    ]
    assert f"/maps/{made.map_id}/?of={made.stages[0]}" in page
    assert "Bad" in page


def test_what_people_wrote_stands_on_the_heat_map_as_text() -> None:
    made = sample(make.member())
    change(made.member, journey_of(made), title='<b>Bold</b> & "far"')
    charting.stage(made.member, made.map_id, "<i>Stage</i>", 1)

    for query in ("heat/", "heat/?by=levels"):
        page = seen(made.member, query)
        assert "<b>Bold" not in page
        assert "&lt;b&gt;Bold&lt;/b&gt; &amp;" in page
        assert "<i>Stage" not in page


def test_the_heat_map_counts_open_pains() -> None:
    made = sample(make.member())
    add_pain(made, 4)

    assert [number for _, number in cells(seen(made.member, "heat/?measure=pains"))] == [
        "1",
        "0",
        "0",
        "1",
    ]


def test_the_heat_map_stands_by_level_as_well() -> None:
    made = sample(make.member())

    assert len(cells(seen(made.member, "heat/?by=levels"))) == 1


@pytest.mark.parametrize("query", ["?measure=none", "?by=none", "?measure=freshness"])
def test_any_choice_shows_something(query: str) -> None:
    made = sample(make.member())

    assert len(cells(seen(made.member, f"heat/{query}"))) == 4


def test_what_one_may_not_open_is_not_on_the_heat_map() -> None:
    made = sample(make.member())
    change(made.member, journey_of(made), visibility="listed", owner=made.member)
    viewer = make.member(of=made.member.tenant, role=Role.VIEWER)

    assert cells(seen(viewer, "heat/")) == []


@pytest.mark.parametrize("measure", list(Measure))
def test_the_heat_map_has_the_same_queries_however_many_journeys(
    measure: Measure, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    member = make.member()
    sample(member)
    client, address = signed_in(member), url(member, f"heat/?measure={measure}")
    client.get(address)
    queries = 20 if measure is Measure.MEASURED else 15

    with django_assert_num_queries(queries):
        client.get(address)
    for number in range(3):
        drawn = charting.blank_map(member, charting.journey(member, f"Journey {number}"))
        charting.stage(member, drawn)
    with django_assert_num_queries(queries):
        client.get(address)


def test_a_live_map_is_rolled_up() -> None:
    made = sample(make.member())
    add_pain(made, 4)
    publish(made)
    journey = journey_of(made)

    with tenant_bound(made.member.tenant_id):
        found = rollup_of(made.member.tenant, [journey])[journey]

    # Of 0, -1, 1, 2, -1.3, 1 (Maya) and -0.4, 1 (Piet): 2.3 / 8.
    assert replace(found, mean=round(found.mean or 0, 6)) == RollUp(
        made.map_id,
        drawn=8,
        mean=round(2.3 / 8, 6),
        low=-1.3,
        high=2.0,
        pains=1,
        opportunities=0,
    )


def test_what_holds_nowhere_is_not_rolled_up() -> None:
    made = sample(make.member())

    with tenant_bound(made.member.tenant_id):
        assert rollup_of(made.member.tenant, [journey_of(made)]) == {}


def test_rolling_up_has_the_same_queries_however_many(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    made = sample(make.member())
    publish(made)
    other = charting.journey(made.member)
    charting.blank_map(made.member, other)
    with tenant_bound(made.member.tenant_id):
        JourneyMap.objects.for_tenant(made.member.tenant).filter(journey=other).update(
            status="published", valid_from=make.NOW
        )

        for journeys in ([other], [other, journey_of(made)]):
            with django_assert_num_queries(4):
                rollup_of(made.member.tenant, journeys)


def test_a_look_into_a_journey_shows_its_stages() -> None:
    made = sample(make.member())
    publish(made)

    page = seen(made.member, f"{journey_of(made)}/peek/")

    assert "<b>Become aware</b>" in page
    assert "Sees an ad for fibre, Compares providers" in page
    assert "Drawn +0.3, from -1.3 to +2.0" in page.replace("−", "-")


def test_a_look_into_anothers_journey_finds_nothing() -> None:
    made = sample(make.member())
    stranger = make.member()

    assert signed_in(stranger).get(url(stranger, f"{journey_of(made)}/peek/")).status_code == 404


def test_a_touchpoint_tells_the_steps_that_happen_there() -> None:
    made = sample(make.member())

    page = touchpoint_page(made.member, "Poster")

    assert f'/maps/{made.map_id}/?of={made.steps[0]}">Sees an ad for fibre</a>' in page
    assert "Switching to fibre at home: Current, draft, beside another touchpoint" in page


def test_what_was_merged_into_a_touchpoint_counts_for_it() -> None:
    made = sample(make.member())
    with tenant_bound(made.member.tenant_id):
        rows = touchpoints(made.member)
        rows.filter(title="Website").update(
            merged_into=rows.get(title="Poster"), archived_at=make.NOW
        )

    assert "Checks the address" in touchpoint_page(made.member, "Poster")


def touchpoints(member: Membership) -> Any:
    from cxm.touchpoints.models import Touchpoint  # noqa: PLC0415 - used in this corner only

    return Touchpoint.objects.for_tenant(member.tenant)


def touchpoint_page(member: Membership, title: str) -> str:
    with tenant_bound(member.tenant_id):
        pk = touchpoints(member).get(title=title).pk
    client = Client()
    client.force_login(member.user)
    return client.get(f"/t/{member.tenant.slug}/touchpoints/{pk}/").content.decode()
