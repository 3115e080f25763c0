"""A map told frame by frame, and the notes of who tells it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxm.tenants.rules import Role
from tests import make
from tests.journeys import charting, shelving
from tests.journeys.sample import Sample, sample
from tests.journeys.test_map_page import change_journey, colleague

if TYPE_CHECKING:
    from pytest_django.fixtures import DjangoAssertNumQueries

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def made(db: None) -> Sample:
    return sample(make.member())


def url(made: Sample, more: str = "") -> str:
    return f"/t/{made.member.tenant.slug}/maps/{made.map_id}/story/{more}"


def asked(made: Sample, more: str = "", *, by: Membership | None = None) -> Any:
    client = Client()
    client.force_login((by or made.member).user)
    return client.get(url(made, more))


def told(made: Sample, more: str = "") -> str:
    answer = asked(made, more)
    assert answer.status_code == 200
    return str(answer.content.decode())


def title(page: str) -> str:
    found = re.search(r'id="story-title"[^>]*>([^<]+)', page)
    assert found
    return found.group(1).strip()


@pytest.mark.parametrize(
    ("more", "titled", "counted"),
    [
        ("", "Sees an ad for fibre", "1 of 6"),
        ("?step=nonsense", "Sees an ad for fibre", "1 of 6"),
        ("?by=stage", "Become aware", "1 of 3"),
    ],
)
def test_a_story_begins_with_its_first_frame(
    made: Sample, more: str, titled: str, counted: str
) -> None:
    page = told(made, more)

    assert title(page) == titled
    assert counted in page
    assert 'rel="prev"' not in page
    assert 'rel="next"' in page


def test_a_frame_tells_what_lies_at_its_step(made: Sample) -> None:
    page = told(made, f"?step={made.steps[4]}")

    assert title(page) == "Waits for the engineer"
    assert "Gets three texts, no exact time" in page
    assert "Cable is routed" not in page
    assert "<strong>Maya −1.3</strong>" in page
    assert f'rel="next" data-story-after hx-get="{url(made)}?step={made.steps[5]}"' in page
    assert 'class="story-place" x="640" y="0" width="160"' in page


def test_a_stage_is_one_screen_with_all_its_steps(made: Sample) -> None:
    page = told(made, f"?step={made.steps[3]}&by=stage")

    assert title(page) == "Buy"
    assert 'class="story-place" x="320" y="0" width="320"' in page
    assert f"?step={made.steps[4]}&amp;by=stage" in page


def test_the_end_leads_nowhere(made: Sample) -> None:
    page = told(made, f"?step={made.steps[5]}")

    assert 'rel="next"' not in page
    assert "The end" in page


def test_pains_and_quotes_of_the_step_are_told(made: Sample) -> None:
    lane = charting.lane(made.member, made.map_id, "insight", "Heard")
    for number, kind in enumerate(["pain", "pain", "pain", "pain", "quote", "gain"]):
        one = shelving.made(made.member, kind=kind, title=f"Heard {kind} {number}")
        charting.card(made.member, made.map_id, lane, made.steps[1], insight=str(one.pk))

    page = told(made, f"?step={made.steps[1]}")

    assert re.findall(r"Heard \w+ \d", page) == [
        "Heard pain 0",
        "Heard pain 1",
        "Heard pain 2",
        "Heard quote 4",
    ]


def test_a_story_is_told_as_the_address_looks_at_it(made: Sample) -> None:
    page = told(made, f"?stage={made.stages[1]}&filter=postcode")

    assert title(page) == "Checks the address"
    assert "1 of 2" in page
    assert "Types the postcode" in page
    assert "Fills a short form" not in told(
        made, f"?stage={made.stages[1]}&filter=postcode&step={made.steps[3]}"
    )
    assert f"stage={made.stages[1]}" in page.split("data-story-after")[1]


def test_notes_are_shown_and_written(made: Sample) -> None:
    client = Client()
    client.force_login(made.member.user)
    here = url(made, f"notes/?step={made.steps[0]}")
    change = {"op": "set", "lineage": made.steps[0], "field": "presenter_note"}

    client.post(
        f"/t/{made.member.tenant.slug}/maps/{made.map_id}/change/",
        {**change, "value": "Ask who has fibre <b>now</b>", "next": here},
    )
    page = told(made, f"notes/?step={made.steps[0]}")

    assert "Ask who has fibre &lt;b&gt;now&lt;/b&gt;</textarea>" in page
    assert "Next: Compares providers" in page
    reader = colleague(made.member, Role.VIEWER)
    read = asked(made, f"notes/?step={made.steps[0]}", by=reader).content.decode()
    assert "Ask who has fibre" in read
    assert "<textarea" not in read


def test_who_may_not_open_the_map_hears_no_story(made: Sample) -> None:
    stranger = make.member()
    change_journey(made, visibility="hidden", owner=None)
    manager = colleague(made.member, Role.MANAGER)

    for more in ("", "notes/"):
        assert asked(made, more, by=stranger).status_code == 404
        assert asked(made, more, by=manager).status_code == 404


def test_a_map_without_steps_says_so() -> None:
    member = make.member()
    empty = Sample(member, charting.blank_map(member, charting.journey(member)))

    assert "Nothing to tell yet" in told(empty)
    assert "Nothing to tell yet" in told(empty, "notes/")


def test_the_queries_of_a_story_do_not_grow(
    made: Sample, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = Client()
    client.force_login(made.member.user)
    client.get(url(made))
    with CaptureQueriesContext(connection) as counted:
        client.get(url(made))
    for number in range(20):
        charting.card(
            made.member, made.map_id, made.lanes["Does"], made.steps[number % 6], text=f"{number}"
        )

    with django_assert_num_queries(len(counted)):
        client.get(url(made))
