"""Threads about maps and items of the library in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.kernel.operations.records import Deed
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Journey
from journeys.rules.library_sorts import SORTS
from tests import make
from tests.collaboration.commenting import begun, comments_of, of_journey_map
from tests.journeys import charting, shelving
from tests.journeys.sample import Sample, sample
from tests.journeys.test_map_page import colleague
from tests.personas.test_api_comments import COMMENTING, Api

if TYPE_CHECKING:
    from journeys.rules.library_sorts import Sort

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def made() -> Sample:
    return sample(make.member())


def at(made: Sample, more: str = "threads/") -> str:
    return f"journey-maps/{made.map_id}/{more}"


def test_a_thread_about_a_card_is_begun_answered_and_settled(made: Sample) -> None:
    api, card = Api(made.member), str(made.cards["Does 0"])

    first = api("post", at(made), {"body": "So?", "part": card})
    path = at(made, f"threads/{first.json()['id']}/")
    api("post", f"{path}comments/", {"body": "Yes"})
    settled = api("patch", path, {"resolved": True}).json()

    assert first.status_code == 201
    assert (settled["part"], settled["resolved_by"]) == (card, str(made.member.pk))
    assert [one["body"] for one in settled["comments"]] == ["So?", "Yes"]
    assert api("get", path).json() == settled


def test_threads_without_their_element_are_listed_alone(made: Sample) -> None:
    subject = of_journey_map(made.member, made.map_id)
    thread = begun(made.member, subject, "Keep", made.cards["Does 0"])
    begun(made.member, subject, "There", made.steps[0])
    charting.do(made.member, made.map_id, charting.asked(Deed.DELETE, made.cards["Does 0"]))

    found = Api(made.member)("get", at(made, "threads/?show=unanchored")).json()["results"]

    assert [(one["id"], one["part"]) for one in found] == [
        (str(thread.pk), str(made.cards["Does 0"]))
    ]


def test_a_comment_on_what_is_not_on_the_map_is_refused(made: Sample) -> None:
    answer = Api(made.member)("post", at(made), {"body": "So?", "part": str(made.map_id)})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "about"


@pytest.mark.parametrize("sort", SORTS.values(), ids=list(SORTS))
def test_items_of_the_library_have_threads(sort: Sort) -> None:
    bea = make.member()
    item = shelving.made(bea, sort.name)
    api, folder = Api(bea, COMMENTING), f"{sort.plural.lower()}/{item.pk}/threads/"

    made = api("post", folder, {"body": "Really?"}).json()
    listed = api("get", folder).json()["results"]

    assert (made["part"], made["about"]) == (None, item.title)
    assert [one["id"] for one in listed] == [made["id"]]
    assert [one["author"] for one in made["comments"]] == [None]


def test_a_hidden_journey_has_no_threads_for_others(made: Sample) -> None:
    thread = begun(made.member, of_journey_map(made.member, made.map_id), "A secret")
    [comment] = comments_of(thread)
    other = colleague(made.member, Role.MANAGER)
    with tenant_bound(made.member.tenant_id):
        Journey.objects.for_tenant(made.member.tenant).update(visibility="hidden")

    for api in (Api(other), Api(made.member, COMMENTING), Api(make.member())):
        assert api("get", at(made)).status_code == 404
        assert api("post", at(made), {"body": 3}).status_code == 404
        assert api("patch", at(made, f"threads/{thread.pk}/"), {"x": 1}).status_code == 404
        assert api("delete", at(made, f"comments/{comment.pk}/")).status_code == 404


def test_agents_have_no_threads_of_drafts(made: Sample) -> None:
    agent = Api(colleague(made.member, Role.AGENT))

    assert agent("get", at(made)).status_code == 404
    assert agent("post", at(made), {"body": "Not so."}).status_code == 404
