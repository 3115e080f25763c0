"""Which topics people write about more or less than before, and the answers behind each number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from analytics.selectors.figures import Viewer
from analytics.selectors.filters import read_filter
from analytics.selectors.names import measures
from analytics.selectors.why_texts import TopicMoves, topic_moves
from cxm.metrics.rules.comparison import ShareGroup, compare_shares
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.feedback.response_pages import html, signed_in
from tests.feedback.text import topics

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Membership, Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
BEFORE = 100


def wrote(tenant: Tenant, text: str, n: int, *, day: int = 0, **each: object) -> None:
    """Let *n* people say something with their score, within the last 13 weeks or before them."""
    records = (make.record(8, day=day, comment=f"{text} {one}", **each) for one in range(n))  # type: ignore[arg-type]
    make.load(*records, of=tenant)


def moves(tenant: Tenant, **query: str) -> TopicMoves:
    with tenant_bound(tenant.pk):
        viewer = Viewer(tenant, True, make.NOW)
        asked = read_filter({name: [value] for name, value in query.items()}, today=viewer.today)
        return topic_moves(viewer, measures(tenant, only="nps")[0], asked)


def words(client: Client, url: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html(client.get(url))).split())


def story(member: Membership) -> None:
    """Parcels rise from 10 to 40 of 100, staff stay at 20, and others say nothing of either."""
    tenant = member.tenant
    made = topics.topic(member, "Delivery", "parcel")
    topics.topic(member, "Late", "late", parent=made)
    topics.topic(member, "Staff", "staff")
    for day, parcels in ((BEFORE, 10), (0, 40)):
        wrote(tenant, "parcel", parcels, day=day)
        wrote(tenant, "staff", 20, day=day)
        wrote(tenant, "nothing", 80 - parcels, day=day)
        make.load(*(make.record(8, day=day) for _ in range(30)), of=tenant)
    drain(tenant.pk)


def test_what_rose_is_told_from_what_did_not(client: Client) -> None:
    member = signed_in(client)
    story(member)

    found = moves(member.tenant)

    told = {one.topic.title: one for one in found.moves}
    assert (found.before, found.now) == (100, 100)
    assert [one.topic.title for one in found.risen] == ["Delivery"]
    assert found.fallen == []
    assert (told["Staff"].share_before, told["Staff"].difference.value) == (20.0, 0.0)
    wanted = compare_shares(ShareGroup(0.1, 100), ShareGroup(0.4, 100))
    delivery = told["Delivery"].difference
    assert (delivery.value, delivery.ci_low, delivery.p) == pytest.approx(
        (30.0, wanted.low, wanted.p)
    )
    assert found.family.size == 2


def test_each_number_opens_just_its_answers(client: Client) -> None:
    member = signed_in(client)
    story(member)
    wrote(member.tenant, "late", 15)
    drain(member.tenant.pk)

    for one in moves(member.tenant).moves:
        for n, url in ((one.n_before, one.before_url), (one.n_now, one.now_url)):
            page = words(client, url)
            assert f" {n} answer" in page if n else "No answer" in page


def test_of_one_channel_only_its_texts_count(client: Client) -> None:
    member = signed_in(client)
    story(member)
    wrote(member.tenant, "staff", 30, channel="app")
    wrote(member.tenant, "staff", 10, day=BEFORE, channel="app")
    drain(member.tenant.pk)

    found = moves(member.tenant, channel="app")

    assert (found.before, found.now) == (10, 30)
    assert [one.topic.title for one in found.moves] == ["Staff"]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"period": "all"}, "There is no period to compare with."),
        ({}, "Fewer than 10 answers came with a text in one of the two periods."),
    ],
)
def test_where_nothing_can_be_told_it_says_why(
    client: Client, query: dict[str, str], reason: str
) -> None:
    member = signed_in(client)
    wrote(member.tenant, "parcel", 9)

    assert moves(member.tenant, **query).reason == reason


def test_the_page_asks_for_it_and_guests_do_not_get_it(client: Client) -> None:
    member = signed_in(client)
    story(member)
    address = f"/t/{member.tenant.slug}/metrics/nps/why/"

    page = html(client.get(f"{address}?period=13w"))
    texts = words(client, f"{address}texts/")

    assert f'hx-get="{address}texts/?period=13w"' in page
    assert "Written about more: Delivery." in texts
    assert "10.0% n 10 40.0% n 40" in texts
    guest = make.member(of=member.tenant, role=Role.GUEST)  # sees no figures
    client.force_login(guest.user)
    assert client.get(f"{address}texts/").status_code == 404


def test_other_workspaces_are_not_read(client: Client) -> None:
    member = signed_in(client)
    story(member)
    other = make.member(of=make.tenant())
    client.force_login(other.user)

    assert client.get(f"/t/{member.tenant.slug}/metrics/nps/why/texts/").status_code == 404
