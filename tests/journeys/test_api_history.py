"""How maps were in the JSON API: at a moment, as kept versions, and brought back."""

from __future__ import annotations

from typing import Any

import pytest

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from cxm.touchpoints.models import Touchpoint
from journeys.models import JourneyMap, Snapshot
from tests import make
from tests.journeys import charting as m
from tests.journeys.ahead import Told
from tests.journeys.test_api_futures import Program

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def told(db: None) -> Told:
    return Told(make.member())


def head(told: Told) -> int:
    with tenant_bound(told.member.tenant_id):
        return JourneyMap.objects.for_tenant(told.member.tenant).get(pk=told.future.pk).head_seq


def titles(answer: Any) -> list[str]:
    return [step["title"] for stage in answer.json()["stages"] for step in stage["steps"]]


def test_a_map_is_read_as_it_was(told: Told) -> None:
    start = head(told)
    told.title(told.future, told.pay, "Pay later")
    program = Program(told)

    now, then = program.get(""), program.get(f"?asof={start}")
    on = program.get(f"?asof={make.NOW.date().isoformat()}")

    assert titles(now) == ["Pay later", "Buy 2"]
    assert titles(then) == ["Buy 1", "Buy 2"]
    assert titles(on) == ["Pay later", "Buy 2"]
    assert then.json()["head_seq"] == start + 1


@pytest.mark.parametrize(
    ("asof", "status"), [("soon", 422), ("0", 409), ("999", 409), ("1999-01-01", 409)]
)
def test_moments_that_make_no_sense_are_refused(told: Told, asof: str, status: int) -> None:
    answer = Program(told).get(f"?asof={asof}")

    assert answer.status_code == status
    assert answer.json()["errors"][0]["field"] in {"asof", "at"}


def test_versions_are_kept_listed_and_read(told: Told) -> None:
    program = Program(told)

    made = program.post("snapshots/", {"label": "Before the launch"})
    told.title(told.future, told.pay, "Pay later")
    listed = program.get("snapshots/").json()["results"]
    read = program.get(f"snapshots/{made.json()['id']}/")

    assert made.status_code == 201
    assert [(one["label"], one["trigger"], one["seq"]) for one in listed] == [
        ("Before the launch", "manual", head(told) - 1)
    ]
    assert titles(read) == ["Buy 1", "Buy 2"]
    assert read.json()["titles"] == {}


def test_a_map_is_brought_back(told: Told) -> None:
    start = head(told)
    told.title(told.future, told.pay, "Pay later")
    told.title(told.future, told.wait, "Wait a day")
    program = Program(told)

    one = program.post("restore/", {"until": start, "only": str(told.pay)})
    whole = program.post("restore/", {"until": start})

    assert titles(one) == ["Buy 1", "Wait a day"]
    assert titles(whole) == ["Buy 1", "Buy 2"]
    with tenant_bound(told.member.tenant_id):
        rows = Snapshot.objects.for_tenant(told.member.tenant).filter(map=told.future)
        assert [row.trigger for row in rows] == ["before_restore", "before_restore"]


def test_what_is_lost_is_told_and_can_be_left(told: Told) -> None:
    touchpoint, contact = make.touchpoint(of=told.member.tenant), new_id()
    told.do(told.future, m.create(contact, "contact", {"touchpoint": str(touchpoint.pk)}, told.pay))
    start = head(told)
    told.do(told.future, m.asked(Deed.DELETE, contact))
    with tenant_bound(told.member.tenant_id):
        Touchpoint.objects.for_tenant(told.member.tenant).update(archived_at=make.NOW)
    told.title(told.future, told.pay, "Pay later")
    program = Program(told)

    asked = program.post("restore/", {"until": start})
    done = program.post("restore/", {"until": start, "leave_lost": True})

    assert asked.status_code == 409
    assert asked.json()["lost"] == ["Touchpoint: this touchpoint is out of use."]
    assert titles(done) == ["Buy 1", "Buy 2"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "until"),
        ({"until": 0}, "until"),
        ({"until": 1, "only": "no-id"}, "only"),
        ({"until": 1, "all": True}, "all"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused(told: Told, body: Any, field: str) -> None:
    answer = Program(told).post("restore/", body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_a_published_map_and_a_key_that_only_reads_bring_nothing_back(told: Told) -> None:
    published = Program(told).post("restore/", {"until": 2}, on=told.current)
    reads = Program(told, Right.SEE_JOURNEYS)

    assert published.status_code == 403
    assert reads.post("restore/", {"until": 1}).status_code == 403
    assert reads.post("snapshots/", {"label": "Mine"}).status_code == 403
    assert reads.get("snapshots/").status_code == 200


def test_strangers_find_nothing_whatever_they_send(told: Told) -> None:
    stranger = Program(Told(make.member()))

    for more, body in (("restore/", {"until": "x"}), ("snapshots/", {"label": ""})):
        assert stranger.post(more, body, on=told.future).status_code == 404
    assert stranger.get("?asof=x", on=told.future).status_code == 404
