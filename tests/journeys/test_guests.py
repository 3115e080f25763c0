"""What guests find in a journey that they were let into, and what is kept from them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from journeys.models import AccessGrant, Journey, JourneyMap
from tests import make
from tests.collaboration.commenting import begun, named, of_journey_map
from tests.collaboration.files import picture, stored
from tests.journeys import charting, shelving
from tests.journeys.sample import Sample, sample
from tests.journeys.test_access import granted, words
from tests.journeys.test_map_live import client_of
from tests.personas import mapping

if TYPE_CHECKING:
    from uuid import UUID

    from django.test import Client

    from cxm.collaboration.models import Asset
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def made() -> Sample:
    return sample(make.member())


def journey_of(made: Sample) -> UUID:
    with tenant_bound(made.member.tenant_id):
        found: UUID = (
            JourneyMap.objects.for_tenant(made.member.tenant).get(pk=made.map_id).journey_id
        )
    return found


def guest_of(made: Sample, role: str) -> Membership:
    guest = make.member(of=made.member.tenant, role=Role.GUEST)
    granted(guest, journey_of(made), role)
    return guest


def start(made: Sample) -> str:
    return f"/t/{made.member.tenant.slug}"


def pages(made: Sample) -> list[str]:
    on = f"{start(made)}/maps/{made.map_id}/"
    panels = [f"{on}?of={made.steps[0]}", f"{on}?of={made.cards['Does 0']}"]
    return [f"{start(made)}/journeys/", f"{start(made)}/journeys/{journey_of(made)}/", on, *panels]


def dead_links(client: Client, urls: list[str]) -> set[tuple[str, str]]:
    """Follow every link of the pages at *urls*; give those that lead nowhere, with the page."""
    found = set()
    for url in urls:
        answer = client.get(url)
        assert answer.status_code == 200
        html = answer.content.decode()
        hrefs = {one.replace("&amp;", "&") for one in re.findall(r'href="(/t/[^"#]*)', html)}
        found |= {(url, one) for one in hrefs if client.get(one).status_code == 404}
    return found


@pytest.mark.parametrize("role", ["viewer", "commenter", "contributor"])
def test_every_link_that_a_guest_is_shown_opens(made: Sample, role: str) -> None:
    client = client_of(guest_of(made, role))

    assert dead_links(client, pages(made)) == set()


def test_a_guest_sees_nothing_of_the_workspace_but_the_journey(made: Sample) -> None:
    member = made.member
    hidden = charting.journey(member, "SECRET journey")
    drawn = mapping.map_of(member, "SECRET map")
    shelving.made(member, title="SECRET insight")
    make.member(of=member.tenant, email="secret.person@example.com")
    client = client_of(guest_of(made, "contributor"))

    told = "".join(client.get(url).content.decode() for url in pages(made))
    answers = [
        client.get(f"{start(made)}/{path}").status_code
        for path in (
            f"journeys/{hidden}/",
            f"stakeholder-maps/{drawn.pk}/",
            "personas/",
            "insights/",
            "touchpoints/",
            "journeys/heat/",
            "journeys/mine/",
            "palette/?q=se",
            "settings/people/",
        )
    ]

    assert "SECRET" not in told
    assert "secret.person" not in told
    assert set(answers) == {404}


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 404), ("commenter", 404), ("contributor", 302)]
)
def test_a_guest_draws_on_the_map_as_a_contributor_alone(
    made: Sample, role: str, status: int
) -> None:
    url = f"{start(made)}/maps/{made.map_id}/add/"

    answer = client_of(guest_of(made, role)).post(url, {"what": "stage"})

    assert answer.status_code == status


@pytest.mark.parametrize(
    "deed", ["fork/", "publish/", "retire/", "archive/", "lock/", "promote/", "share/", "cast/"]
)
def test_a_guest_does_nothing_else_with_a_map(made: Sample, deed: str) -> None:
    client = client_of(guest_of(made, "contributor"))
    url = f"{start(made)}/maps/{made.map_id}/{deed}"

    assert client.post(url).status_code in {404, 405}
    assert client.get(url).status_code in {404, 405}


PICKED = [
    ("lane", 200),
    ("colour", 200),
    ("icon", 200),
    *((kind, 404) for kind in ("persona", "touchpoint", "channel", "actor", "nested")),
    *((kind, 404) for kind in ("insight", "opportunity", "solution", "goal", "member", "")),
]


@pytest.mark.parametrize(("kind", "status"), PICKED)
def test_a_guest_chooses_from_nothing_that_lies_beyond_the_map(
    made: Sample, kind: str, status: int
) -> None:
    client = client_of(guest_of(made, "contributor"))
    url = f"{start(made)}/maps/{made.map_id}/picker/"

    found = client.get(url, {"kind": kind})
    added = client.post(url, {"kind": kind, "name": "Mine"})

    assert (found.status_code, added.status_code) == (status, 404)


def test_a_guest_who_draws_copies_what_is_on_the_map(made: Sample) -> None:
    of = {"of": str(made.cards["Does 0"])}
    url = f"{start(made)}/maps/{made.map_id}/copies/"

    told = client_of(guest_of(made, "contributor")).get(url, of).json()["elements"]

    assert [one["lineage"] for one in told] == [str(made.cards["Does 0"])]


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 404), ("commenter", 404), ("contributor", 200)]
)
def test_only_a_guest_who_draws_is_offered_lanes(made: Sample, role: str, status: int) -> None:
    url = f"{start(made)}/maps/{made.map_id}/picker/?kind=lane"

    assert client_of(guest_of(made, role)).get(url).status_code == status


def test_a_guest_is_not_told_that_they_add_to_the_workspace(made: Sample) -> None:
    url = f"{start(made)}/maps/{made.map_id}/"
    shown = {
        name: client_of(who).get(f"{url}?of={made.cards['Does 0']}&tab=evidence").content.decode()
        for name, who in (("guest", guest_of(made, "contributor")), ("member", made.member))
    }

    told = {name: ("data-may-add" in html, "evidence-form" in html) for name, html in shown.items()}

    assert told == {"guest": (False, False), "member": (True, True)}


def test_a_guest_asks_nobody_for_a_review_and_sees_no_list_of_whom_to_ask(made: Sample) -> None:
    make.member(of=made.member.tenant, email="secret.person@example.com")
    url = f"{start(made)}/maps/{made.map_id}/review/"
    client = client_of(guest_of(made, "contributor"))

    shown = client.get(url)
    answer = client.post(f"{url}ask/", {"reviewers": [str(made.member.pk)]})

    assert "secret.person" not in shown.content.decode()
    assert (shown.status_code, answer.status_code) == (200, 404)


def test_a_guest_says_nothing_about_the_journey_itself(made: Sample) -> None:
    client = client_of(guest_of(made, "contributor"))
    told = {"op": "set", "lineage": str(journey_of(made)), "field": "title", "value": "Mine"}

    answers = [
        client.post(f"{start(made)}/journeys/{journey_of(made)}/{deed}", told).status_code
        for deed in ("change/", "archive/", "tags/", "access/", "maps/new/")
    ]

    assert answers == [404] * 5


def test_only_a_contributor_among_guests_takes_files_out(made: Sample) -> None:
    url = f"{start(made)}/maps/{made.map_id}/file/"
    found = {
        role: client_of(guest_of(made, role)).get(url).status_code
        for role in ("viewer", "commenter", "contributor")
    }

    assert found == {"viewer": 404, "commenter": 404, "contributor": 200}


def test_of_a_restricted_journey_a_guest_takes_nothing_out(made: Sample) -> None:
    with tenant_bound(made.member.tenant_id):
        Journey.objects.for_tenant(made.member.tenant).update(sensitivity="restricted")
    client = client_of(guest_of(made, "contributor"))
    on = f"{start(made)}/maps/{made.map_id}"

    assert client.get(f"{on}/").status_code == 200
    assert {client.get(f"{on}/{one}").status_code for one in ("file/", "export/")} == {404}


def test_a_guest_without_a_journey_is_told_so(made: Sample) -> None:
    guest = make.member(of=made.member.tenant, role=Role.GUEST)

    found: Any = client_of(guest).get(f"{start(made)}/journeys/")

    assert "No journeys yet" in words(found)


def picture_url(made: Sample, asset: Asset) -> str:
    return f"{start(made)}/assets/{asset.pk}/{asset.name}"


def test_a_guest_sees_the_pictures_of_the_map_and_no_others(made: Sample) -> None:
    shown, other = stored(made.member, picture()), stored(made.member, picture(colour="blue"))
    put = charting.put(made.cards["Storyboard 1"], "asset", str(shown.pk))
    charting.do(made.member, made.map_id, put)
    guest = guest_of(made, "viewer")
    elsewhere = make.member(of=made.member.tenant, role=Role.GUEST)

    page = client_of(guest).get(f"{start(made)}/maps/{made.map_id}/").content.decode()
    asked = [(guest, shown), (guest, other), (elsewhere, shown)]
    answers = [client_of(by).get(picture_url(made, one)).status_code for by, one in asked]

    assert picture_url(made, shown) in page
    assert answers == [200, 404, 404]


def test_a_guest_who_may_comment_is_told_in_the_product_and_by_mail(made: Sample) -> None:
    gil = named(guest_of(made, "commenter"), "Gil Gast")
    subject = of_journey_map(made.member, made.map_id)
    thread = begun(made.member, subject, "@Gil Gast is this so?")
    client = client_of(gil)

    drain(made.member.tenant_id)
    page: Any = client.get(f"{start(made)}/notices/")
    link = re.search(r'href="(/t/[^"]*/notices/[0-9a-f-]{36}/)"', page.content.decode())
    assert link
    followed = client.get(link[1], follow=True)

    assert [one.to for one in mail.outbox] == [[gil.user.email]]
    assert "mentioned you" in words(page)
    assert "1 unread" in page.content.decode()
    assert f"thread={thread.pk}" in followed.redirect_chain[-1][0]
    assert "is this so?" in words(followed)


def test_a_guest_whose_access_is_over_reads_nothing_more_of_what_was_said(made: Sample) -> None:
    gil = named(guest_of(made, "commenter"), "Gil Gast")
    begun(made.member, of_journey_map(made.member, made.map_id), "@Gil Gast SECRET")
    with tenant_bound(made.member.tenant_id):
        AccessGrant.objects.for_tenant(made.member.tenant).delete()
    drain(made.member.tenant_id)

    page: Any = client_of(gil).get(f"{start(made)}/notices/")

    assert "SECRET" not in words(page)
    assert mail.outbox == []
