"""Comments on the library and on differences, on the page of a journey, and following one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.core import mail

from cxm.collaboration.rules.kinds import NoticeKind
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from journeys.models import Journey, JourneyMap
from journeys.rules.library_sorts import INSIGHT, SORTS
from journeys.selectors.subjects import ItemSubject
from journeys.services.following import tell_followers
from tests import make
from tests.collaboration.commenting import SITE, begun, named, of_journey_map, told
from tests.journeys import charting, shelving
from tests.journeys.sample import Sample, sample
from tests.journeys.test_map_comments import bodies, client_of
from tests.journeys.test_map_page import colleague, url

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from journeys.rules.library_sorts import Sort

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def made() -> Sample:
    return sample(named(make.member(), "Bea Berg"))


def journey_of(made: Sample) -> Journey:
    with tenant_bound(made.member.tenant_id):
        rows = JourneyMap.objects.for_tenant(made.member.tenant).select_related("journey__tenant")
        found: Journey = rows.get(pk=made.map_id).journey
    return found


def journey_url(made: Sample, more: str = "") -> str:
    return f"/t/{made.member.tenant.slug}/journeys/{journey_of(made).pk}/{more}"


def follow(member: Membership, made: Sample, followed: str = "1") -> None:
    client_of(member).post(journey_url(made, "follow/"), {"followed": followed})


@pytest.mark.parametrize("sort", SORTS.values(), ids=list(SORTS))
def test_an_item_of_the_library_is_talked_about_on_its_page(sort: Sort) -> None:
    bea = named(make.member(), "Bea Berg")
    item = shelving.made(bea, sort.name, title="Late parcels")
    page = f"/t/{bea.tenant.slug}/{sort.plural.lower()}/{item.pk}/"
    client = client_of(bea)

    empty = client.post(f"{page}comments/new/", {"body": " "})
    client.post(f"{page}comments/new/", {"body": "How often?"})
    shown = client.get(f"{page}?comments=open")

    assert empty.status_code == 422
    assert "Write something first." in empty.content.decode()
    assert bodies(shown) == ["How often?"]
    assert "The whole" not in shown.content.decode()


def test_strangers_and_guests_find_no_comments_of_the_library() -> None:
    bea = make.member()
    item = shelving.made(bea, title="Late parcels")
    begun(bea, ItemSubject(INSIGHT, item), "A secret")
    page = f"/t/{bea.tenant.slug}/insights/{item.pk}/comments/"

    for other in (make.member(), make.member(of=bea.tenant, role=Role.GUEST)):
        assert client_of(other).get(page).status_code == 404
        assert client_of(other).post(f"{page}new/", {"body": ""}).status_code == 404


def test_who_is_named_on_an_item_is_told_and_led_to_it() -> None:
    bea = named(make.member(), "Bea Berg")
    carl = named(make.member(of=bea.tenant, role=Role.VIEWER), "Carl Cole")
    item = shelving.made(bea, title="Late parcels")

    begun(bea, ItemSubject(INSIGHT, item), "@Carl Cole, is this so?")

    notices = client_of(carl).get(f"/t/{carl.tenant.slug}/notices/").content.decode()
    assert told(carl) == [("mention", False)]
    assert "Late parcels" in notices


def test_a_line_of_the_diff_leads_to_the_comments_of_its_element(made: Sample) -> None:
    client = client_of(made.member)
    forked = client.post(
        url(made.member, made.map_id, "fork/"), {"name": "Next", "state": "future"}
    )["Location"]
    pk = UUID(forked.rstrip("/").rpartition("/")[2])
    card = made.cards["Does 0"]
    charting.do(made.member, pk, charting.put(card, "text", "Sees a tram"))
    begun(made.member, of_journey_map(made.member, pk), "Why a tram?", card)

    page = client.get(f"{forked}diff/").content.decode()

    assert f'href="{forked}?comments=open&amp;about={card}"' in page
    assert "1 open comment: Changed text of " in page


def test_the_page_of_a_journey_tells_what_is_said_on_its_maps(made: Sample) -> None:
    thread = begun(made.member, of_journey_map(made.member, made.map_id), "Hm?", made.steps[0])

    page = client_of(made.member).get(journey_url(made)).content.decode()

    assert "Sees an ad for fibre · Switching to fibre at home: As it is" in page
    assert f"maps/{made.map_id}/?comments=open&amp;thread={thread.pk}" in page


def test_followers_are_told_of_each_comment_until_they_stop(made: Sample) -> None:
    carl = colleague(made.member, Role.VIEWER)
    subject = of_journey_map(made.member, made.map_id)

    follow(carl, made)
    begun(made.member, subject, "First")
    follow(carl, made, followed="")
    begun(made.member, subject, "Second")

    assert told(carl) == [("reply", False)]


def test_who_may_not_open_a_journey_any_more_is_told_nothing(made: Sample) -> None:
    carl = colleague(made.member, Role.MANAGER)
    follow(carl, made)
    with tenant_bound(made.member.tenant_id):
        Journey.objects.for_tenant(made.member.tenant).update(visibility="hidden")

    begun(made.member, of_journey_map(made.member, made.map_id), "A secret")

    assert told(carl) == []


def test_following_needs_a_journey_that_one_may_open(made: Sample) -> None:
    stranger = make.member()
    address = journey_url(made, "follow/")

    strangers = (
        f"/t/{stranger.tenant.slug}/"
        + address.partition("journeys/")[1]
        + (address.partition("journeys/")[2])
    )
    assert client_of(stranger).post(strangers, {"followed": "1"}).status_code == 404
    assert (
        client_of(make.member(of=made.member.tenant, role=Role.GUEST))
        .post(address, {"followed": "1"})
        .status_code
        == 404
    )


def test_followers_are_told_what_was_published_with_a_link(made: Sample) -> None:
    carl = named(colleague(made.member, Role.VIEWER), "Carl Cole")
    follow(carl, made)
    follow(made.member, made)
    with tenant_bound(made.member.tenant_id):
        rows = JourneyMap.objects.for_tenant(made.member.tenant)
        row = rows.select_related("tenant", "journey").get(pk=made.map_id)
        count = tell_followers(
            of=row, kind=NoticeKind.PUBLISHED, by=made.member, now=make.NOW, site=SITE
        )
    drain(made.member.tenant_id)

    page = client_of(carl).get(f"/t/{carl.tenant.slug}/notices/").content.decode()
    found = re.search(r'href="(/t/[^"]+/notices/[0-9a-f-]{36}/)"', page)
    assert found
    opened = client_of(carl).get(found[1])

    assert count == 1
    assert told(made.member) == []
    assert "published" in page
    assert "Switching to fibre at home: As it is" in page
    assert opened["Location"] == url(carl, made.map_id)
    [sent] = mail.outbox
    assert sent.subject == ("Bea Berg published “Switching to fibre at home: As it is”")
    assert "You get this because you follow it" in sent.body
