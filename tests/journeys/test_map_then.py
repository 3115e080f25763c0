"""The page of a map as it was: read-only, by operation and by day, and refused to strangers."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Actor, Deed
from cxm.kernel.operations.store import commit
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Journey
from journeys.services.library import create_item
from journeys.services.library_stores import INSIGHTS
from journeys.services.stores import MAPS
from tests import make
from tests.journeys import charting as m
from tests.journeys.ahead import Told
from tests.journeys.sample import sample

if TYPE_CHECKING:
    from pytest_django.fixtures import DjangoAssertNumQueries

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def told(db: None) -> Told:
    return Told(make.member())


def get(told: Told, more: str, *, by: Membership | None = None, headers: Any = None) -> Any:
    client = Client()
    client.force_login((by or told.member).user)
    start = f"/t/{told.member.tenant.slug}/maps/{told.future.pk}/"
    return client.get(f"{start}{more}", headers=headers)


def seen(told: Told, more: str) -> str:
    answer = get(told, more)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return " ".join(answer.content.decode().split())


def head(told: Told) -> int:
    with tenant_bound(told.member.tenant_id):
        return told.row(told.future.pk).head_seq


def do_later(told: Told, days: int, *asked: Any) -> None:
    with tenant_bound(told.member.tenant_id):
        when = make.NOW + timedelta(days=days)
        actor = Actor("member", told.member.pk)
        commit(MAPS, Request(told.member.tenant, told.future.pk, actor, when), asked)


def test_a_map_is_shown_as_it_was_and_cannot_be_changed_there(told: Told) -> None:
    before = head(told)
    told.title(told.future, told.pay, "Pay later")
    told.do(told.future, m.asked(Deed.DELETE, told.card))

    page = seen(told, f"then/{before}/")

    assert "Buy 1" in page
    assert "Pay later" not in page
    assert "I pay" in page
    assert f"After operation {before} of {before + 2}" in page
    assert 'aria-readonly="true"' in page
    assert "data-ops-url" not in page


def test_the_grid_then_is_the_grid_that_was(told: Told) -> None:
    made = sample(told.member)
    base = f"/t/{told.member.tenant.slug}/maps/{made.map_id}/"
    client = Client()
    client.force_login(told.member.user)
    drawn = re.compile(r'<tbody id="lane-.*</table>', re.DOTALL)
    viewer = make.member(of=told.member.tenant, role=Role.VIEWER)
    reading = Client()
    reading.force_login(viewer.user)
    now = drawn.search(reading.get(base).content.decode())
    with tenant_bound(told.member.tenant_id):
        seq = told.row(made.map_id).head_seq
    m.do(told.member, made.map_id, m.put(made.steps[0], "title", "Another"))

    then = drawn.search(client.get(f"{base}then/{seq}/").content.decode())

    assert now
    assert then
    assert then.group() == now.group()


def test_an_address_with_a_day_or_an_operation_leads_to_the_map_then(told: Told) -> None:
    start = f"/t/{told.member.tenant.slug}/maps/{told.future.pk}/"

    day = get(told, "?asof=2026-11-20")
    seq = get(told, "?asof=2")
    by_day, by_seq = (get(told, one.url.removeprefix(start)) for one in (day, seq))
    both = get(told, "then/?asof=2&compare=2026-11-20")
    again = get(told, "then/?asof=2&compare=1")

    assert (by_day.url, by_seq.url) == (f"{start}on/2026-11-20/", f"{start}then/2/")
    assert both.url == f"{start}diff/?on=2026-11-20&asof=2"
    assert again.url == f"{start}diff/?at=1&asof=2"


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ("then/?asof=yesterday", 422),
        ("then/?asof=9999-12-31", 422),
        ("then/?asof=2026-13-01", 422),
        ("then/?stop=-1", 422),
        ("then/?stop=abc", 422),
        ("then/0/", 404),
        ("then/99999/", 404),
        ("then/99999999999999999999/", 404),
        ("on/not-a-day/", 404),
        ("on/9999-12-31/", 404),
        ("on/1999-01-01/", 404),
    ],
)
def test_moments_that_make_no_sense_are_refused(told: Told, more: str, status: int) -> None:
    assert get(told, more).status_code == status


def test_a_day_is_looked_at_as_it_ended(told: Told) -> None:
    do_later(told, 3, m.put(told.pay, "title", "Pay on the third day"))
    do_later(told, 5, m.put(told.pay, "title", "Pay on the fifth day"))
    day = (make.NOW + timedelta(days=4)).date()

    page = seen(told, f"on/{day.isoformat()}/")

    assert "Pay on the third day" in page
    assert f"As it was at the end of {day.day} {day:%B %Y}." in page


def test_titles_of_the_library_are_those_of_the_day(told: Told) -> None:
    with tenant_bound(told.member.tenant_id):
        pain = create_item(
            tenant=told.member.tenant, sort="insight", title="Waits", by=told.member, now=make.NOW
        )
    lane = m.lane(told.member, told.future.pk, "insight", "Pains")
    m.card(told.member, told.future.pk, lane, told.pay, insight=str(pain.pk))
    with tenant_bound(told.member.tenant_id):
        when = make.NOW + timedelta(days=2)
        actor = Actor("member", told.member.pk)
        change = Request(told.member.tenant, pain.pk, actor, when)
        commit(INSIGHTS, change, [m.put(pain.pk, "title", "Waits for hours")])
    days = [(make.NOW + timedelta(days=n)).date().isoformat() for n in (1, 2)]

    pages = [seen(told, f"on/{day}/") for day in days]

    assert ["Waits for hours" in page for page in pages] == [False, True]
    assert 'class="card-text">Waits</div>' in pages[0]


def test_the_slider_stops_at_what_was_done_and_has_links_beside_it(told: Told) -> None:
    before = head(told)
    told.title(told.future, told.pay, "Pay later")
    told.title(told.future, told.pay, "Pay last")

    page = seen(told, f"then/{before + 1}/")

    found = re.search(r'data-then-stops="([^"]+)"', page)
    assert found
    stops = json.loads(unescape(found.group(1)))
    assert [re.findall(r"then/(\d+)/", url)[0] for url, _ in stops] == [
        str(seq) for seq in (before, before + 1, before + 2)
    ]
    assert 'min="0" max="2" value="1"' in page
    assert f'then/{before}/" aria-label="Earlier"' in page
    assert f'then/{before + 2}/" aria-label="Later"' in page
    assert get(told, "then/?stop=2").url.endswith(f"then/{before + 2}/")


def test_an_element_is_shown_as_it_was_with_a_way_to_bring_it_back(told: Told) -> None:
    before = head(told)
    told.title(told.future, told.pay, "Pay later")

    page = seen(told, f"then/{before}/?of={told.pay}")

    assert "Step, as it was then" in page
    assert f"then/{before}/bring-back/?of={told.pay}" in page
    assert "as it was then</p>" not in seen(told, f"then/{before}/?of={told.current.pk}")


def test_a_part_of_the_page_is_given_to_a_script(told: Told) -> None:
    answer = get(told, f"then/{head(told)}/", headers={"HX-Request": "true"})

    assert answer.content.decode().strip().startswith('<div id="map-then"')


def test_strangers_find_no_map_then(told: Told) -> None:
    stranger = make.member()
    start = f"/t/{stranger.tenant.slug}/maps/{told.future.pk}/"
    client = Client()
    client.force_login(stranger.user)

    found = [client.get(f"{start}{more}").status_code for more in ("then/", "then/1/", "history/")]

    assert found == [404, 404, 404]


def test_who_may_only_know_of_a_map_does_not_see_it_then(told: Told) -> None:
    other = make.member(of=told.member.tenant, role=Role.VIEWER)
    with tenant_bound(told.member.tenant_id):
        Journey.objects.for_tenant(told.member.tenant).update(visibility="listed")

    assert get(told, "then/1/", by=other).status_code == 404
    assert get(told, "history/", by=other).status_code == 404


@pytest.mark.parametrize("cards", [1, 3])
def test_the_page_then_asks_as_often_however_much_is_on_the_map(
    told: Told, cards: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(cards):
        m.card(told.member, told.future.pk, told.lane, told.pay, text=f"Card {number}")
    client = Client()
    client.force_login(told.member.user)
    url = f"/t/{told.member.tenant.slug}/maps/{told.future.pk}/then/{head(told) - 1}/"
    client.get(url)

    with django_assert_num_queries(16):
        client.get(url)
