"""The search through maps, comments and the library in the JSON API."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from journeys.models import Journey
from tests import make
from tests.collaboration import commenting
from tests.journeys import shelving
from tests.journeys.sample import Sample, sample
from tests.journeys.test_api_journeys import Program

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
URL = "/api/v1/search/"


@pytest.fixture
def made() -> Sample:
    return sample(make.member())


def program(of: Sample) -> Program:
    return Program(of.member.tenant, Right.SEE_JOURNEYS)


def person(member: Membership, url: str) -> Any:
    client = Client()
    client.force_login(member.user)
    return client.get(url, headers={"X-Tenant": member.tenant.slug})


def test_a_card_is_told_with_where_it_is(made: Sample) -> None:
    answer = program(made).get(f"{URL}?q=leter&kind=card").json()

    [card] = answer["results"]
    with tenant_bound(made.member.tenant_id):
        journey = Journey.objects.for_tenant(made.member.tenant).get(
            title="Switching to fibre at home"
        )
    assert card == {
        "kind": "card",
        "id": str(made.cards["Files 4"]),
        "words": "Letter to the tenant",
        "where": [
            "Files",
            "Waits for the engineer",
            "As it is",
            "Switching to fibre at home",
        ],
        "map": {
            "id": str(made.map_id),
            "name": "As it is",
            "journey_id": str(journey.pk),
            "journey": "Switching to fibre at home",
        },
    }
    assert answer["next"] is None


def test_comments_and_the_library_are_found_in_the_order_of_kinds(made: Sample) -> None:
    item = shelving.made(made.member, kind="pain", title="The voucher is lost")
    subject = commenting.of_journey_map(made.member, made.map_id)
    commenting.begun(made.member, subject, "Where is the voucher?")

    found = program(made).get(f"{URL}?q=voucher").json()["results"]

    assert [(one["kind"], one["id"], one["words"]) for one in found] == [
        ("insight", str(item.pk), "The voucher is lost"),
        ("comment", None, "Where is the voucher?"),
    ]
    assert found[0]["map"] is None


def test_what_is_found_comes_in_pages(made: Sample) -> None:
    for number in range(5):
        shelving.made(made.member, kind="pain", title=f"Nobody says when {number}")
    asked = program(made)
    whole = asked.get(f"{URL}?q=nobody").json()

    url, seen = f"{URL}?q=nobody&limit=2", []
    while url:
        told = asked.get(url).json()
        seen.append([one["words"] for one in told["results"]])
        url = told["next"] and f"{URL}?{urlsplit(told['next']).query}"

    assert [len(some) for some in seen] == [2, 2, 1]
    assert list(chain(*seen)) == [one["words"] for one in whole["results"]]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "q"),
        ("?q=", "q"),
        ("?q=x", "q"),
        (f"?q={'x' * 201}", "q"),
        ("?q=a%00b", "q"),
        ("?q=letter&kind=customer", "kind"),
        ("?q=letter&words=1", "words"),
        ("?q=letter&cursor=x", "cursor"),
        ("?q=letter&cursor=-1", "cursor"),
        ("?q=letter&limit=0", "limit"),
        ("?q=letter&limit=201", "limit"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(made: Sample, query: str, field: str) -> None:
    answer = program(made).get(f"{URL}{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_a_page_behind_the_last_is_empty(made: Sample) -> None:
    answer = program(made).get(f"{URL}?q=letter&cursor=999999999999999999").json()

    assert answer == {"results": [], "next": None}


def test_a_person_finds_what_they_may_read_alone(made: Sample) -> None:
    with tenant_bound(made.member.tenant_id):
        Journey.objects.for_tenant(made.member.tenant).update(visibility="hidden", owner=None)
    other = make.member(of=made.member.tenant, role=Role.VIEWER)

    assert person(other, f"{URL}?q=letter").json()["results"] == []


def test_other_workspaces_find_nothing(made: Sample) -> None:
    stranger = Program(make.tenant(), Right.SEE_JOURNEYS)

    assert stranger.get(f"{URL}?q=letter").json()["results"] == []
    assert program(made).get(f"{URL}?q=letter").json()["results"]


@pytest.mark.parametrize("rights", [(), (Right.SEE_FIGURES,)])
def test_without_the_right_nothing_is_searched(made: Sample, rights: tuple[Right, ...]) -> None:
    assert Program(made.member.tenant, *rights).get(f"{URL}?q=letter").status_code == 403


def test_a_guest_of_single_journeys_is_refused(made: Sample) -> None:
    guest = make.member(of=made.member.tenant, role=Role.GUEST)

    assert person(guest, f"{URL}?q=letter").status_code == 403
