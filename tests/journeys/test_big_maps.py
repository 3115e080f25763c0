"""A map too big to be drawn at once: its first lanes, and the others as they are asked for."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.ids import new_id
from cxm.tenants.rules import Role
from tests import make
from tests.journeys import charting
from tests.journeys.big_map import LANES, BigMap, big_map
from tests.journeys.sample import sample

if TYPE_CHECKING:
    from uuid import UUID

    from pytest_django.fixtures import DjangoAssertNumQueries

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
END = "The end of the way"
NOBODY = "0199aaaa-0000-7000-8000-000000000000"


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(made: BigMap, more: str = "") -> str:
    return f"/t/{made.member.tenant.slug}/maps/{made.map_id}/{more}"


def page(made: BigMap, query: str = "") -> str:
    answer = signed_in(made.member).get(url(made, query))
    assert answer.status_code == 200
    return answer.content.decode()


def lanes_asked(made: BigMap, query: str) -> dict[str, str]:
    """Give lanes by lineage as the page gets them."""
    answer = signed_in(made.member).get(url(made, f"lanes/?{query}"))
    assert answer.status_code == 200
    lanes: dict[str, str] = answer.json()["lanes"]
    return lanes


def lane_in(markup: str, lane: UUID) -> str:
    found = re.search(rf'<tbody id="lane-{lane}".*?</tbody>', markup, re.DOTALL)
    assert found
    return found.group()


def waiting(markup: str) -> int:
    return markup.count(" data-lane-waits")


def do(made: BigMap, *told: dict[str, Any], query: str = "") -> str:
    """Change the map as its page does; give the parts that it gets."""
    answer = signed_in(made.member).post(
        url(made, f"ops?{query}"),
        json.dumps([{"id": str(new_id()), "batch": str(new_id()), **one} for one in told]),
        "application/json",
    )
    assert answer.status_code == 200
    html: str = answer.json()["html"]
    return html


def test_the_first_lanes_are_drawn_and_the_others_are_named_and_counted() -> None:
    made = big_map(make.member())

    shown = page(made)

    assert "data-lane-waits" not in lane_in(shown, made.lanes[0])
    last = lane_in(shown, made.lanes[-1])
    assert '<span class="map-words" data-title>Lane 59</span>' in last
    assert "1 card, not shown yet" in last
    assert END not in shown
    assert f'aria-rowcount="{LANES + 2}"' in shown
    assert 0 < waiting(shown) < LANES


def test_a_map_of_the_usual_size_comes_whole() -> None:
    made = sample(make.member())
    client = signed_in(made.member)

    shown = client.get(f"/t/{made.member.tenant.slug}/maps/{made.map_id}/").content.decode()

    assert waiting(shown) == 0
    assert "Show all lanes" not in shown


def test_all_lanes_are_shown_to_who_asks_for_them() -> None:
    made = big_map(make.member())
    link = re.search(r'href="([^"]+)">Show all lanes<', page(made))
    assert link

    whole = signed_in(made.member).get(link.group(1)).content.decode()

    assert waiting(whole) == 0
    assert END in whole


@pytest.mark.parametrize("query", ["of={}", "of={}&tab=history", "comments=1&about={}"])
def test_what_the_address_is_about_is_drawn(query: str) -> None:
    made = big_map(make.member())
    card = made.card(50, 3, "Looked for")

    shown = page(made, f"?{query.format(card)}")

    assert "data-lane-waits" not in lane_in(shown, made.lanes[50])
    assert "data-lane-waits" in lane_in(shown, made.lanes[51])


def test_a_page_that_was_kept_is_not_shown_for_another_address() -> None:
    made = big_map(make.member())
    page(made)

    assert END in page(made, f"?of={made.lanes[-1]}")
    assert END not in page(made)


def test_lanes_come_by_themselves() -> None:
    made = big_map(make.member())
    wanted = made.lanes[-1], made.lanes[-2]

    found = lanes_asked(made, f"of={wanted[0]},{wanted[1]}")

    assert set(found) == set(map(str, wanted))
    assert END in found[str(wanted[0])]
    assert all(one.startswith(f'<tbody id="lane-{pk}"') for pk, one in found.items())
    assert waiting("".join(found.values())) == 0


def test_the_lane_of_a_card_comes() -> None:
    made = big_map(make.member())
    card = made.card(50, 3, "Looked for")

    assert set(lanes_asked(made, f"holding={card}")) == {str(made.lanes[50])}


def test_lanes_are_looked_at_as_the_page_is() -> None:
    made = big_map(make.member())

    found = lanes_asked(made, f"of={made.lanes[-1]}&filter=nobody-writes-this")

    assert END not in found[str(made.lanes[-1])]
    assert "1 hidden" in found[str(made.lanes[-1])]


@pytest.mark.parametrize("query", ["", "of=", "of=x", f"of={NOBODY}", f"holding={NOBODY}"])
def test_of_what_is_not_on_the_map_nothing_comes(query: str) -> None:
    assert lanes_asked(big_map(make.member()), query) == {}


def test_lanes_of_another_map_do_not_come() -> None:
    made, other = big_map(make.member()), sample(make.member())
    theirs = other.lanes["Does"], other.cards["Does 0"]

    assert lanes_asked(made, f"of={theirs[0]}&holding={theirs[1]}") == {}


def test_lanes_are_for_those_who_may_open_the_map() -> None:
    made = big_map(make.member())
    stranger = make.member(role=Role.MANAGER)

    answer = signed_in(stranger).get(url(made, f"lanes/?of={made.lanes[0]}"))

    assert answer.status_code == 404


def test_filters_count_the_cards_of_lanes_that_wait() -> None:
    made = big_map(make.member())
    made.card(0, 0, "The end of the street")
    made.card(55, 0, "The beginning")

    shown = page(made, "?filter=the+end")

    assert "2 cards shown" in shown
    assert "<strong>1 hidden</strong>" in shown
    assert "1 card, not shown yet" in lane_in(shown, made.lanes[-1])
    assert "Not shown yet" in lane_in(shown, made.lanes[55])
    assert "1 hidden" in lane_in(shown, made.lanes[55])


def test_one_stage_of_a_big_map_comes_whole() -> None:
    made = big_map(make.member())
    stage = charting.stage(made.member, made.map_id, "After it", 1)[0]

    assert waiting(page(made, f"?stage={stage}")) == 0


def test_a_line_is_there_at_once() -> None:
    made = big_map(make.member())
    line = charting.lane(made.member, made.map_id, "line", "Below it")

    assert "data-lane-waits" not in lane_in(page(made), line)


def test_a_change_of_a_card_brings_its_lane_alone() -> None:
    made = big_map(make.member())
    card = made.card(50, 3, "Looked for")

    parts = do(made, {"op": "set", "lineage": str(card), "field": "text", "value": "Found"})

    assert parts.count("<tbody") == 1
    assert "Found" in lane_in(parts, made.lanes[50])


def test_a_change_of_all_columns_brings_the_lanes_that_are_in_sight() -> None:
    made = big_map(make.member())
    told = {"op": "set", "lineage": str(made.steps[0]), "field": "title", "value": "Begins"}

    parts = do(made, told, query=f"near={made.lanes[40]},{made.lanes[41]}")

    drawn = [n for n in range(LANES) if "data-lane-waits" not in lane_in(parts, made.lanes[n])]
    assert drawn == [40, 41]


@pytest.mark.parametrize("cards", [1, 30])
def test_the_queries_of_a_big_map_do_not_grow(
    cards: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = big_map(make.member())
    for number in range(cards):
        made.card(number, 0, "A card")
    client = signed_in(made.member)

    with django_assert_num_queries(16):
        client.get(url(made))


@pytest.mark.parametrize("lanes", [1, 30])
def test_lanes_take_few_queries_behind_the_door(
    lanes: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = big_map(make.member())
    client = signed_in(made.member)

    # Signing in, the door and binding the tenant take seven.
    with django_assert_num_queries(7 + 4):
        client.get(url(made, f"lanes/?of={','.join(map(str, made.lanes[-lanes:]))}"))
