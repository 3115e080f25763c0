"""Comments on maps: where they hang, who reads and writes them, and who is told."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.operations.records import Deed
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Journey, JourneyMap
from tests import make
from tests.collaboration.commenting import begun, named, of_journey_map, told
from tests.journeys import charting
from tests.journeys.sample import Sample, sample
from tests.journeys.test_map_page import colleague, url

if TYPE_CHECKING:
    from uuid import UUID

    from pytest_django.fixtures import DjangoAssertNumQueries

    from cxm.collaboration.models import CommentThread
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def made() -> Sample:
    return sample(named(make.member(), "Bea Berg"))


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def at(made: Sample, more: str = "") -> str:
    return url(made.member, made.map_id, f"comments/{more}")


def bodies(answer: Any) -> list[str]:
    """List what is said in a panel, in its order, without marks."""
    page = answer.content.decode()
    found = re.findall(r'<div class="comment-body">(.*?)</div>', page, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", one).strip() for one in found]


def talk(made: Sample, body: str, part: UUID | None = None) -> CommentThread:
    return begun(made.member, of_journey_map(made.member, made.map_id), body, part)


def marks(answer: Any) -> Any:
    found = re.search(r'data-map-talk="([^"]*)"', answer.content.decode())
    assert found
    return json.loads(found[1].replace("&quot;", '"'))["threads"]


def change_journey(made: Sample, **columns: object) -> None:
    with tenant_bound(made.member.tenant_id):
        rows = Journey.objects.for_tenant(made.member.tenant)
        rows.filter(title__startswith="Sw").update(**columns)


@pytest.mark.parametrize("kind", ["stage", "step", "lane", "card", "point"])
def test_each_kind_of_element_has_its_comments_in_its_panel(made: Sample, kind: str) -> None:
    of = {
        "stage": made.stages[0],
        "step": made.steps[1],
        "lane": made.lanes["Does"],
        "card": made.cards["Does 0"],
        "point": made.cards["Feels 0"],
    }[kind]
    client = client_of(made.member)

    client.post(at(made, f"new/?comments=open&about={of}"), {"body": "Sure?", "about": of})
    tab = client.get(url(made.member, made.map_id, f"panel/?of={of}&tab=comments"))
    page = client.get(url(made.member, made.map_id, f"?of={of}&tab=comments"))

    assert bodies(tab) == bodies(page) == ["Sure?"]
    assert marks(page) == {str(of): 1}


def test_what_is_done_in_the_panel_is_answered_with_it_and_the_marks(made: Sample) -> None:
    step = made.steps[0]

    answer = client_of(made.member).post(
        at(made, f"new/?comments=open&about={step}"),
        {"body": "Is this so?", "about": step},
        headers=HTMX,
    )

    assert bodies(answer) == ["Is this so?"]
    assert f'data-of="{step}"' in answer.content.decode()
    assert marks(answer) == {str(step): 1}


def test_all_that_is_said_stands_together_and_leads_to_its_elements(made: Sample) -> None:
    talk(made, "On a step", made.steps[0])
    talk(made, "On a card", made.cards["Does 0"])
    talk(made, "On the whole")

    page = client_of(made.member).get(url(made.member, made.map_id, "?comments=open"))

    assert bodies(page) == ["On the whole", "On a card", "On a step"]
    text = page.content.decode()
    assert "Step: Sees an ad for fibre" in text
    assert f"comments=open&amp;about={made.steps[0]}" in text


def test_what_was_said_about_what_is_gone_is_kept_and_comes_back(made: Sample) -> None:
    card = made.cards["Does 0"]
    talk(made, "Keep this", card)
    client, page = client_of(made.member), url(made.member, made.map_id)
    gone = charting.asked(Deed.DELETE, card)

    charting.do(made.member, made.map_id, gone)
    without = client.get(f"{page}?comments=unanchored")
    client.post(url(made.member, made.map_id, "undo/"))
    back = client.get(f"{page}?comments=unanchored")

    assert bodies(without) == ["Keep this"]
    assert "No longer on the page" in without.content.decode()
    assert bodies(back) == []


def test_a_thread_of_a_lane_that_went_takes_that_of_its_cards_along(made: Sample) -> None:
    talk(made, "On the card", made.cards["Does 0"])

    charting.do(made.member, made.map_id, charting.asked(Deed.DELETE, made.lanes["Does"]))

    page = client_of(made.member).get(url(made.member, made.map_id, "?comments=unanchored"))
    assert bodies(page) == ["On the card"]


def test_what_is_said_of_the_baseline_is_read_and_not_answered_here(made: Sample) -> None:
    thread = talk(made, "Said before", made.steps[0])
    client = client_of(made.member)
    forked = client.post(
        url(made.member, made.map_id, "fork/"), {"name": "Next", "state": "future"}
    )["Location"]

    page = client.get(f"{forked}?comments=baseline")
    answered = client.post(f"{forked}comments/threads/{thread.pk}/reply/", {"body": "Here?"})

    assert bodies(page) == ["Said before"]
    assert f"maps/{made.map_id}/?comments=open&amp;thread={thread.pk}" in page.content.decode()
    assert f"threads/{thread.pk}/reply/" not in page.content.decode()
    assert bodies(client.get(f"{forked}?comments=open")) == []
    assert answered.status_code == 404


@pytest.mark.parametrize(
    ("role", "is_live", "written"),
    [
        (Role.MANAGER, False, 302),
        (Role.CONTRIBUTOR, False, 302),
        (Role.VIEWER, False, 302),
        (Role.AGENT, True, 302),
        (Role.AGENT, False, 404),
        (Role.GUEST, True, 404),
    ],
)
def test_who_may_comment(made: Sample, role: Role, *, is_live: bool, written: int) -> None:
    if is_live:
        with tenant_bound(made.member.tenant_id):
            rows = JourneyMap.objects.for_tenant(made.member.tenant).filter(pk=made.map_id)
            rows.update(status="published")

    answer = client_of(colleague(made.member, role)).post(at(made, "new/"), {"body": "Not so."})

    assert answer.status_code == written


@pytest.mark.parametrize("visibility", ["hidden", "listed"])
def test_a_closed_journey_says_nothing_of_what_is_said(made: Sample, visibility: str) -> None:
    thread = talk(made, "A secret")
    other = colleague(made.member, Role.MANAGER)
    change_journey(made, visibility=visibility)
    client = client_of(other)

    read = client.get(at(made), headers=HTMX)
    reply = client.post(at(made, f"threads/{thread.pk}/reply/"), {"body": ""})
    page = client.get(url(other, made.map_id, "?comments=open"))

    assert (read.status_code, reply.status_code) == (404, 404)
    assert "A secret" not in page.content.decode()


def test_strangers_find_no_comments(made: Sample) -> None:
    thread = talk(made, "A secret")
    stranger = client_of(make.member())

    assert stranger.get(at(made)).status_code == 404
    for more in ("new/", f"threads/{thread.pk}/resolve/", f"threads/{thread.pk}/reply/"):
        assert stranger.post(at(made, more)).status_code == 404


def test_who_may_not_open_the_map_cannot_be_named(made: Sample) -> None:
    named(colleague(made.member, Role.MANAGER), "Carl Cole")
    change_journey(made, visibility="hidden")

    answer = client_of(made.member).post(at(made, "new/"), {"body": "@Carl Cole, look"})

    assert answer.status_code == 422
    assert "Carl Cole does not see this page." in answer.content.decode()
    assert "@Carl Cole, look" in answer.content.decode()


def test_a_notice_says_nothing_once_the_journey_is_closed(made: Sample) -> None:
    carl = named(colleague(made.member, Role.MANAGER), "Carl Cole")
    talk(made, "@Carl Cole, a secret", made.steps[0])
    notices = f"/t/{carl.tenant.slug}/notices/"
    before = client_of(carl).get(notices).content.decode()

    change_journey(made, visibility="hidden")
    after = client_of(carl).get(notices).content.decode()

    assert "Sees an ad for fibre" in before
    assert "a secret" in before
    assert "Sees an ad for fibre" not in after
    assert "a secret" not in after
    assert told(carl) == [("mention", False)]


def test_a_comment_on_nothing_is_refused(made: Sample) -> None:
    answer = client_of(made.member).post(
        at(made, "new/"), {"body": "Where?", "about": "01a20391-0000-7000-8000-000000000000"}
    )

    assert answer.status_code == 422
    assert "This element is not on the page any more." in answer.content.decode()


def test_the_poll_tells_what_others_said_and_only_once(
    made: Sample, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(made.member)
    page = client.get(url(made.member, made.map_id)).content.decode()
    head = re.search(r'data-head="(\d+)"', page)[1]  # type: ignore[index]
    poll = url(made.member, made.map_id, f"changes?after={head}")

    silent = client.get(poll)
    talk(made, "New", made.steps[0])
    with django_assert_num_queries(9):
        told_of_it = client.get(poll).json()
    quiet = client.get(f"{poll}&talk={told_of_it['talk']}")

    assert silent.status_code == quiet.status_code == 204
    assert told_of_it["threads"] == {str(made.steps[0]): 1}
    assert (told_of_it["html"], told_of_it["changes"]) == ("", [])


@pytest.mark.parametrize("threads", [1, 6])
def test_the_comments_of_a_map_take_as_many_queries_however_many_they_are(
    made: Sample, threads: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(threads):
        talk(made, f"Number {number}", made.steps[number % 6])
    client = client_of(made.member)

    with django_assert_num_queries(25):
        client.get(at(made, "?comments=open"), headers=HTMX)
