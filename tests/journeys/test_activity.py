"""What was done on a journey by day and person, and locking its maps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cxm.kernel.clock import now
from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Actor
from cxm.kernel.operations.store import commit
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Right, Role
from journeys.models import JourneyMap
from journeys.rules.activity import (
    Day,
    Done,
    Line,
    Part,
    days_in_words,
    on_journey,
    on_map,
    promised,
    rank_of,
)
from journeys.rules.shapes import MAP
from journeys.services.stores import MAPS
from tests import make
from tests.journeys import charting
from tests.journeys.test_access import bea, granted, journey, map_of, map_page, page, words
from tests.journeys.test_map_live import client_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.test import Client

    from cxm.tenants.models import Membership

__all__ = ["bea"]

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.mark.parametrize(
    ("deed", "kind", "times", "expected"),
    [
        ("create", "card", 1, "added a card"),
        ("create", "card", 3, "added 3 cards"),
        ("delete", "step", 2, "deleted 2 steps"),
        ("move", "lane", 1, "moved a lane"),
        ("restore", "stage", 1, "brought back a stage"),
        ("set", "card", 1200, "changed 1,200 cards"),
        ("create", "map", 1, "made it"),
        ("set", "map", 4, "changed its settings"),
        ("create", "contact", 3, "added 3 touchpoints of steps"),
        ("delete", "flow", 1, "deleted a way between steps"),
    ],
)
def test_operations_of_a_sort_are_one_phrase(
    deed: str, kind: str, times: int, expected: str
) -> None:
    assert on_map(deed, kind, times) == expected


@pytest.mark.parametrize("kind", list(MAP.elements))
def test_every_kind_of_element_has_words_and_a_rank(kind: str) -> None:
    assert on_map("set", kind, 2).startswith("changed ")
    assert rank_of(kind) >= 0


def test_deeds_on_a_journey_and_promises_have_words() -> None:
    assert on_journey("create", "") == "made it"
    assert on_journey("set", "owner") == "changed Owner"
    assert promised(1, is_removal=False) == "promised a target"
    assert promised(2, is_removal=True) == "took 2 targets back"


def test_deeds_are_laid_out_by_day_person_and_map() -> None:
    ana, ben = Actor("member", new_id()), Actor("member", new_id())
    today, at = make.NOW.date(), make.NOW
    before = today - timedelta(days=1)
    done = [
        Done(before, ana, None, "made it", at - timedelta(days=1)),
        Done(today, ana, None, "changed Title", at),
        Done(today, ana, None, "changed Owner", at - timedelta(hours=1)),
        Done(today, ben, None, "let somebody in", at - timedelta(hours=2)),
    ]

    assert days_in_words(done) == [
        Day(
            today,
            [
                Part(ana, [Line(None, "changed Title, changed Owner")]),
                Part(ben, [Line(None, "let somebody in")]),
            ],
        ),
        Day(before, [Part(ana, [Line(None, "made it")])]),
    ]


def test_the_page_tells_what_was_done_by_day_and_person(bea: Membership) -> None:
    pk = journey(bea, "editable")
    charting.stage(bea, map_of(bea, pk), steps=2)
    client_of(bea).post(map_page(bea, pk, "lock/"), {"locked": "1"})

    told = words(client_of(bea).get(page(bea, pk, "activity/")))

    assert bea.user.get_full_name() in told
    assert "This journey: made it" in told
    assert "As it is : made it, added a stage, added 2 steps. History" in told
    assert "As it is : locked it. History" in told


def test_days_are_told_fourteen_at_a_time(bea: Membership) -> None:
    pk = journey(bea, "editable")
    for days in range(1, 17):
        _added(bea, map_of(bea, pk), at=make.NOW + timedelta(days=days))

    client = client_of(bea)
    first = client.get(page(bea, pk, "activity/"))
    second = client.get(page(bea, pk, "activity/") + f"?before={first.context['older']}")

    assert (len(first.context["days"]), len(second.context["days"])) == (14, 3)
    assert second.context["older"] is None


def _added(member: Membership, on: UUID, *, at: datetime) -> None:
    values = {"title": "Does", "kind": "text"}
    with tenant_bound(member.tenant_id):
        asked = replace(charting.request(member, on), now=at)
        commit(MAPS, asked, [charting.create(new_id(), "lane", values, parent=on)])


@pytest.mark.parametrize("text", ["soon", "2026-02-30", "0000-00-00", ""])
def test_a_day_that_is_none_shows_the_newest(bea: Membership, text: str) -> None:
    pk = journey(bea, "editable")

    told = words(client_of(bea).get(page(bea, pk, "activity/"), {"before": text}))

    assert "This journey: made it" in told


def test_who_may_not_open_a_journey_finds_no_activity(bea: Membership) -> None:
    pk, other = journey(bea, "listed"), make.member(of=bea.tenant, role=Role.VIEWER)
    stranger = make.member()

    assert client_of(other).get(page(bea, pk, "activity/")).status_code == 404
    assert client_of(stranger).get(page(stranger, pk, "activity/")).status_code == 404


def test_agents_are_told_of_no_draft(bea: Membership) -> None:
    pk, agent = journey(bea, "editable"), make.member(of=bea.tenant, role=Role.AGENT)

    told = words(client_of(agent).get(page(bea, pk, "activity/")))

    assert "This journey: made it" in told
    assert "As it is" not in told


@pytest.mark.parametrize("maps", [1, 3])
def test_the_queries_of_activity_do_not_grow(
    bea: Membership, maps: int, django_assert_num_queries: Any
) -> None:
    pk = journey(bea, "editable")
    for number in range(2, maps + 1):
        charting.blank_map(bea, pk, number=number)
    client = client_of(bea)
    client.get(page(bea, pk, "activity/"))

    with django_assert_num_queries(21):
        client.get(page(bea, pk, "activity/"))


def is_locked(of: Membership, pk: UUID) -> bool:
    with tenant_bound(of.tenant_id):
        found: bool = JourneyMap.objects.for_tenant(of.tenant).get(journey=pk).is_locked
    return found


def test_a_locked_map_refuses_changes_and_says_who_locked_it(bea: Membership) -> None:
    pk = journey(bea, "editable")
    ana = make.member(of=bea.tenant, role=Role.ANALYST)
    client_of(bea).post(map_page(bea, pk, "lock/"), {"locked": "1"})

    refused = client_of(ana).post(map_page(bea, pk, "add/"), {"what": "stage"})
    shown = words(client_of(ana).get(map_page(bea, pk)))

    assert refused.status_code == 403
    assert f"{bea.user.get_full_name()} locked it on" in shown
    assert "Open a draft" in shown


def test_unlocked_a_map_is_changed_again(bea: Membership) -> None:
    pk, client = journey(bea, "editable"), client_of(bea)
    client.post(map_page(bea, pk, "lock/"), {"locked": "1"})
    client.post(map_page(bea, pk, "lock/"), {"locked": "1"})
    client.post(map_page(bea, pk, "lock/"), {"locked": ""})

    answer = client.post(map_page(bea, pk, "add/"), {"what": "stage"})

    with tenant_bound(bea.tenant_id):
        rows = AuditEntry.objects.for_tenant(bea.tenant).filter(object_kind="journeymap")
        deeds = list(rows.order_by("at").values_list("action", flat=True))
    assert answer.status_code == 302
    assert deeds == ["map-locked", "map-unlocked"]


@pytest.mark.parametrize("role", [Role.ANALYST, Role.CONTRIBUTOR, Role.VIEWER, Role.AGENT])
def test_only_managers_and_the_owner_lock(bea: Membership, role: Role) -> None:
    pk, other = journey(bea, "editable"), make.member(of=bea.tenant, role=role)

    answer = client_of(other).post(map_page(bea, pk, "lock/"), {"locked": "1"})

    assert answer.status_code == 404
    assert not is_locked(bea, pk)


def test_a_published_map_is_not_locked(bea: Membership) -> None:
    pk = journey(bea, "editable")
    with tenant_bound(bea.tenant_id):
        rows = JourneyMap.objects.for_tenant(bea.tenant).filter(journey=pk)
        rows.update(status="published", valid_from=now(), published_at=now())

    answer = client_of(bea).post(map_page(bea, pk, "lock/"), {"locked": "1"})

    assert answer.status_code == 409
    assert "Only a draft is locked" in words(answer)


def test_a_program_locks_and_unlocks(bea: Membership, client: Client) -> None:
    pk = journey(bea, "editable")
    rights = [Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS, Right.PUBLISH_JOURNEYS]
    head = {"Authorization": f"Bearer {make.api_key(of=bea.tenant, rights=rights)[1]}"}
    url = f"/api/v1/journey-maps/{map_of(bea, pk)}/lock/"

    locked = client.put(url, headers=head)
    opened = client.delete(url, headers=head)
    _, other = make.api_key(of=bea.tenant, rights=rights[:2])
    refused = client.put(url, headers={"Authorization": f"Bearer {other}"})

    assert (locked.json()["is_locked"], opened.json()["is_locked"]) == (True, False)
    assert refused.status_code == 404


def test_a_guest_who_was_let_in_reads_the_activity(bea: Membership) -> None:
    pk, guest = journey(bea), make.member(of=bea.tenant, role=Role.GUEST)
    granted(guest, pk)

    assert "This journey: made it" in words(client_of(guest).get(page(bea, pk, "activity/")))
