"""Journeys as pages: the list, making one, and the page of one with its maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Journey, JourneyMap, JourneyTag
from tests import make
from tests.journeys import charting
from tests.personas import mapping

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(member: Membership, more: str = "") -> str:
    return f"/t/{member.tenant.slug}/journeys/{more}"


def seen(member: Membership, more: str = "") -> str:
    answer = signed_in(member).get(url(member, more))
    assert answer.status_code == 200
    return answer.content.decode()


def posted(member: Membership, more: str, **values: Any) -> HttpResponse:
    return signed_in(member).post(url(member, more), values)  # type: ignore[return-value]


def row_of(member: Membership, journey: UUID) -> Journey:
    with tenant_bound(member.tenant_id):
        return Journey.objects.for_tenant(member.tenant).get(pk=journey)


def maps_of(member: Membership, journey: UUID) -> list[JourneyMap]:
    with tenant_bound(member.tenant_id):
        rows = JourneyMap.objects.for_tenant(member.tenant).filter(journey=journey)
        return list(rows.order_by("number"))


def change(member: Membership, journey: UUID, **columns: Any) -> None:
    with tenant_bound(member.tenant_id):
        Journey.objects.for_tenant(member.tenant).filter(pk=journey).update(**columns)


def test_a_workspace_without_journeys_invites_to_make_one() -> None:
    page = seen(make.member())

    assert "No journeys yet" in page
    assert page.count("New journey") >= 2


def test_a_journey_begins_with_a_template_and_opens_as_a_map() -> None:
    member = make.member()

    answer = posted(
        member,
        "new/",
        title="I send back shoes",
        goal="The money is back",
        level="2",
        parent="",
        template="blueprint",
    )

    with tenant_bound(member.tenant_id):
        journey = Journey.objects.for_tenant(member.tenant).get()
    [drawn] = maps_of(member, journey.pk)
    assert (journey.title, journey.goal, journey.owner_id) == (
        "I send back shoes",
        "The money is back",
        member.pk,
    )
    assert answer["Location"] == f"/t/{member.tenant.slug}/maps/{drawn.pk}/"
    assert (drawn.state, drawn.status, drawn.template) == ("current", "draft", "blueprint")


def test_a_journey_without_a_title_is_asked_for_one() -> None:
    member = make.member()

    answer = posted(member, "new/", title=" ", level="2", parent="", template="blank")

    assert answer.status_code == 422
    assert 'id="id_title_error"' in answer.content.decode()


def test_the_page_shows_maps_by_the_world_they_show() -> None:
    member = make.member()
    journey = charting.journey(member)
    charting.blank_map(member, journey)

    page = seen(member, f"{journey}/")

    assert 'id="state-current"' in page
    assert 'id="state-future"' not in page
    assert "As it is" in page


def test_a_further_map_is_made_of_a_journey() -> None:
    member = make.member()
    journey = charting.journey(member)

    answer = posted(
        member, f"{journey}/maps/new/", name="How it should be", state="ideal", template="blank"
    )

    [drawn] = maps_of(member, journey)
    assert answer.status_code == 302
    assert (drawn.name, drawn.state, drawn.status) == ("How it should be", "ideal", "draft")


def test_a_field_is_changed_where_it_stands() -> None:
    member = make.member()
    journey = charting.journey(member)

    answer = posted(
        member,
        f"{journey}/change/",
        op="set",
        lineage=journey,
        field="level",
        value="0",
        base_rev=1,
    )

    assert answer.status_code == 302
    assert row_of(member, journey).level == 0


def test_a_journey_is_archived_and_restored() -> None:
    member = make.member()
    journey = charting.journey(member)

    posted(member, f"{journey}/archive/")
    archived = seen(member, f"{journey}/")
    posted(member, f"{journey}/restore/")

    assert "This journey is archived." in archived
    assert row_of(member, journey).archived_at is None


def test_a_draft_is_put_away_and_brought_back() -> None:
    member = make.member()
    journey = charting.journey(member)
    drawn = charting.blank_map(member, journey)
    client, address = signed_in(member), f"/t/{member.tenant.slug}/maps/{drawn}/archive/"

    client.post(address, {"archived": "1"})
    page = seen(member, f"{journey}/")
    client.post(address)

    assert "1 put away" in page
    assert maps_of(member, journey)[0].archived_at is None


def test_a_published_map_is_not_put_away() -> None:
    member = make.member()
    journey = charting.journey(member)
    drawn = charting.blank_map(member, journey)
    with tenant_bound(member.tenant_id):
        JourneyMap.objects.for_tenant(member.tenant).update(status="published", valid_from=make.NOW)

    answer = signed_in(member).post(
        f"/t/{member.tenant.slug}/maps/{drawn}/archive/", {"archived": "1"}
    )

    assert answer.status_code == 403
    assert "This was not done." in answer.content.decode()


def test_tags_are_given_and_taken() -> None:
    member = make.member()
    journey = charting.journey(member)

    posted(member, f"{journey}/tags/", name="Harbour", dimension="Brand")
    posted(member, f"{journey}/tags/", name=" Harbour ", dimension="Brand")
    with tenant_bound(member.tenant_id):
        [tag] = JourneyTag.objects.for_tenant(member.tenant)
    page = seen(member, f"{journey}/")
    posted(member, f"{journey}/tags/{tag.pk}/remove/")

    assert (tag.dimension, tag.name) == ("Brand", "Harbour")
    assert "Take away Harbour" in page
    with tenant_bound(member.tenant_id):
        assert not JourneyTag.objects.for_tenant(member.tenant).exists()


def test_a_tag_that_is_too_long_is_refused_with_its_limit() -> None:
    member = make.member()
    journey = charting.journey(member)

    answer = posted(member, f"{journey}/tags/", name="x" * 61)

    assert answer.status_code == 422
    assert "1 to 60 characters" in answer.content.decode()


def test_a_stakeholder_map_is_kept_with_a_journey() -> None:
    member = make.member()
    journey = charting.journey(member)
    drawn = mapping.map_of(member, "Who sends parcels")

    posted(member, f"{journey}/stakeholder-maps/", map=drawn.pk)
    joined = seen(member, f"{journey}/")
    posted(member, f"{journey}/stakeholder-maps/{drawn.pk}/part/")

    assert "Take away Who sends parcels" in joined
    assert "Take away Who sends parcels" not in seen(member, f"{journey}/")


def test_a_stakeholder_map_has_to_be_chosen() -> None:
    member = make.member()
    journey = charting.journey(member)

    assert posted(member, f"{journey}/stakeholder-maps/", map="none").status_code == 422


@pytest.mark.parametrize(
    ("visibility", "status", "is_read"),
    [("hidden", 404, False), ("listed", 200, False), ("viewable", 200, True)],
)
def test_who_finds_a_journey_is_its_owners_choice(
    visibility: str, status: int, *, is_read: bool
) -> None:
    member = make.member()
    journey = charting.journey(member)
    change(member, journey, visibility=visibility, goal="The money is back", owner=member)
    other = make.member(of=member.tenant, role=Role.CONTRIBUTOR)

    answer = signed_in(other).get(url(other, f"{journey}/"))

    assert answer.status_code == status
    assert ("The money is back" in answer.content.decode()) is is_read


@pytest.mark.parametrize("deed", ["archive/", "restore/", "tags/", "maps/new/", "change/"])
def test_viewers_change_nothing(deed: str) -> None:
    member = make.member()
    journey = charting.journey(member)
    viewer = make.member(of=member.tenant, role=Role.VIEWER)

    answer = posted(viewer, f"{journey}/{deed}")

    assert answer.status_code in {403, 404}
    assert "data-editor" not in seen(viewer, f"{journey}/")


@pytest.mark.parametrize("deed", ["", "archive/", "tags/", "maps/new/", "stakeholder-maps/"])
def test_a_journey_of_another_workspace_is_not_found(deed: str) -> None:
    stranger, journey = make.member(), charting.journey(make.member())

    assert posted(stranger, f"{journey}/{deed}").status_code in {404, 405}
    assert signed_in(stranger).get(url(stranger, f"{journey}/")).status_code == 404
