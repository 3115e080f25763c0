"""The steps of a map between two axes: what is drawn, what is told, and how steps are moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Card, JourneyMap, Step
from tests import make
from tests.analytics.map_world import world
from tests.analytics.reading import load_scores
from tests.journeys import charting
from tests.journeys.sample import Sample, sample

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
JSON = {"Accept": "application/json"}
BOTH = {"x_axis": "customers", "y_axis": "us"}


@pytest.fixture
def made() -> Sample:
    found = sample(make.member())
    puts = [
        charting.put(found.steps[0], name, value)
        for name, value in (("importance_customer", 4), ("importance_org", 2))
    ]
    charting.do(found.member, found.map_id, *puts)
    return found


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(made: Sample, more: str = "") -> str:
    return f"/t/{made.member.tenant.slug}/maps/{made.map_id}/matrix/{more}"


def seen(made: Sample, more: str = "", by: Membership | None = None) -> str:
    answer = client_of(by or made.member).get(url(made, more))
    assert answer.status_code == 200
    return answer.content.decode()


def place(made: Sample, step: UUID, by: Membership | None = None, **told: Any) -> Any:
    asked = {"step": step, **BOTH, **told}
    return client_of(by or made.member).post(url(made, "place/"), asked, headers=JSON)


def feeling(made: Sample) -> str:
    return f"feeling-{made.personas[0]}"


def importance(made: Sample, number: int = 0) -> tuple[int | None, int | None]:
    with tenant_bound(made.member.tenant_id):
        rows = Step.objects.for_tenant(made.member.tenant).filter(map=made.map_id)
        return rows.values_list("importance_customer", "importance_org").get(
            lineage=made.steps[number]
        )


def felt(made: Sample, number: int, persona: UUID | None = None) -> list[float]:
    with tenant_bound(made.member.tenant_id):
        rows = Card.objects.for_tenant(made.member.tenant).filter(
            lane=made.lanes["Feels"],
            step_from=made.steps[number],
            persona=persona or made.personas[0],
            deleted_at=None,
        )
        return [float(value or 0) for value in rows.values_list("value", flat=True)]


def test_a_step_with_both_values_is_drawn_and_the_others_are_listed(made: Sample) -> None:
    page = seen(made, "?x_axis=customers&y_axis=us")

    assert page.count('class="matrix-node') == 1
    assert 'x="70.50%" y="70.50%"' in page
    assert "1. Sees an ad for fibre: Importance to customers 4, Importance to us 2" in page
    assert page.count('<form id="place-') == 6


def test_an_axis_that_the_map_does_not_have_is_as_usual(made: Sample) -> None:
    page = seen(made, "?x_axis=nothing&y_axis=measured-1")

    assert '<option value="customers" selected>' in page
    assert f'<option value="{feeling(made)}" selected>' in page


def test_importance_is_set_and_one_undo_takes_it_back(made: Sample) -> None:
    answer = place(made, made.steps[0], x="5", y="1")

    assert (answer.status_code, answer.content) == (204, b"")
    assert importance(made) == (5, 1)
    client_of(made.member).post(url(made).replace("matrix/", "undo/"))
    assert importance(made) == (4, 2)


def test_a_feeling_is_changed_on_its_card(made: Sample) -> None:
    told: dict[str, Any] = {"y_axis": feeling(made), "x": "4", "y": "-1.7"}

    assert place(made, made.steps[0], **told).status_code == 204
    assert felt(made, 0) == [-1.7]
    assert importance(made) == (4, 2)


def test_a_feeling_that_is_not_drawn_yet_becomes_a_card(made: Sample) -> None:
    piet = made.personas[1]
    told: dict[str, Any] = {"y_axis": f"feeling-{piet}", "y": "0.5"}

    assert felt(made, 0, piet) == []
    assert place(made, made.steps[0], **told).status_code == 204
    assert felt(made, 0, piet) == [0.5]


def test_what_stays_is_no_operation(made: Sample) -> None:
    with tenant_bound(made.member.tenant_id):
        before = JourneyMap.objects.for_tenant(made.member.tenant).get(pk=made.map_id).head_seq

    assert place(made, made.steps[0], x="4", y="2").status_code == 204
    with tenant_bound(made.member.tenant_id):
        assert JourneyMap.objects.for_tenant(made.member.tenant).get(pk=made.map_id).head_seq == (
            before
        )


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"x": "6", "y": "1"}, "Importance to customers: give a number from 1 to 5"),
        ({"x": "2.5"}, "in steps of 1"),
        ({"x": "nan"}, "A place is a number on each axis"),
        ({"x": "far"}, "A place is a number on each axis"),
        ({"step": "one", "x": "1"}, "Choose a step."),
        ({"x_axis": "", "x": "1"}, "Choose two axes."),
    ],
)
def test_a_place_that_is_none_is_refused_in_words(
    made: Sample, told: dict[str, str], words: str
) -> None:
    answer = client_of(made.member).post(
        url(made, "place/"), {"step": made.steps[0], **BOTH, **told}, headers=JSON
    )

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert importance(made) == (4, 2)


def test_without_a_script_the_page_says_what_was_refused(made: Sample) -> None:
    told = {"step": made.steps[0], **BOTH, "x": "9", "y": "1"}

    answer = client_of(made.member).post(url(made, "place/"), told)

    assert answer.status_code == 422
    assert "This was not done" in answer.content.decode()


def test_a_step_or_an_axis_of_another_map_is_not_found(made: Sample) -> None:
    other = charting.blank_map(made.member, charting.journey(made.member))
    step = charting.stage(made.member, other)[1]

    answers = [
        place(made, step, x="1", y="1"),
        place(made, made.steps[0], x_axis="feeling-nobody", x="1"),
        place(made, made.steps[0], x_axis="measured-nothing", x="1"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_a_viewer_reads_and_neither_viewers_nor_strangers_move(made: Sample) -> None:
    viewer = make.member(of=made.member.tenant, role=Role.VIEWER)
    stranger = make.member()
    theirs = f"/t/{stranger.tenant.slug}/maps/{made.map_id}/matrix/"

    answers = [
        place(made, made.steps[0], by=viewer, x="1", y="1"),
        client_of(stranger).get(theirs),
        client_of(stranger).post(f"{theirs}place/", {}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert "data-spot" not in seen(made, by=viewer)


def test_a_locked_lane_of_feelings_is_told_and_stays(made: Sample) -> None:
    charting.do(made.member, made.map_id, charting.put(made.lanes["Feels"], "is_locked", True))
    asked: dict[str, Any] = {"y_axis": feeling(made), "y": "-1.7"}

    assert "Feeling of Maya: Its lane is locked." in seen(made, f"?y_axis={feeling(made)}")
    answer = place(made, made.steps[0], **asked)
    assert (answer.status_code, felt(made, 0)) == (422, [0.0])


def test_what_is_measured_is_drawn_with_its_interval_and_cannot_be_set() -> None:
    of = world("shop", "parcel")
    load_scores({5: 24, 3: 16}, of=of.member.tenant, metric="csat_5", touchpoint="shop")
    of.feel({"shop": -1.0})
    lane = of.lane(mapping="minus_3")
    address = f"/t/{of.member.tenant.slug}/maps/{of.map_id}/matrix/"
    query = f"?x_axis=measured-{lane}&y_axis=feeling-nobody"

    page = client_of(of.member).get(address + query).content.decode()
    gap = of.numbers(lane).cells[0].belief
    gaps = client_of(of.member).get(f"{address}?x_axis=gap-{lane}&y_axis=us").content.decode()
    refused = client_of(of.member).post(
        f"{address}place/",
        {"step": of.steps["shop"], "x_axis": f"measured-{lane}", "y_axis": "us", "x": "1"},
        headers=JSON,
    )

    assert page.count('data-bar="x"') == 1
    assert "40 answers" in page
    assert "It is measured from answers and cannot be set." in page
    assert gap
    assert gap.gap
    assert f"−{abs(round(gap.gap, 2)):g}" in gaps
    assert "Nothing can be said" in gaps
    assert (refused.status_code, b"measured" in refused.content) == (422, True)


def test_more_steps_cost_no_more_queries(made: Sample) -> None:
    client, counts = client_of(made.member), []
    for _ in range(2):
        client.get(url(made))
        with CaptureQueriesContext(connection) as queries:
            client.get(url(made))
        counts.append(len(queries))
        charting.stage(made.member, made.map_id, "More", steps=6)

    assert counts[0] == counts[1]
    assert counts[0] <= 20
