"""The page of a map: read, looked at in part, and refused to those who may not."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Journey, JourneyMap
from journeys.views.grid_markup import TABLE_PLACE
from tests import make
from tests.journeys import charting
from tests.journeys.sample import Sample, sample

if TYPE_CHECKING:
    from uuid import UUID

    from pytest_django.fixtures import DjangoAssertNumQueries

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def url(member: Membership, on: UUID, more: str = "") -> str:
    return f"/t/{member.tenant.slug}/maps/{on}/{more}"


def seen(member: Membership, made: Sample, more: str = "") -> str:
    """Give the page of a map as *member* sees it."""
    client = Client()
    client.force_login(member.user)
    answer = client.get(url(member, made.map_id, more))
    assert answer.status_code == 200
    return answer.content.decode()


def cell(page: str, lane: UUID, step: UUID) -> str:
    """Give the cell of a lane at a step."""
    found = re.search(rf'<td[^>]*data-lane="{lane}" data-step="{step}".*?</td>', page, re.DOTALL)
    assert found
    return found.group()


def colleague(member: Membership, role: Role) -> Membership:
    return make.member(of=member.tenant, role=role)


def change_journey(made: Sample, **columns: object) -> None:
    with tenant_bound(made.member.tenant_id):
        Journey.objects.for_tenant(made.member.tenant).filter(title__startswith="Sw").update(
            **columns
        )


def test_a_map_is_a_grid_of_lanes_and_steps() -> None:
    made = sample(make.member())

    page = seen(made.member, made)

    assert page.count('<th class="stage-head') == 3
    assert re.findall(r'data-kind="step" data-lineage="([^"]+)"', page) == list(
        map(str, made.steps)
    )
    assert re.findall(r'<tbody id="lane-([^"]+)"', page) == list(map(str, made.lanes.values()))
    assert 'aria-rowcount="19" aria-colcount="7"' in page


def test_the_map_leads_back_to_its_journey_and_on_to_its_check() -> None:
    made = sample(make.member())

    page = seen(made.member, made)

    with tenant_bound(made.member.tenant_id):
        row = JourneyMap.objects.for_tenant(made.member.tenant).get(pk=made.map_id)
    assert f'<a href="/t/{made.member.tenant.slug}/journeys/{row.journey_id}/">' in page
    assert page.count(url(made.member, made.map_id, "check/")) == 1


def test_a_cell_says_where_it_is_and_what_it_holds() -> None:
    made = sample(make.member())

    found = cell(seen(made.member, made), made.lanes["Does"], made.steps[0])

    assert '<span class="sr">Step 1, Sees an ad for fibre. Does. 1 card.</span>' in found
    assert "Sees a bus-stop poster and a friend&#39;s post" in found


def test_a_card_over_several_steps_is_one_cell() -> None:
    made = sample(make.member())

    found = cell(seen(made.member, made), made.lanes["Does"], made.steps[1])

    assert f'data-step-to="{made.steps[3]}" colspan="3"' in found
    assert "Asks friends again and again" in found


def test_an_emotion_is_a_button_on_its_curve_and_who_has_none_is_offered_one() -> None:
    made = sample(make.member())
    page = seen(made.member, made)

    found = cell(page, made.lanes["Feels"], made.steps[4])

    assert 'class="curve-point is-e1 persona-c1 dash-1 w-n2 t-7"' in found
    assert 'data-value="-1.3"' in found
    assert 'aria-label="Add a value for Piet at Step 5, Waits for the engineer"' in found
    assert "Lowest of Maya at Step 5, Waits for the engineer: −1.3." in page


@pytest.mark.parametrize(("value", "is_moved"), [(0.9, True), (-1.2, True), (1.4, False)])
def test_a_value_that_would_cover_another_ones_number_stands_beside_it(
    value: float, *, is_moved: bool
) -> None:
    made = sample(make.member())
    lane, step, piet = made.lanes["Feels"], made.steps[0], str(made.personas[1])
    charting.card(made.member, made.map_id, lane, step, value=value, persona=piet)

    found = cell(seen(made.member, made), lane, step)

    assert found.count('data-kind="card"') == 2
    assert ("shift-1" in found) is is_moved


def test_what_people_write_is_shown_as_text() -> None:
    made = sample(make.member())
    evil = "<script>alert(1)</script>"
    card = charting.put(made.cards["Does 0"], "text", evil)
    lane = charting.put(made.lanes["Does"], "title", evil)
    step = charting.put(made.steps[0], "title", evil)
    charting.do(made.member, made.map_id, card, lane, step)

    page = seen(made.member, made)

    assert evil not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 3


def test_the_table_stands_in_its_place_whatever_people_write() -> None:
    made = sample(make.member())
    evil = f"{TABLE_PLACE} & {TABLE_PLACE}"
    charting.do(made.member, made.map_id, charting.put(made.map_id, "name", evil))

    first, again = seen(made.member, made), seen(made.member, made)

    assert TABLE_PLACE not in first
    assert first.count('<table id="map-grid"') == 1
    assert re.search(r'<div class="map-scroll"[^>]*><table id="map-grid"', first)
    assert again.count('<table id="map-grid"') == 1


def test_cards_of_text_are_shown_each_with_its_own_words() -> None:
    made = sample(make.member())
    texts = ["A < B", "", "“C” & D", "E", "line\nbreak"]
    cards = [
        charting.card(made.member, made.map_id, made.lanes["Does"], made.steps[2], text=text)
        for text in texts
    ]

    page = seen(made.member, made)

    for pk, text in zip(cards, texts, strict=True):
        found = re.search(
            rf'data-lineage="{pk}".*?<div class="card-text">(.*?)</div>', page, re.DOTALL
        )
        assert found
        assert unescape(found.group(1)) == text


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [("filter=POSTCODE", 1, 33), ("filter=nobody-writes-this", 0, 34), ("changed=1", 0, 34)],
)
def test_a_filter_tells_how_many_cards_it_hides(query: str, shown: int, hidden: int) -> None:
    made = sample(make.member())

    page = seen(made.member, made, f"?{query}")

    assert f"{shown} card{'' if shown == 1 else 's'} shown" in page
    assert f"<strong>{hidden} hidden</strong>" in page


def test_a_persona_is_looked_at_alone() -> None:
    made = sample(make.member())

    page = seen(made.member, made, f"?persona={made.personas[1]}")

    assert f'data-lineage="{made.cards["Feels 0"]}"' not in page
    assert cell(page, made.lanes["Feels"], made.steps[2]).count("curve-point") == 1


def test_a_stage_is_looked_at_alone_and_cards_that_go_on_are_cut() -> None:
    made = sample(make.member())

    page = seen(made.member, made, f"?stage={made.stages[1]}")

    assert page.count('<th class="stage-head') == 1
    assert 'data-step-to="' + str(made.steps[3]) + '" colspan="2"' in page
    assert "Sees an ad for fibre" not in page


def test_a_folded_stage_is_one_column_and_a_folded_lane_counts() -> None:
    made = sample(make.member())

    page = seen(made.member, made, f"?toggle={made.stages[0]},{made.lanes['Does']}")

    assert f'data-lineage="{made.steps[0]}"' not in page
    assert "Stage Become aware, steps 1 to 2" in page
    assert '<span class="lane-count">1</span>' in cell(page, made.lanes["Does"], made.steps[2])


def test_a_lane_is_read_alone() -> None:
    made = sample(make.member())
    lane = made.lanes["Does"]

    answer = seen(made.member, made, f"lanes/{lane}/")

    assert answer.startswith(f'<tbody id="lane-{lane}"')
    assert answer.count("<tbody") == 1


def test_a_lane_of_another_map_is_not_found() -> None:
    made, other = sample(make.member()), sample(make.member())
    client = Client()
    client.force_login(made.member.user)

    answer = client.get(url(made.member, made.map_id, f"lanes/{other.lanes['Does']}/"))

    assert answer.status_code == 404


def test_what_is_renamed_elsewhere_is_seen_at_once() -> None:
    made = sample(make.member())
    assert "Field crew" in seen(made.member, made)

    with tenant_bound(made.member.tenant_id):
        from personas.models import Stakeholder  # noqa: PLC0415

        Stakeholder.objects.for_tenant(made.member.tenant).update(name="Engineers")

    page = seen(made.member, made)
    assert "Engineers" in page
    assert "Field crew" not in page


def test_a_viewer_reads_without_anything_to_change() -> None:
    made = sample(make.member())

    page = seen(colleague(made.member, Role.VIEWER), made)

    assert "data-map-editor" in page
    assert not set(re.findall(r"data-(?:editor|ops-url|change-url|undo|new-point)\b", page))


def test_a_published_map_offers_a_draft() -> None:
    made = sample(make.member())
    client = Client()
    client.force_login(made.member.user)
    client.post(url(made.member, made.map_id, "publish/"))

    page = seen(made.member, made)

    assert "data-ops-url" not in page
    assert f'action="{url(made.member, made.map_id, "draft/")}"' in page
    assert "Published" in page


def test_of_a_listed_journey_others_see_the_title() -> None:
    made = sample(make.member())
    change_journey(made, visibility="listed", owner=None)

    page = seen(colleague(made.member, Role.MANAGER), made)

    assert "This journey is listed, not open." in page
    assert "Sees an ad" not in page


def test_a_hidden_journey_is_found_by_nobody_else() -> None:
    made = sample(make.member())
    change_journey(made, visibility="hidden", owner=None)
    client = Client()
    client.force_login(colleague(made.member, Role.MANAGER).user)

    for more in (
        "",
        f"lanes/{made.lanes['Does']}/",
        f"panel/?of={made.steps[0]}",
        "changes?after=0",
    ):
        assert client.get(url(made.member, made.map_id, more)).status_code == 404


def test_the_title_of_a_hidden_journey_inside_is_not_told() -> None:
    made = sample(make.member())
    with tenant_bound(made.member.tenant_id):
        inside = Journey.objects.for_tenant(made.member.tenant).filter(title="Getting help")
        inside.update(visibility="hidden", owner=None)

    page = seen(colleague(made.member, Role.MANAGER), made)

    assert "Getting help" not in page
    assert "A journey that is not open to you" in page


@pytest.mark.parametrize("cards", [1, 40])
def test_the_queries_of_the_page_do_not_grow(
    cards: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = sample(make.member())
    for number in range(cards):
        charting.card(
            made.member, made.map_id, made.lanes["Does"], made.steps[number % 6], text=f"{number}"
        )
    client = Client()
    client.force_login(made.member.user)

    with django_assert_num_queries(21):
        client.get(url(made.member, made.map_id))


def test_the_page_is_read_again_with_few_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    made = sample(make.member())
    client = Client()
    client.force_login(made.member.user)
    client.get(url(made.member, made.map_id))

    with django_assert_num_queries(13):
        client.get(url(made.member, made.map_id))


@pytest.mark.parametrize(
    ("title", "queries"), [("Does", 4), ("Feels", 6), ("Touchpoints", 6), ("Satisfaction", 5)]
)
def test_a_lane_takes_few_queries_behind_the_door(
    title: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = sample(make.member())
    client = Client()
    client.force_login(made.member.user)

    # Signing in, the door and binding the tenant take the others.
    with django_assert_num_queries(7 + queries):
        client.get(url(made.member, made.map_id, f"lanes/{made.lanes[title]}/"))


def test_the_map_tells_what_it_was_begun_from() -> None:
    made = sample(make.member())
    client = Client()
    client.force_login(made.member.user)
    told = {"name": "As it shall be", "state": "future", "horizon": "2027-09-30"}
    answer = client.post(url(made.member, made.map_id, "fork/"), told)

    page = client.get(answer["Location"]).content.decode()

    assert f'begun from <a href="{url(made.member, made.map_id)}">map 1, As it is</a>' in page
    assert "to be real by 30 September 2027" in page
    with tenant_bound(made.member.tenant_id):
        assert JourneyMap.objects.for_tenant(made.member.tenant).get(number=2).state == "future"
