"""A map as a table: what it lists, how it is filtered and sorted, and what is done with several."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Card, JourneyMap, Step
from tests import make
from tests.journeys import charting
from tests.journeys.sample import Sample, sample

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def made() -> Sample:
    return sample(make.member())


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(made: Sample, more: str = "") -> str:
    return f"/t/{made.member.tenant.slug}/maps/{made.map_id}/table/{more}"


def seen(made: Sample, more: str = "", by: Membership | None = None) -> str:
    answer = client_of(by or made.member).get(url(made, more))
    assert answer.status_code == 200
    return answer.content.decode()


def listed(page: str) -> list[str]:
    return re.findall(r'<tr id="row-([0-9a-f-]+)"', page)


def several(made: Sample, *ids: UUID, by: Membership | None = None, **told: Any) -> Any:
    asked = {"element": [str(pk) for pk in ids], "rows": "steps", **told}
    return client_of(by or made.member).post(url(made, "several/"), asked)


def steps(made: Sample, column: str) -> list[Any]:
    with tenant_bound(made.member.tenant_id):
        rows = Step.objects.for_tenant(made.member.tenant).filter(map=made.map_id, deleted_at=None)
        told = dict(rows.values_list("lineage", column))
    return [told.get(pk) for pk in made.steps]


def card(made: Sample, name: str) -> Card:
    with tenant_bound(made.member.tenant_id):
        return Card.objects.for_tenant(made.member.tenant).get(
            map=made.map_id, lineage=made.cards[name]
        )


def test_each_step_is_a_row_in_the_order_of_the_map(made: Sample) -> None:
    page = seen(made)

    assert listed(page) == [str(pk) for pk in made.steps]
    assert 'value="Sees an ad for fibre"' in page
    assert 'aria-label="Importance to us: Sees an ad for fibre"' in page


def test_a_step_tells_its_cards_and_what_its_main_persona_feels(made: Sample) -> None:
    row = seen(made).split(f'id="row-{made.steps[4]}"')[1].split("</tr>")[0]

    assert re.search(r'data-label="Feeling drawn"[^>]*><span[^>]*>−1.3<', row)
    assert re.search(r'data-label="Cards"[^>]*><span[^>]*>5<', row)


def test_each_card_is_a_row_with_the_fields_of_its_lane_alone(made: Sample) -> None:
    page = seen(made, "?rows=cards&size=100")

    value = page.split(f'id="row-{made.cards["Feels 0"]}"')[1].split("</tr>")[0]
    text = page.split(f'id="row-{made.cards["Does 0"]}"')[1].split("</tr>")[0]
    assert 'name="field" value="value"' in value
    assert 'name="field" value="value"' not in text
    assert 'name="field" value="colour"' in text


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?filter=engineer", ["Waits for the engineer", "The engineer visits"]),
        ("?sort=title&filter=the", ["Checks the address", "The engineer visits"]),
        ("?sort=-feeling", ["Orders online", "Checks the address"]),
        ("?sort=feeling", ["Waits for the engineer", "Compares providers"]),
        ("?sort=-moment", ["Orders online", "Sees an ad for fibre"]),
        ("?filter=nothing+like+this", []),
    ],
)
def test_steps_are_filtered_and_sorted(made: Sample, query: str, titles: list[str]) -> None:
    page = seen(made, query)

    found = re.findall(r'name="value"\s+type="text"\s+value="([^"]*)"', page)
    assert [title for title in found if title][: len(titles)] == titles


def test_what_a_filter_hides_is_counted(made: Sample) -> None:
    assert "<strong>4 hidden</strong>" in seen(made, "?filter=engineer")
    told = seen(made, f"?rows=cards&size=100&persona={made.personas[0]}")
    assert "<strong>2 hidden</strong>" in told
    assert str(made.cards["Does 0"]) in told


def test_one_stage_alone_leaves_its_steps_and_the_cards_over_them(made: Sample) -> None:
    there = f"stage={made.stages[1]}"

    assert listed(seen(made, f"?{there}")) == [str(pk) for pk in made.steps[2:4]]
    cards = listed(seen(made, f"?rows=cards&size=100&{there}"))
    assert str(made.cards["Does 1"]) in cards
    assert str(made.cards["Does 0"]) not in cards


def test_columns_are_chosen_by_the_address(made: Sample) -> None:
    page = seen(made, "?columns=note&columns=grade")

    heads = re.findall(r'class="sort"\s+href="[^"]*"\s*>([^<]+)<', page)
    assert [head.strip() for head in heads] == ["Step", "Note for the presenter", "Evidence"]


def test_a_reader_reads_and_can_neither_edit_nor_tick(made: Sample) -> None:
    viewer = make.member(of=made.member.tenant, role=Role.VIEWER)

    page = seen(made, by=viewer).split("<main")[1].split("</main>")[0]

    assert "Sees an ad for fibre" in page
    assert "data-op" not in page
    assert 'name="element"' not in page


@pytest.mark.parametrize(
    ("told", "column", "expected"),
    [
        ({"deed": "customers", "customers": "4"}, "importance_customer", [4, 4]),
        ({"deed": "us", "us": "1"}, "importance_org", [1, 1]),
        ({"deed": "moment", "moment": "true"}, "moment_of_truth", [True, True]),
        ({"deed": "delete"}, "title", [None, None]),
    ],
    ids=["customers", "us", "moment", "delete"],
)
def test_several_steps_are_changed_and_one_undo_takes_all_of_it_back(
    made: Sample, told: dict[str, Any], column: str, expected: list[Any]
) -> None:
    before = steps(made, column)

    answer = several(made, made.steps[0], made.steps[2], **told)

    assert answer.status_code == 302
    assert [steps(made, column)[n] for n in (0, 2)] == expected
    client_of(made.member).post(url(made).replace("table/", "undo/"))
    assert steps(made, column) == before


def test_several_steps_are_given_to_somebody_and_move_to_a_stage(made: Sample) -> None:
    two = made.steps[0], made.steps[4]

    several(made, *two, deed="owner", owner=str(made.member.pk))
    several(made, *two, deed="stage", stage=str(made.stages[1]))

    assert [steps(made, "owner")[n] for n in (0, 4)] == [made.member.pk] * 2
    assert [steps(made, "stage")[n] for n in (0, 4)] == [made.stages[1]] * 2


def test_several_cards_are_coloured_and_move_to_a_lane_and_a_step(made: Sample) -> None:
    two = made.cards["Does 0"], made.cards["Does 1"]

    several(made, *two, rows="cards", deed="colour", colour="c5")
    several(made, *two, rows="cards", deed="lane", lane=str(made.lanes["Thinks"]))
    several(made, *two, rows="cards", deed="step", step=str(made.steps[4]))

    narrow, wide = card(made, "Does 0"), card(made, "Does 1")
    assert (narrow.colour, narrow.lane) == ("c5", made.lanes["Thinks"])
    assert (narrow.step_from, narrow.step_to) == (made.steps[4], made.steps[4])
    assert (wide.step_from, wide.step_to) == (made.steps[4], made.steps[5])


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"deed": "delete"}, "Tick some rows first."),
        ({"deed": "", "ids": 1}, "Choose what to do with them."),
        ({"deed": "colour", "ids": 1}, "This cannot be done with steps."),
        ({"deed": "stage", "ids": 1}, "Choose the stage to move them to."),
        ({"deed": "us", "us": "9", "ids": 1}, "9 is not one of the available choices."),
        ({"deed": "delete", "ids": 300}, "Tick up to 250 rows at once."),
    ],
    ids=["no rows", "no deed", "other rows", "nowhere", "too far", "too many"],
)
def test_what_cannot_be_done_with_several_is_said_and_nothing_is_done(
    made: Sample, told: dict[str, Any], words: str
) -> None:
    count = told.pop("ids", 0)
    ids = [made.steps[0], *(new_id() for _ in range(count - 1))][:count]

    answer = several(made, *ids, **told)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert None not in steps(made, "title")


def test_a_card_that_its_new_lane_does_not_take_stays(made: Sample) -> None:
    told: dict[str, Any] = {"rows": "cards", "deed": "lane", "lane": str(made.lanes["Feels"])}

    answer = several(made, made.cards["Does 0"], **told)

    assert answer.status_code >= 400
    assert "This was not done" in answer.content.decode()
    assert card(made, "Does 0").lane == made.lanes["Does"]


def test_what_is_not_on_the_map_is_not_found_and_nothing_is_done(made: Sample) -> None:
    other = charting.blank_map(made.member, charting.journey(made.member))
    step = charting.stage(made.member, other)[1]
    lane = charting.lane(made.member, other)

    answers = [
        several(made, made.steps[0], step, deed="us", us="3"),
        several(made, made.cards["Does 0"], deed="us", us="3"),
        several(made, made.cards["Does 0"], rows="cards", deed="step", step=str(step)),
        several(made, made.cards["Does 0"], rows="cards", deed="lane", lane=str(lane)),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert steps(made, "importance_org") == [None] * 6
    assert card(made, "Does 0").lane == made.lanes["Does"]


def test_a_viewer_and_a_stranger_find_nothing_to_change(made: Sample) -> None:
    viewer = make.member(of=made.member.tenant, role=Role.VIEWER)
    stranger = make.member()
    theirs = f"/t/{stranger.tenant.slug}/maps/{made.map_id}/table/"

    answers: list[HttpResponse] = [
        several(made, made.steps[0], by=viewer, deed="delete"),
        client_of(stranger).get(theirs),  # type: ignore[list-item]
        client_of(stranger).post(f"{theirs}several/", {}),  # type: ignore[list-item]
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert None not in steps(made, "title")


def test_a_published_map_is_a_table_to_read(made: Sample) -> None:
    with tenant_bound(made.member.tenant_id):
        JourneyMap.objects.for_tenant(made.member.tenant).update(status="published")

    assert "data-op" not in seen(made).split("<main")[1].split("</main>")[0]
    assert several(made, made.steps[0], deed="delete").status_code == 403


def test_what_people_write_is_shown_as_text(made: Sample) -> None:
    evil = "<script>alert(1)</script>"
    charting.do(made.member, made.map_id, charting.put(made.steps[0], "title", evil))
    charting.do(made.member, made.map_id, charting.put(made.lanes["Does"], "title", evil))

    assert evil not in seen(made)
    assert evil not in seen(made, "?rows=cards")
    assert evil not in seen(made, "?sort=%3Cscript%3E&filter=%3Cscript%3Ealert(1)%3C/script%3E")


@pytest.mark.parametrize(("query", "most"), [("", 25), ("?rows=cards&size=100", 25)])
def test_more_rows_cost_no_more_queries(made: Sample, query: str, most: int) -> None:
    client, counts = client_of(made.member), []
    for _ in range(2):
        client.get(url(made, query))
        with CaptureQueriesContext(connection) as queries:
            client.get(url(made, query))
        counts.append(len(queries))
        charting.stage(made.member, made.map_id, "More", steps=6)
        for number in range(5):
            told = {"text": f"Card {number}"}
            charting.card(made.member, made.map_id, made.lanes["Does"], made.steps[0], **told)

    assert counts[0] == counts[1]
    assert counts[0] <= most
