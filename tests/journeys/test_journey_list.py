"""The list of journeys: as a tree, filtered, and done with several at once; kept views."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cxm.collaboration.models import SavedView
from cxm.collaboration.selectors.evidence import day_in
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Journey, JourneyTag, ReviewRequest, ReviewVote
from journeys.rules.freshness import worst
from journeys.services.tagging import tag_journeys
from tests import make
from tests.journeys import charting
from tests.journeys.sample import sample
from tests.journeys.test_journey_pages import (
    change,
    maps_of,
    posted,
    row_of,
    seen,
    signed_in,
    url,
)

if TYPE_CHECKING:
    from uuid import UUID

    from pytest_django.fixtures import DjangoAssertNumQueries

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def titles(page: str) -> list[str]:
    return re.findall(r'<th scope="row" class="name[^"]*">(?:<a[^>]*>)?([^<]+)', page)


def tagged(member: Membership, journey: UUID, name: str, dimension: str = "") -> None:
    with tenant_bound(member.tenant_id):
        row = Journey.objects.for_tenant(member.tenant).select_related("tenant").get(pk=journey)
        tag_journeys(journeys=[row], name=name, dimension=dimension)


def test_journeys_stand_as_a_tree() -> None:
    member = make.member()
    child, top, other = (charting.journey(member, title) for title in ("A", "Z", "M"))
    change(member, child, parent=top)

    page = seen(member)

    assert titles(page) == ["M", "Z", "A"]
    assert re.search(r'class="name depth-2">[^A]*<a[^>]*>A<', page)
    assert str(other) in page


def test_a_filtered_list_is_flat() -> None:
    member = make.member()
    child, top = (charting.journey(member, title) for title in ("A bill", "Z bill"))
    change(member, child, parent=top)

    assert titles(seen(member, "?q=bill")) == ["A bill", "Z bill"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?owner=me", ["Mine"]),
        ("?owner=nobody", ["Nobody’s"]),
        ("?starred=1", ["Mine"]),
        ("?state=none", ["Mine", "Nobody’s"]),
        ("?state=live", []),
        ("?tag=Brand%3A+Harbour", ["Nobody’s"]),
        ("?tag=vip", ["Mine"]),
        ("?archived=1", ["Old"]),
    ],
)
def test_the_list_is_filtered(query: str, expected: list[str]) -> None:
    member = make.member()
    mine, nobodys, old = (charting.journey(member, t) for t in ("Mine", "Nobody’s", "Old"))
    change(member, nobodys, owner=None)
    change(member, old, archived_at=make.NOW)
    posted(member, f"{mine}/star/", starred="1")
    tagged(member, nobodys, "Harbour", "Brand")
    tagged(member, mine, "vip")

    assert titles(seen(member, query)) == expected


def test_the_list_has_the_same_queries_however_long(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    member = make.member()
    sample(member)
    client = signed_in(member)
    client.get(url(member))

    with django_assert_num_queries(20):
        client.get(url(member))
    for number in range(3):
        charting.blank_map(member, charting.journey(member, f"Journey {number}"))
    with django_assert_num_queries(20):
        client.get(url(member))


def test_several_are_tagged_at_once() -> None:
    member = make.member()
    both = [charting.journey(member, title) for title in ("A", "B")]

    posted(member, "bulk/", deed="tag", tag="Harbour", journey=both)

    with tenant_bound(member.tenant_id):
        assert {one.journey_id for one in JourneyTag.objects.for_tenant(member.tenant)} == set(both)


def test_several_are_given_to_somebody() -> None:
    member = make.member()
    other = make.member(of=member.tenant)
    both = [charting.journey(member, title) for title in ("A", "B")]

    posted(member, "bulk/", deed="owner", owner=other.pk, journey=both)

    assert [row_of(member, one).owner_id for one in both] == [other.pk, other.pk]


def test_what_is_anothers_is_not_given_away_nor_anything_with_it() -> None:
    member = make.member()
    other, third = (make.member(of=member.tenant) for _ in range(2))
    mine, theirs = (charting.journey(member, title) for title in ("A", "B"))
    change(member, theirs, owner=other)

    answer = posted(member, "bulk/", deed="owner", owner=third.pk, journey=[mine, theirs])

    assert answer.status_code == 422
    assert row_of(member, mine).owner_id == member.pk


def test_several_are_archived_at_once() -> None:
    member = make.member()
    both = [charting.journey(member, title) for title in ("A", "B")]

    posted(member, "bulk/", deed="archive", journey=both)

    assert titles(seen(member)) == []


def test_a_copy_has_the_map_and_shares_nothing_with_it() -> None:
    member = make.member()
    made = sample(member)
    with tenant_bound(member.tenant_id):
        original = Journey.objects.for_tenant(member.tenant).get(title__startswith="Switching")

    posted(member, "bulk/", deed="copy", journey=[original.pk])

    with tenant_bound(member.tenant_id):
        copy = Journey.objects.for_tenant(member.tenant).get(
            title="Switching to fibre at home (copy)"
        )
    [drawn] = maps_of(member, copy.pk)
    steps = [e for e in charting.state_of(member, drawn.pk).values() if e.kind == "step"]
    assert (drawn.state, drawn.status, len(steps)) == ("current", "draft", len(made.steps))
    assert not {step.id for step in steps} & set(made.steps)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"deed": "archive"}, "Tick the journeys first."),
        ({"deed": "tag", "tag": " "}, "Write a tag of 1 to 60 characters."),
        ({"deed": "owner"}, "Choose whom to give them to."),
    ],
)
def test_what_is_missing_for_several_is_said(values: dict[str, Any], words: str) -> None:
    member = make.member()
    journey = charting.journey(member)
    chosen = {} if values["deed"] == "archive" else {"journey": [journey]}

    answer = posted(member, "bulk/", **values, **chosen)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_journeys_of_another_workspace_are_not_found_among_several() -> None:
    member, foreign = make.member(), charting.journey(make.member())
    mine = charting.journey(member)

    answer = posted(member, "bulk/", deed="archive", journey=[foreign, mine])

    assert answer.status_code == 422
    assert "One of these journeys is not there" in answer.content.decode()
    assert row_of(member, mine).archived_at is None


def test_a_view_is_kept_and_let_go() -> None:
    member = make.member()
    client, address = signed_in(member), f"/t/{member.tenant.slug}/views/"
    told = {"scope": "journeys", "name": "Mine", "query": "?page=2&owner=me&q="}

    client.post(address, told | {"next": url(member)})
    page = seen(member, "?owner=me")
    with tenant_bound(member.tenant_id):
        view = SavedView.objects.for_tenant(member.tenant).get()
    client.post(f"{address}{view.pk}/remove/")

    assert view.query == "owner=me"
    assert 'href="' + url(member) + '?owner=me" data-saved-view aria-current="true">Mine' in page
    with tenant_bound(member.tenant_id):
        assert not SavedView.objects.for_tenant(member.tenant).exists()


@pytest.mark.parametrize(("shared", "is_offered"), [("1", True), ("", False)])
def test_others_are_offered_what_is_shared(shared: str, *, is_offered: bool) -> None:
    member = make.member()
    told = {"scope": "journeys", "name": "Old ones", "query": "archived=1", "shared": shared}
    signed_in(member).post(f"/t/{member.tenant.slug}/views/", told)
    viewer = make.member(of=member.tenant, role=Role.VIEWER)

    assert ("Old ones" in seen(viewer)) is is_offered


def test_a_view_needs_a_name_and_is_let_go_by_its_owner_only() -> None:
    member = make.member()
    other = make.member(of=member.tenant)
    client, address = signed_in(member), f"/t/{member.tenant.slug}/views/"
    client.post(address, {"scope": "journeys", "name": "Mine", "query": "owner=me"})
    with tenant_bound(member.tenant_id):
        view = SavedView.objects.for_tenant(member.tenant).get()

    refused = client.post(address, {"scope": "journeys", "name": " ", "query": "owner=me"})

    assert refused.status_code == 422
    assert "Name: Write 1 to 80 characters." in refused.content.decode()
    assert signed_in(other).post(f"{address}{view.pk}/remove/").status_code == 404


def test_the_name_of_a_view_is_kept_in_one_line_without_signs_that_no_text_holds() -> None:
    member = make.member()
    told = {"scope": "jour\0neys", "name": "Mine\n \0and ours", "query": "q=a\0b"}

    signed_in(member).post(f"/t/{member.tenant.slug}/views/", told)

    with tenant_bound(member.tenant_id):
        view = SavedView.objects.for_tenant(member.tenant).get()
    assert (view.scope, view.name, view.query) == ("journeys", "Mine and ours", "q=a%00b")


def test_the_worst_holds_of_several() -> None:
    assert (worst([80, None, 40]), worst([None]), worst([])) == (40, None, None)


def test_what_waits_for_me_is_gathered() -> None:
    member = make.member()
    made = sample(member)
    reviewer = make.member(of=member.tenant)
    with tenant_bound(member.tenant_id):
        asked = ReviewRequest.objects.create(
            tenant=member.tenant, map_id=made.map_id, at_seq=1, state="open", at=make.NOW, by=member
        )
        ReviewVote.objects.create(tenant=member.tenant, request=asked, reviewer=reviewer)

    mine, theirs = seen(member, "mine/"), seen(reviewer, "mine/")

    assert "Reviews waiting" not in mine
    assert ">Switching to fibre at home</a>" in mine
    assert f'/maps/{made.map_id}/review/">Switching to fibre at home: As it is</a>' in theirs


def test_a_journey_whose_review_is_overdue_waits_for_its_owner() -> None:
    member = make.member()
    sample(member)
    today = day_in(member.tenant, now())
    other = make.member(of=member.tenant)
    with tenant_bound(member.tenant_id):
        rows = Journey.objects.for_tenant(member.tenant)
        told = {"owner": member, "review_every_days": 30}
        rows.update(reviewed_on=today - timedelta(days=30), **told)
        in_time = seen(member, "mine/")
        rows.update(reviewed_on=today - timedelta(days=42), **told)

    assert "Review overdue" not in in_time
    assert "Review overdue by 12 days" in seen(member, "mine/")
    assert "Review overdue" not in seen(other, "mine/")


def test_who_has_nothing_waiting_is_told_so() -> None:
    assert "Nothing waits for you" in seen(make.member(), "mine/")


def test_the_overview_has_a_place_for_what_waits() -> None:
    member = make.member()

    page = signed_in(member).get(f"/t/{member.tenant.slug}/").content.decode()

    assert f'hx-get="{url(member, "mine/")}"' in page


@pytest.mark.parametrize(("visibility", "is_found"), [("viewable", True), ("listed", False)])
def test_the_palette_finds_journeys_and_the_maps_one_may_open(
    visibility: str, *, is_found: bool
) -> None:
    member = make.member()
    journey = charting.journey(member, "Parcels")
    charting.blank_map(member, journey)
    change(member, journey, visibility=visibility)
    viewer = make.member(of=member.tenant, role=Role.VIEWER)
    client, address = signed_in(viewer), f"/t/{member.tenant.slug}/find/"

    assert "Parcels" in client.get(address, {"q": "parc"}).content.decode()
    assert ("/maps/" in client.get(address, {"q": "as it"}).content.decode()) is is_found
