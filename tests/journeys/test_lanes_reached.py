"""Lanes of a big map that an address leads into by what steps have: touchpoints, people, ways."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from tests import make
from tests.journeys import charting
from tests.journeys.big_map import BigMap, big_map
from tests.personas.mapping import stakeholder

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def _contact(made: BigMap) -> dict[str, Any]:
    return {"touchpoint": str(make.touchpoint(of=made.member.tenant).pk), "role": "primary"}


def _role(made: BigMap) -> dict[str, Any]:
    return {"stakeholder": str(stakeholder(made.member).pk), "role": "A"}


def _nested(made: BigMap) -> dict[str, Any]:
    return {"journey": str(charting.journey(made.member, "Getting help"))}


# The kind of an element that a step has, the kind of the lanes that show it, and its values.
SHOWN = [
    ("contact", "touchpoint", _contact),
    ("role", "actor", _role),
    ("nested", "nested", _nested),
]


def url(made: BigMap, more: str) -> str:
    return f"/t/{made.member.tenant.slug}/maps/{made.map_id}/{more}"


def get(made: BigMap, more: str) -> Any:
    client = Client()
    client.force_login(made.member.user)
    return client.get(url(made, more))


def put(made: BigMap, kind: str, lane: str, values: dict[str, Any]) -> tuple[UUID, UUID]:
    """Add two lanes of a kind below all others, and an element that both show; give it, and one."""
    element = new_id()
    charting.lane(made.member, made.map_id, lane, "Above it")
    last = charting.lane(made.member, made.map_id, lane, "Far down")
    charting.do(made.member, made.map_id, charting.create(element, kind, values, made.steps[3]))
    return element, last


def lane_in(markup: str, lane: UUID) -> str:
    found = re.search(rf'<tbody id="lane-{lane}".*?</tbody>', markup, re.DOTALL)
    assert found
    return found.group()


@pytest.mark.parametrize("name", ["of", "at"])
@pytest.mark.parametrize(("kind", "lane", "values"), SHOWN, ids=[one[0] for one in SHOWN])
def test_an_address_brings_the_lanes_that_show_what_it_is_about(
    kind: str, lane: str, values: Callable[[BigMap], dict[str, Any]], name: str
) -> None:
    made = big_map(make.member())
    element, last = put(made, kind, lane, values(made))

    plain = get(made, "").content.decode()
    shown = get(made, f"?{name}={element}").content.decode()

    assert "data-lane-waits" in lane_in(plain, last)
    assert f'data-lineage="{element}"' in lane_in(shown, last)
    assert "data-lane-waits" in lane_in(shown, made.lanes[50])


def test_the_lanes_of_an_element_are_asked_for_by_it() -> None:
    made = big_map(make.member())
    element, last = put(made, "contact", "touchpoint", _contact(made))

    found = get(made, f"lanes/?holding={element}").json()["lanes"]

    assert len(found) == 2
    assert f'data-lineage="{element}"' in found[str(last)]


def test_what_is_deleted_brings_no_lane() -> None:
    made = big_map(make.member())
    element, last = put(made, "contact", "touchpoint", _contact(made))
    charting.do(made.member, made.map_id, charting.asked(Deed.DELETE, element))

    shown = get(made, f"?at={element}").content.decode()

    assert "data-lane-waits" in lane_in(shown, last)
