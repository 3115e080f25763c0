"""What was deleted from maps long ago is removed for good, unless something needs it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.store import undo
from cxm.kernel.operations.undoing import Choice
from cxm.metrics.models import Metric
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from journeys.errors import GoneForGoodError
from journeys.models import Card, Lane, Lineage, Stage, Step
from journeys.rules.promises import Direction
from journeys.rules.reviews import SnapshotTrigger
from journeys.services.bindings import bind_metric
from journeys.services.comparing import Moment, state_at
from journeys.services.editing import change_map
from journeys.services.purging import purge_deleted
from journeys.services.restoring import look_at_restoring, restore_map
from journeys.services.snapshots import keep_snapshot
from journeys.services.stores import MAPS
from journeys.services.targets import Promised, set_target
from journeys.tasks import deleted_purged
from tests import make
from tests.collaboration import commenting
from tests.journeys import charting as m
from tests.journeys.ahead import Told
from tests.journeys.test_map_live import client_of
from tests.journeys.test_map_page import url

if TYPE_CHECKING:
    from uuid import UUID

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DUE = make.NOW + timedelta(days=90)


@pytest.fixture
def told(db: None) -> Told:
    return Told(make.member(role=Role.ADMIN))


def delete(told: Told, *lineages: UUID) -> None:
    with tenant_bound(told.member.tenant_id):
        request = m.request(told.member, told.future.pk)
        change_map(request, [m.asked(Deed.DELETE, pk) for pk in lineages])


def purged(told: Told, now: datetime = DUE) -> int:
    with tenant_bound(told.member.tenant_id):
        return purge_deleted(tenant=told.member.tenant, now=now)


def is_kept(told: Told, model: Any, lineage: UUID) -> bool:
    with tenant_bound(told.member.tenant_id):
        rows = model.objects.for_tenant(told.member.tenant)
        return bool(rows.filter(map=told.future, lineage=lineage).exists())


def head(told: Told) -> int:
    with tenant_bound(told.member.tenant_id):
        return told.row(told.future.pk).head_seq


def test_what_was_deleted_90_days_ago_goes_and_not_a_second_before(told: Told) -> None:
    delete(told, told.card)

    assert purged(told, DUE - timedelta(seconds=1)) == 0
    assert is_kept(told, Card, told.card)
    assert purged(told) == 1
    assert not is_kept(told, Card, told.card)
    assert purged(told) == 0


def test_what_lies_in_something_goes_first_and_all_is_counted(told: Told) -> None:
    with tenant_bound(told.member.tenant_id):
        before = Lineage.objects.for_tenant(told.member.tenant).count()
    delete(told, told.card, told.lane)

    assert purged(told) == 2
    assert not is_kept(told, Lane, told.lane)
    with tenant_bound(told.member.tenant_id):
        tenant = told.member.tenant
        [entry] = AuditEntry.objects.for_tenant(tenant).filter(action="map-purged")
        assert Lineage.objects.for_tenant(tenant).count() == before
    assert entry.changes == {"card": 1, "lane": 1}
    assert entry.object_id == told.future.pk
    assert entry.actor_id is None


def test_what_is_there_and_what_a_row_refers_to_stays(told: Told) -> None:
    delete(told, told.lane)

    # The card lies in the lane still, and is not deleted itself.
    assert purged(told) == 0
    assert is_kept(told, Lane, told.lane)
    assert is_kept(told, Step, told.pay)
    assert is_kept(told, Stage, told.stage)


def test_what_a_kept_version_shows_stays(told: Told) -> None:
    with tenant_bound(told.member.tenant_id):
        keep_snapshot(
            of=told.row(told.future.pk),
            state=told.state(told.future),
            trigger=SnapshotTrigger.MANUAL,
            label="Kept",
            by=told.member,
            now=make.NOW,
        )
    delete(told, told.card)

    assert purged(told) == 0
    assert is_kept(told, Card, told.card)


def test_what_a_thread_is_on_stays(told: Told) -> None:
    about = commenting.of_journey_map(told.member, told.future.pk)
    commenting.begun(told.member, about, part=told.card)
    delete(told, told.card)

    assert purged(told) == 0


def test_a_step_that_a_target_is_about_stays(told: Told) -> None:
    spare, other = told.add_step(told.future, "Spare"), told.add_step(told.future, "Other")
    with tenant_bound(told.member.tenant_id):
        row = told.row(told.future.pk)
        binding = bind_metric(
            journey=row.journey,
            step=spare,
            metric=Metric.objects.for_tenant(row.tenant_id).get(key="csat_5"),
            touchpoint=None,
            window_days=28,
            min_n=30,
            by=told.member,
            now=make.NOW,
        )
        due = (DUE + timedelta(days=90)).date()
        promised = Promised(Direction.UP, 82.0, due)
        set_target(of=row, binding=binding, promised=promised, by=told.member, now=make.NOW)
    delete(told, spare, other)

    assert purged(told) == 1
    assert is_kept(told, Step, spare)
    assert not is_kept(told, Step, other)


def test_another_tenant_is_not_touched(told: Told) -> None:
    other = Told(make.member())
    delete(told, told.card)

    assert purged(other) == 0
    assert is_kept(told, Card, told.card)


def test_how_it_was_is_still_shown_and_undo_goes_on(told: Told) -> None:
    start = head(told)
    delete(told, told.card)
    purged(told)

    with tenant_bound(told.member.tenant_id):
        then = state_at(Moment(told.row(told.future.pk), start), now=DUE)
        request = m.request(told.member, told.future.pk)
        done = undo(MAPS, request, as_batch=new_id(), choice=Choice.THEIRS)
    assert then[told.card].values["text"] == "I pay"
    assert done is not None
    assert not is_kept(told, Card, told.card)


def test_bringing_it_back_says_that_it_is_gone(told: Told) -> None:
    start = head(told)
    delete(told, told.card)
    purged(told)

    with tenant_bound(told.member.tenant_id):
        of = told.row(told.future.pk)
        with pytest.raises(GoneForGoodError, match="gone for good"):
            restore_map(of=of, until=start, only=told.card, by=told.member, now=DUE)
        with pytest.raises(GoneForGoodError):
            change_map(m.request(told.member, of.pk), [m.asked(Deed.RESTORE, told.card)])


def test_the_rest_of_a_map_is_brought_back_without_it(told: Told) -> None:
    start = head(told)
    delete(told, told.card)
    purged(told)
    told.title(told.future, told.pay, "Pay later")

    with tenant_bound(told.member.tenant_id):
        of = told.row(told.future.pk)
        looked = look_at_restoring(of=of, until=start, only=None, by=told.member, now=DUE)
    address = url(told.member, told.future.pk, f"then/{start}/bring-back/")
    asked = client_of(told.member).get(address).content.decode()
    done = client_of(told.member).post(address)

    assert looked.removed == 1
    assert "1 element was deleted more than 90 days ago and is gone for good." in asked
    assert done.status_code == 302
    assert told.steps(told.future) == ["Buy 1", "Buy 2"]
    assert not is_kept(told, Card, told.card)


def test_a_card_that_lay_in_a_removed_lane_stays_where_it_is(told: Told) -> None:
    start = head(told)
    other = m.lane(told.member, told.future.pk, title="Other")
    told.do(told.future, m.asked(Deed.MOVE, told.card, value={"parent": str(other)}))
    delete(told, told.lane)

    assert purged(told) == 1
    with tenant_bound(told.member.tenant_id):
        of = told.row(told.future.pk)
        restore_map(of=of, until=start, by=told.member, now=DUE, choice=Choice.THEIRS)
    assert told.state(told.future)[told.card].is_deleted is False


def test_the_daily_task_removes_it(told: Told) -> None:
    delete(told, told.card)

    with tenant_bound(told.member.tenant_id):
        deleted_purged(tenant_id=told.member.tenant_id, now=max(DUE, timezone.now()), more="")

    assert not is_kept(told, Card, told.card)
