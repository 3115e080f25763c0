"""Members then, and how two segments overlap."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from cxm.customers.models import Segment, SegmentMember, SegmentVersion
from cxm.customers.selectors.segment_history import Overlap, end_of_day, members, overlap
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from tests import make
from tests.customers import served
from tests.customers.segment_world import Person, World, plant
from tests.customers.test_segment_api import caller

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db
DAY = make.NOW.date()
STAYS: list[tuple[int, str, int, int | None]] = [
    # Who, of which segment, from and to in days before NOW.
    (0, "pros", 9, None),
    (1, "pros", 9, 4),
    (2, "pros", 3, None),
    (1, "pros", 1, None),
    (0, "vips", 9, None),
    (2, "vips", 9, 2),
    (3, "vips", 5, None),
]


def _world() -> tuple[Tenant, list[UUID]]:
    tenant = make.tenant()
    ids = plant(World([Person() for _ in range(4)]), tenant)
    for key in ("pros", "vips"):
        make.segment(of=tenant, title=key.title(), key=key)
    with tenant_bound(tenant.pk):
        segments = {one.key: one for one in Segment.objects.for_tenant(tenant)}
        Segment.objects.for_tenant(tenant).update(refreshed_at=make.NOW)
        made = SegmentVersion.objects.for_tenant(tenant)
        made.update(at=make.NOW - timedelta(days=9))
        SegmentMember.objects.bulk_create(
            SegmentMember(
                tenant=tenant,
                segment=segments[key],
                customer_id=ids[who],
                from_at=make.NOW - timedelta(days=start),
                to_at=None if end is None else make.NOW - timedelta(days=end),
            )
            for who, key, start, end in STAYS
        )
    return tenant, ids


@pytest.mark.parametrize(
    ("back", "who"),
    [(None, {0, 1, 2}), (2, {0, 2}), (3, {0, 2}), (4, {0}), (5, {0, 1}), (9, {0, 1}), (10, set())],
)
def test_members_are_those_who_were_in_it_when_the_day_ended(
    back: int | None, who: set[int]
) -> None:
    tenant, ids = _world()
    with tenant_bound(tenant.pk):
        pros = Segment.objects.for_tenant(tenant).get(key="pros")
        at = None if back is None else end_of_day(tenant, DAY - timedelta(days=back))

        found = {row.customer_id for row in members(pros, at)}

    assert found == {ids[one] for one in who}


@pytest.mark.parametrize(
    ("back", "counts"),
    [
        (None, Overlap(1, 2, 1)),
        (3, Overlap(2, 0, 1)),
        (6, Overlap(1, 1, 1)),
        (20, Overlap(0, 0, 0)),
    ],
)
def test_the_overlap_of_two_segments_is_counted_now_and_then(
    back: int | None, counts: Overlap
) -> None:
    tenant, _ = _world()
    with tenant_bound(tenant.pk):
        pros, vips = Segment.objects.for_tenant(tenant).order_by("key")
        at = None if back is None else end_of_day(tenant, DAY - timedelta(days=back))

        assert overlap(pros, vips, at) == counts
        assert overlap(vips, pros, at) == Overlap(
            counts.both, counts.only_second, counts.only_first
        )


def test_a_day_ends_where_the_tenant_lives() -> None:
    tenant = make.tenant()
    tenant.time_zone = "Asia/Tokyo"

    assert end_of_day(tenant, DAY) == datetime(
        DAY.year, DAY.month, DAY.day, tzinfo=ZoneInfo("Asia/Tokyo")
    ) + timedelta(days=1)


def _detail(tenant: Tenant, **query: str | list[str]) -> Any:
    with time_machine.travel(make.NOW, tick=False):
        url = f"/t/{tenant.slug}/segments/pros/"
        return served.client_of(tenant, Role.MANAGER).get(url, query)


def test_the_page_says_that_it_shows_members_then() -> None:
    tenant, ids = _world()

    answer = _detail(tenant, on=(DAY - timedelta(days=5)).isoformat(), other="vips")

    page = answer.content.decode()
    assert answer.context["size_then"] == 2
    assert {member.customer_id for member, _ in answer.context["members"]} == {ids[0], ids[1]}
    assert "were in it at the end of that day" in page
    assert [overlap for _, overlap in answer.context["overlaps"]] == [Overlap(1, 1, 2)]
    assert "Members now</h2>" not in page


def test_the_page_shows_the_overlap_with_up_to_five_segments() -> None:
    tenant, _ = _world()
    keys = ["vips", *(make.segment(of=tenant, title=f"More {n}").key for n in range(5))]

    five = _detail(tenant, other=["", *keys[4::-1], "vips"])
    six = _detail(tenant, other=keys)

    page = five.content.decode()
    assert [other.key for other, _ in five.context["overlaps"]] == keys[4::-1]
    assert five.context["overlaps"][-1][1] == Overlap(1, 2, 1)
    assert (page.count('name="other"'), '<select name="other"' in page) == (5, False)
    assert six.context["overlaps"] == []
    assert "Choose at most 5 other segments." in six.content.decode()


def test_a_segment_that_was_not_counted_by_then_is_told_and_the_others_shown() -> None:
    tenant, _ = _world()
    make.segment(of=tenant, title="Late")

    answer = _detail(tenant, on=(DAY - timedelta(days=5)).isoformat(), other=["vips", "late"])

    assert [segment.key for segment in answer.context["unknown"]] == ["late"]
    assert [other.key for other, _ in answer.context["overlaps"]] == ["vips"]


def test_the_page_says_from_when_members_are_known() -> None:
    tenant, _ = _world()

    answer = _detail(tenant, on=(DAY - timedelta(days=30)).isoformat())

    page = answer.content.decode()
    assert "Not known for this day." in page
    assert "“Pros” was made later" in page
    assert (answer.context["members"], answer.context["overlaps"]) == ([], [])


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"on": "2999-01-01"}, "Choose today or an earlier day."),
        ({"on": "soon"}, "Enter a valid date."),
        ({"other": "nobody"}, "Select a valid choice."),
        ({"other": "pros"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_looked_at_is_said_and_the_present_shown(
    query: dict[str, str], words: str
) -> None:
    answer = _detail(_world()[0], **query)

    page = answer.content.decode()
    assert (answer.status_code, words in page, "Members now</h2>" in page) == (200, True, True)


def test_today_is_now() -> None:
    assert "Members now</h2>" in _detail(_world()[0], on=DAY.isoformat()).content.decode()


def test_the_api_tells_members_then_and_the_overlap() -> None:
    tenant, ids = _world()
    call, day = caller(tenant), (DAY - timedelta(days=5)).isoformat()

    then = call("get", f"pros/members/?on={day}").json()["results"]
    both = call("get", "pros/overlap/?other=vips").json()
    both_then = call("get", f"pros/overlap/?other=vips&on={day}").json()

    found = {(one["customer"], one["until"] is None) for one in then}
    assert found == {(str(ids[0]), True), (str(ids[1]), False)}
    assert both == {"both": 1, "only_this": 2, "only_other": 1}
    assert both_then == {"both": 1, "only_this": 1, "only_other": 2}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("?other=nobody", 404),
        ("?other=vips&on=soon", 422),
        ("?other=vips&on=9999-12-31", 422),
    ],
)
def test_the_api_refuses_what_cannot_be_compared(query: str, status: int) -> None:
    assert caller(_world()[0])("get", f"pros/overlap/{query}").status_code == status


def test_only_those_who_see_customers_are_told() -> None:
    call = caller(_world()[0], *(set(Right) - {Right.SEE_CUSTOMERS}))

    assert call("get", "pros/overlap/?other=vips").status_code == 403
