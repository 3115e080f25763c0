"""Journeys inside others: no circles, homes, and what a journey tells of those inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from journeys.errors import CircleError
from journeys.models import Journey, JourneyMap
from journeys.rules.circles import circle
from journeys.services.nesting import check_circles
from tests import make
from tests.journeys import charting

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.mark.parametrize(
    ("new", "known", "expected"),
    [
        ([], [("a", "b")], []),
        ([("a", "a")], [], ["a", "a"]),
        ([("a", "b")], [("b", "a")], ["a", "b", "a"]),
        ([("a", "b")], [("b", "c"), ("c", "d"), ("d", "a")], ["a", "b", "c", "d", "a"]),
        # The shortest of two ways.
        ([("a", "b")], [("b", "c"), ("c", "a"), ("b", "a")], ["a", "b", "a"]),
        ([("a", "b"), ("x", "y")], [("y", "x")], ["x", "y", "x"]),
        # Two ways up are no circle.
        ([("a", "b"), ("a", "c")], [("b", "d"), ("c", "d")], []),
    ],
)
def test_a_way_around_is_found(
    new: list[tuple[str, str]], known: list[tuple[str, str]], expected: list[str]
) -> None:
    assert circle(new, known) == expected


def put_in_step(member: Membership, inside: UUID, of: UUID, number: int = 1) -> UUID:
    """Let the journey *inside* lie in a step of a map of the journey *of*; give that map."""
    drawn = charting.blank_map(member, of, number=number)
    _, step = charting.stage(member, drawn)
    charting.do(member, drawn, charting.create(new_id(), "nested", {"journey": str(inside)}, step))
    return drawn


def journeys(member: Membership, *names: str) -> list[UUID]:
    return [charting.journey(member, name) for name in names]


def home_of(member: Membership, journey: UUID) -> UUID | None:
    with tenant_bound(member.tenant_id):
        return Journey.objects.for_tenant(member.tenant).get(pk=journey).parent_id


def test_a_journey_does_not_lie_in_a_step_of_its_own() -> None:
    member = make.member()
    [top] = journeys(member, "Top")

    with pytest.raises(CircleError, match="Top > Top"):
        put_in_step(member, top, top)


def test_steps_and_homes_make_no_circle_together() -> None:
    member = make.member()
    top, middle, low = journeys(member, "Top", "Middle", "Low")
    put_in_step(member, middle, top)
    put_in_step(member, low, middle)

    with pytest.raises(CircleError, match="Top > Low > Middle > Top") as raised:
        put_in_step(member, top, low)

    assert (raised.value.field, raised.value.status) == ("journey", 409)


def test_a_journey_in_a_step_gets_a_home_where_it_has_none() -> None:
    member = make.member()
    top, other, low = journeys(member, "Top", "Other", "Low")

    put_in_step(member, low, top)
    put_in_step(member, low, other)

    assert home_of(member, low) == top


def test_what_only_its_owner_changes_gets_no_home() -> None:
    member = make.member()
    owner = make.member(of=member.tenant)
    top, low = journeys(member, "Top", "Low")
    with tenant_bound(member.tenant_id):
        rows = Journey.objects.for_tenant(member.tenant).filter(pk=low)
        rows.update(visibility="viewable", owner=owner)

    put_in_step(member, low, top)

    assert home_of(member, low) is None


def test_retired_maps_hold_nobody_back() -> None:
    member = make.member()
    top, low = journeys(member, "Top", "Low")
    drawn = put_in_step(member, low, top)
    with tenant_bound(member.tenant_id):
        Journey.objects.for_tenant(member.tenant).filter(pk=low).update(parent=None)
        JourneyMap.objects.for_tenant(member.tenant).filter(pk=drawn).update(status="retired")

    put_in_step(member, top, low)

    assert home_of(member, top) == low


def test_a_hidden_journey_is_not_named_in_a_circle() -> None:
    member = make.member()
    top, low = journeys(member, "Top", "Secret")
    put_in_step(member, low, top)
    with tenant_bound(member.tenant_id):
        Journey.objects.for_tenant(member.tenant).filter(pk=low).update(visibility="hidden")

        with pytest.raises(CircleError, match="Top > a hidden journey > Top"):
            check_circles(member.tenant, [(top, low)], field="parent")
