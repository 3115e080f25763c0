"""Journeys beside each other in the JSON API."""

from __future__ import annotations

import pytest

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from journeys.models import Journey
from tests import make
from tests.journeys import charting
from tests.journeys.sample import sample
from tests.journeys.test_api_journeys import URL, Program

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?owner=nobody", ["Nobody’s"]),
        ("?state=none", ["Mine", "Nobody’s"]),
        ("?state=live", []),
        ("?tag=none", []),
        ("?owner=x", ["Mine", "Nobody’s"]),
    ],
)
def test_journeys_are_filtered(query: str, expected: list[str]) -> None:
    member = make.member()
    charting.journey(member, "Mine")
    nobodys = charting.journey(member, "Nobody’s")
    with tenant_bound(member.tenant_id):
        Journey.objects.for_tenant(member.tenant).filter(pk=nobodys).update(owner=None)

    answer = Program(member.tenant, Right.SEE_JOURNEYS).get(f"{URL}{query}").json()

    assert [one["title"] for one in answer["results"]] == expected


def test_a_filter_that_is_none_is_refused_by_name() -> None:
    program = Program(make.tenant(), Right.SEE_JOURNEYS)

    answer = program.get(f"{URL}?state=soon")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "state"


def test_what_lies_in_a_journey_is_told_with_how_deep() -> None:
    member = make.member()
    top, low, lowest = (charting.journey(member, title) for title in ("Top", "Low", "Lowest"))
    with tenant_bound(member.tenant_id):
        rows = Journey.objects.for_tenant(member.tenant)
        rows.filter(pk=low).update(parent=top)
        rows.filter(pk=lowest).update(parent=low)

    told = Program(member.tenant, Right.SEE_JOURNEYS).get(f"{URL}{top}/children/").json()

    assert [(one["title"], one["depth"]) for one in told] == [("Low", 1), ("Lowest", 2)]


def test_the_heat_map_tells_values_and_heats() -> None:
    made = sample(make.member())

    told = Program(made.member.tenant, Right.SEE_JOURNEYS).get(f"{URL}heat/").json()

    assert [(one["value"], one["heat"]) for one in told[0]["stages"]] == [
        ("-0.5", 4),
        ("+0.9", 2),
        ("+0.2", 3),
    ]
    assert told[0]["whole"]["stage"] is None


def test_another_workspaces_journey_has_no_children() -> None:
    foreign = charting.journey(make.member())

    answer = Program(make.tenant(), Right.SEE_JOURNEYS).get(f"{URL}{foreign}/children/")

    assert answer.status_code == 404
