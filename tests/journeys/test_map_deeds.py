"""What is done with a map as a whole, and the panel beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import JourneyMap
from tests import make
from tests.journeys import charting
from tests.journeys.sample import Sample, sample
from tests.journeys.test_map_live import client_of
from tests.journeys.test_map_page import colleague, url

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def kinds_on(made: Sample) -> dict[str, int]:
    found: dict[str, int] = {}
    for element in charting.state_of(made.member, made.map_id).values():
        found[element.kind] = found.get(element.kind, 0) + 1
    return found


def statuses(made: Sample) -> dict[int, str]:
    with tenant_bound(made.member.tenant_id):
        rows = JourneyMap.objects.for_tenant(made.member.tenant).order_by("number")
        return dict(rows.values_list("number", "status"))


def panel(member: Membership, made: Sample, of: UUID, tab: str = "") -> str:
    query = {"of": str(of), "tab": tab}
    answer = client_of(member).get(url(member, made.map_id, "panel/"), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("told", "more"),
    [
        ({"what": "stage", "title": "Stay"}, {"stage": 1, "step": 1}),
        ({"what": "step"}, {"step": 1}),
        ({"what": "lane", "preset": "does"}, {"lane": 1}),
        ({"what": "lane", "preset": "emotion", "title": "Mood"}, {"lane": 1}),
    ],
)
def test_a_map_is_added_to_without_scripts(told: dict[str, str], more: dict[str, int]) -> None:
    made = sample(make.member())
    before = kinds_on(made)

    answer = client_of(made.member).post(url(made.member, made.map_id, "add/"), told)

    assert answer.status_code == 302
    assert kinds_on(made) == {kind: n + more.get(kind, 0) for kind, n in before.items()}


@pytest.mark.parametrize("told", [{}, {"what": "cow"}, {"what": "lane", "preset": "cow"}])
def test_what_cannot_be_added_is_refused_in_words(told: dict[str, str]) -> None:
    made = sample(make.member())

    answer = client_of(made.member).post(url(made.member, made.map_id, "add/"), told)

    assert answer.status_code == 422
    assert "Choose" in answer.content.decode()


def test_a_fork_is_paired_and_needs_a_name() -> None:
    made = sample(make.member())
    client = client_of(made.member)
    address = url(made.member, made.map_id, "fork/")

    refused = client.post(address, {"name": " ", "state": "future"})
    client.post(address, {"name": "As it shall be", "state": "future"})

    assert refused.status_code == 422
    assert statuses(made) == {1: "draft", 2: "draft"}


def test_a_current_map_has_no_horizon() -> None:
    made = sample(make.member())
    told = {"name": "Again", "state": "current", "horizon": "2027-01-01"}

    answer = client_of(made.member).post(url(made.member, made.map_id, "fork/"), told)

    assert answer.status_code == 409
    assert "Only a future or an ideal map has a horizon." in answer.content.decode()


def test_a_map_is_published_changed_in_a_draft_and_retired() -> None:
    made = sample(make.member())
    client = client_of(made.member)

    client.post(url(made.member, made.map_id, "publish/"))
    client.post(url(made.member, made.map_id, "draft/"))
    client.post(url(made.member, made.map_id, "retire/"))

    assert statuses(made) == {1: "retired", 2: "draft"}


@pytest.mark.parametrize("deed", ["add", "draft", "fork", "publish", "retire", "change"])
def test_a_viewer_does_nothing_with_a_map(deed: str) -> None:
    made = sample(make.member())
    client = client_of(colleague(made.member, Role.VIEWER))

    assert client.post(url(made.member, made.map_id, f"{deed}/")).status_code == 404


@pytest.mark.parametrize("deed", ["publish", "retire"])
def test_publishing_is_for_managers_and_the_owner(deed: str) -> None:
    made = sample(make.member())
    client = client_of(colleague(made.member, Role.ANALYST))

    assert client.post(url(made.member, made.map_id, f"{deed}/")).status_code == 404


def test_the_panel_edits_every_field_of_a_card() -> None:
    made = sample(make.member())

    told = panel(made.member, made, made.cards["Does 0"])

    for field in ("step_from", "step_to", "text", "colour", "persona"):
        assert f'name="field" value="{field}"' in told
    assert f'<option value="{made.steps[0]}" selected>1. Sees an ad for fibre</option>' in told


@pytest.mark.parametrize("title", list(range(17)))
def test_every_lane_has_a_panel(title: int) -> None:
    made = sample(make.member())
    lane = list(made.lanes.values())[title]

    assert 'name="field" value="title"' in panel(made.member, made, lane)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("5 days", "5 days"), ("P5D", "5 days"), ("1 day 2 hours 3 minutes", "P1DT7380S")],
)
def test_a_field_of_the_panel_saves_without_scripts(typed: str, shown: str) -> None:
    made = sample(make.member())
    told = {
        "op": "set",
        "lineage": str(made.steps[4]),
        "field": "expected_duration",
        "value": typed,
        "base_rev": "0",
    }

    answer = client_of(made.member).post(url(made.member, made.map_id, "change/"), told)

    assert answer.status_code == 302
    assert f'value="{shown}"' in panel(made.member, made, made.steps[4])


def test_a_deleted_step_takes_its_cards_along_without_scripts_too() -> None:
    made = sample(make.member())
    told = {"op": "delete", "lineage": str(made.steps[5])}

    client_of(made.member).post(url(made.member, made.map_id, "change/"), told)

    state = charting.state_of(made.member, made.map_id)
    assert state[made.cards["Does 5"]].values["step_from"] == str(made.steps[4])


def test_a_reader_reads_what_is_there() -> None:
    made = sample(make.member())

    told = panel(colleague(made.member, Role.VIEWER), made, made.steps[4])

    assert "<dt>Expected duration</dt><dd>3 days 4 hours</dd>" in told
    assert "<form" not in told


def test_the_panel_tells_what_was_done_and_where_else_it_is() -> None:
    made = sample(make.member())
    card = made.cards["Does 0"]
    charting.do(made.member, made.map_id, charting.put(card, "text", "Sees a tram"))
    client_of(made.member).post(
        url(made.member, made.map_id, "fork/"), {"name": "Fork", "state": "future"}
    )

    assert "changed Text of card “Sees a tram”" in panel(made.member, made, card, "history")
    assert "Switching to fibre at home: Fork" in panel(made.member, made, card, "uses")


def test_what_is_not_on_the_map_has_no_panel() -> None:
    made, other = sample(make.member()), sample(make.member())
    client = client_of(made.member)

    for of in (other.steps[0], other.map_id, "x", ""):
        answer = client.get(url(made.member, made.map_id, f"panel/?of={of}"))
        assert answer.status_code == 404
