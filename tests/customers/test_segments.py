"""Segments: making, changing, archiving, counting, and the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, transaction

from cxm.customers.models import (
    Customer,
    Interaction,
    Segment,
    SegmentMember,
    SegmentVersion,
)
from cxm.customers.rules.segment_errors import (
    SegmentArchivedError,
    SegmentKeyTakenError,
    SegmentRuleError,
    SegmentUsedError,
)
from cxm.customers.rules.segment_reading import FACT_KINDS
from cxm.customers.selectors import segments as selectors
from cxm.customers.services import segment_refresh, segments
from cxm.customers.services.segment_refresh import Refreshed, keep_segments, refresh_segment
from cxm.customers.services.segment_schedules import KEEP_NIGHTLY, KEEP_OFTEN
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.work.engine import drain
from cxm.work.models import Job, Outbox, Schedule
from tests import make
from tests.customers.segment_world import Person, World, plant, saved_segment

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db

PRO = {"attr": "plan", "op": "=", "value": "pro"}
LATER = make.NOW + timedelta(hours=1)


def members(of: Tenant, key: str = "pros") -> set[UUID]:
    with tenant_bound(of.pk):
        rows = SegmentMember.objects.for_tenant(of).filter(segment__key=key, to_at__isnull=True)
        return set(rows.values_list("customer_id", flat=True))


def refresh(of: Tenant, key: str = "pros", *, now: Any = make.NOW) -> Refreshed:
    found = saved_segment(of, key)
    with tenant_bound(of.pk):
        return refresh_segment(segment=found, now=now)


def change(of: Tenant, key: str = "pros", *, now: Any = LATER, **changes: Any) -> None:
    found = saved_segment(of, key)
    with tenant_bound(of.pk):
        segments.change_segment(segment=found, by=None, now=now, **changes)


# Making and changing


def test_a_segment_gets_a_key_of_its_title_that_is_free() -> None:
    tenant = make.tenant()

    made = [make.segment(of=tenant, title=title).key for title in ("New", "Pros", "Pros")]

    assert made == ["new-2", "pros", "pros-2"]


@pytest.mark.parametrize("key", ["pros", "new", "preview"])
def test_a_key_that_is_taken_is_refused(key: str) -> None:
    tenant = make.tenant()
    make.segment(of=tenant)

    with pytest.raises(SegmentKeyTakenError):
        make.segment(of=tenant, key=key)


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ({"all": [PRO, {"did": {"touchpoint": "gone"}}]}, "all[1].did.touchpoint"),
        ({"sum": "amount", "of": {"channel": "gone"}, "op": ">", "value": 1}, "of.channel"),
        ({"not": {"in": "gone"}}, "not.in"),
        ({"any": [{"rated": "gone", "last": {"op": "=", "value": 1}}]}, "any[0].rated"),
        ({"rated": "nps", "at": "gone", "last": {"op": "=", "value": 1}}, "at"),
    ],
)
def test_what_a_rule_names_must_exist(rule: dict[str, Any], place: str) -> None:
    with pytest.raises(SegmentRuleError) as refused:
        make.segment(of=make.tenant(), rule=rule)

    assert [fault.place for fault in refused.value.faults] == [place]


def test_another_rule_is_a_new_version_and_the_same_is_none() -> None:
    tenant = make.tenant()
    make.segment(of=tenant)

    change(tenant, rule=PRO, title="Professionals")
    change(tenant, rule={"attr": "plan", "op": "exists"})

    found = saved_segment(tenant, "pros")
    with tenant_bound(tenant.pk):
        versions = SegmentVersion.objects.for_tenant(tenant).order_by("number")
        rules = list(versions.values_list("number", "rule"))
        actions = list(
            AuditEntry.objects.for_tenant(tenant)
            .filter(action__startswith="segment-")
            .order_by("at", "pk")
            .values_list("action", flat=True)
        )
    assert (found.title, found.version) == ("Professionals", 2)
    assert rules == [(1, PRO), (2, {"attr": "plan", "op": "exists", "value": True})]
    assert actions == ["segment-created", "segment-changed", "segment-changed"]


def test_segments_cannot_be_made_of_each_other() -> None:
    tenant = make.tenant()
    make.segment(of=tenant)
    make.segment(of=tenant, title="Outer", rule={"in": "pros"})
    make.segment(of=tenant, title="Outermost", rule={"in": "outer"})

    for key in ("pros", "outer", "outermost"):
        with pytest.raises(SegmentRuleError) as refused:
            change(tenant, rule={"all": [PRO, {"in": key}]})

        assert refused.value.faults[0].place == "all[1].in"


def test_segments_stand_inside_each_other_three_deep() -> None:
    tenant = make.tenant()
    make.segment(of=tenant, title="s0")
    for number in range(3):
        make.segment(of=tenant, title=f"s{number + 1}", rule={"in": f"s{number}"})

    with pytest.raises(SegmentRuleError) as above:
        make.segment(of=tenant, title="s4", rule={"in": "s3"})
    make.segment(of=tenant, title="below")
    with pytest.raises(SegmentRuleError) as below:
        change(tenant, "s0", rule={"in": "below"})

    assert "at most 3 deep" in str(above.value)
    assert "at most 3 deep" in str(below.value)


def test_what_another_segment_is_made_with_cannot_be_archived() -> None:
    tenant = make.tenant()
    used = make.segment(of=tenant)
    user = make.segment(of=tenant, title="Outer", rule={"in": "pros"})

    with tenant_bound(tenant.pk):
        with pytest.raises(SegmentUsedError, match="“Outer”"):
            segments.archive_segment(segment=used, by=None, now=LATER)
        segments.archive_segment(segment=user, by=None, now=LATER)
        segments.archive_segment(segment=used, by=None, now=LATER)
        with pytest.raises(SegmentRuleError):
            segments.restore_segment(segment=user, by=None, now=LATER)
        with pytest.raises(SegmentArchivedError):
            segments.ask_for_refresh(segment=used, by=None, now=LATER)
        segments.restore_segment(segment=used, by=None, now=LATER)
        segments.restore_segment(segment=user, by=None, now=LATER)

    assert saved_segment(tenant, "outer").archived_at is None


# Counting


def test_only_differences_are_written() -> None:
    tenant = make.tenant()
    make.segment(of=tenant)
    ids = plant(World([Person({"plan": "pro"}), Person({"plan": "pro"}), Person()]), tenant)
    first = refresh(tenant)
    with tenant_bound(tenant.pk):
        before = set(SegmentMember.objects.for_tenant(tenant).values_list("pk", "from_at"))
        Customer.objects.for_tenant(tenant).filter(pk=ids[0]).update(attributes={})
        Customer.objects.for_tenant(tenant).filter(pk=ids[2]).update(attributes={"plan": "pro"})

    second = refresh(tenant, now=LATER)

    with tenant_bound(tenant.pk):
        rows = SegmentMember.objects.for_tenant(tenant)
        kept = set(rows.values_list("pk", "from_at"))
        ended = list(rows.filter(to_at__isnull=False).values_list("customer_id", "to_at"))
    assert (first, second) == (Refreshed(2, 2, 0), Refreshed(2, 1, 1))
    assert members(tenant) == {ids[1], ids[2]}
    assert before < kept
    assert ended == [(ids[0], LATER)]
    assert saved_segment(tenant, "pros").size == 2


def test_counting_again_writes_nothing() -> None:
    tenant = make.tenant()
    make.segment(of=tenant)
    plant(World([Person({"plan": "pro"})]), tenant)
    refresh(tenant)

    assert refresh(tenant, now=LATER) == Refreshed(1, 0, 0)


def test_a_merged_customer_leaves_and_the_root_stays() -> None:
    tenant = make.tenant()
    make.segment(of=tenant)
    ids = plant(World([Person({"plan": "pro"}), Person({"plan": "pro"})]), tenant)
    refresh(tenant)
    with tenant_bound(tenant.pk):
        Customer.objects.for_tenant(tenant).filter(pk=ids[1]).update(root=ids[0])

    refresh(tenant, now=LATER)

    assert members(tenant) == {ids[0]}


def test_the_first_count_by_a_version_tells_what_the_version_changed() -> None:
    tenant = make.tenant()
    make.segment(of=tenant)
    plant(World([Person({"plan": "pro"}), Person({"plan": "basic"}), Person()]), tenant)
    refresh(tenant, now=make.NOW + timedelta(minutes=5))
    change(tenant, rule={"not": PRO})
    refresh(tenant, now=LATER + timedelta(minutes=5))

    segment = saved_segment(tenant, "pros")
    with tenant_bound(tenant.pk):
        moves = selectors.moves_of(segment)
        told = [(d.version.number, d.came, d.gone) for d in selectors.differences(segment, moves)]
        sizes = selectors.sizes(tenant, moves, today=make.NOW.date() + timedelta(days=1))

    assert told == [(2, 2, 1), (1, 1, 0)]
    assert [one.size for one in sizes] == [2, 2]


def test_a_new_version_that_nobody_has_counted_says_so() -> None:
    tenant = make.tenant()
    make.segment(of=tenant)

    with tenant_bound(tenant.pk):
        [one] = selectors.differences(saved_segment(tenant, "pros"), [])

    assert (one.came, one.gone) == (None, None)


def test_a_job_counts_the_members_and_says_how_many() -> None:
    tenant = make.tenant()
    plant(World([Person({"plan": "pro"})]), tenant)
    make.segment(of=tenant)

    drain(tenant.pk)

    with tenant_bound(tenant.pk):
        job = Job.objects.for_tenant(tenant).get()
    assert (job.state, job.message) == ("done", "1 customer: 1 came, 0 went.")
    assert saved_segment(tenant, "pros").size == 1


def test_a_count_that_fails_leaves_the_members_and_says_why() -> None:
    tenant = make.tenant()
    make.segment(of=tenant)
    ids = plant(World([Person({"plan": "pro"})]), tenant)
    drain(tenant.pk)
    with tenant_bound(tenant.pk):
        SegmentVersion.objects.for_tenant(tenant).update(rule={"in": "gone"})
        segments.ask_for_refresh(segment=saved_segment(tenant, "pros"), by=None, now=LATER)

    drain(tenant.pk)

    with tenant_bound(tenant.pk):
        job = Job.objects.for_tenant(tenant).order_by("created_at").last()
    segment = saved_segment(tenant, "pros")
    assert job is not None
    assert (job.state, segment.size) == ("failed", 1)
    assert "There is no segment “gone”" in segment.error
    assert members(tenant) == {ids[0]}


def test_the_clock_counts_every_live_segment() -> None:
    tenant = make.tenant()
    make.segment(of=tenant)
    gone = make.segment(of=tenant, title="Gone")
    plant(World([Person({"plan": "pro"})]), tenant)
    with tenant_bound(tenant.pk):
        segments.archive_segment(segment=gone, by=None, now=make.NOW)
        Outbox.objects.for_tenant(tenant).delete()
        promised = keep_segments(tenant=tenant, now=make.NOW, only_small=True)

    drain(tenant.pk)

    assert promised == 1
    assert (saved_segment(tenant, "pros").size, saved_segment(tenant, "gone").size) == (1, None)


def test_a_large_tenant_is_counted_at_night_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment_refresh, "MOST_COUNTED_OFTEN", 1)
    tenant = make.tenant()
    make.segment(of=tenant)
    plant(World([Person(), Person()]), tenant)

    with tenant_bound(tenant.pk):
        promised = [
            keep_segments(tenant=tenant, now=make.NOW, only_small=only) for only in (True, False)
        ]

    assert promised == [0, 1]


def test_the_first_segment_sets_the_clock() -> None:
    tenant = make.tenant(time_zone="Europe/Berlin")
    make.segment(of=tenant)
    with tenant_bound(tenant.pk):
        Schedule.objects.for_tenant(tenant).filter(task=KEEP_OFTEN).update(every_seconds=1)
    make.segment(of=tenant, title="Second")

    with tenant_bound(tenant.pk):
        rows = Schedule.objects.for_tenant(tenant).filter(task__startswith="customers.")
        found = {row.task: (row.every_seconds, row.next_at.isoformat()) for row in rows}
    assert found == {
        KEEP_NIGHTLY: (86_400, "2026-11-21T01:30:00+00:00"),
        KEEP_OFTEN: (1, "2026-11-20T12:15:00+00:00"),
    }


def test_two_open_memberships_of_one_customer_are_refused_by_the_database() -> None:
    tenant = make.tenant()
    segment = make.segment(of=tenant)
    [customer] = plant(World([Person()]), tenant)
    row = {"tenant": tenant, "segment": segment, "customer_id": customer, "from_at": make.NOW}
    with tenant_bound(tenant.pk):
        SegmentMember.objects.create(**row)

        with pytest.raises(DatabaseError), transaction.atomic():
            SegmentMember.objects.create(**row)


def test_people_of_another_tenant_are_in_no_segment() -> None:
    tenant, foreign = make.tenant(), make.tenant()
    make.segment(of=tenant)
    plant(World([Person({"plan": "pro"})]), foreign)

    assert refresh(tenant) == Refreshed(0, 0, 0)
    with tenant_bound(tenant.pk):
        assert not Segment.objects.for_tenant(foreign).exists()


def test_the_grammar_knows_every_kind_of_interaction() -> None:
    assert tuple(Interaction.Kind.values) == FACT_KINDS
