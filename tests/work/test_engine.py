"""Keeping promises: once, or parked with the reason."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cxm.kernel.clock import now
from cxm.kernel.effects import Again, effect, effect_names, registered
from cxm.kernel.errors import DomainError
from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.models import Channel
from cxm.work import engine
from cxm.work.jobs import job_step
from cxm.work.models import Job, Outbox, Schedule
from cxm.work.services import (
    advance_job,
    cancel_job,
    later,
    later_for_each,
    retry_parked,
    ring,
    schedule,
    start_job,
)
from cxm.work.tasks import drain, sweep, tick
from tests import make

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Tenant
    from tests.conftest import Bell

pytestmark = pytest.mark.django_db


@effect("test.open-channel")
def _open_channel(*, tenant_id: UUID, now: datetime, key: str) -> None:
    Channel.objects.create(tenant_id=tenant_id, key=key, title=key)


@effect("test.count-down")
def _count_down(*, tenant_id: UUID, now: datetime, left: int) -> Again | None:
    Channel.objects.create(tenant_id=tenant_id, key=f"left-{left}", title="x")
    return Again({"left": left - 1}) if left else None


@effect("test.come-back")
def _come_back(*, tenant_id: UUID, now: datetime) -> Again:
    Channel.objects.create(tenant_id=tenant_id, key="begun", title="x")
    return Again({}, wait=timedelta(hours=1))


@effect("test.break")
def _break(*, tenant_id: UUID, now: datetime) -> None:
    Channel.objects.create(tenant_id=tenant_id, key="half-done", title="x")
    raise ValueError("out of paper")


@job_step("test.job")
def _job(*, job: Job, now: datetime, steps: int, **_more: Any) -> Again | None:
    advance_job(job, now=now, done=job.done + 10)
    if steps == 13:
        raise DomainError("Thirteen is too many.")
    return Again({"steps": steps - 1}) if steps > 1 else None


def promise(tenant: Tenant, task: str, **arguments: Any) -> None:
    with tenant_bound(tenant.pk):
        later(task, tenant=tenant, now=make.NOW, **arguments)


def channel_keys(tenant: Tenant) -> list[str]:
    with tenant_bound(tenant.pk):
        return sorted(Channel.objects.for_tenant(tenant).values_list("key", flat=True))


def promises(tenant: Tenant) -> list[Outbox]:
    with tenant_bound(tenant.pk):
        return list(Outbox.objects.for_tenant(tenant).order_by("pk"))


def test_a_promise_is_kept_once_and_forgotten() -> None:
    tenant = make.tenant()
    promise(tenant, "test.open-channel", key="web")

    runs = engine.drain(tenant.pk)

    assert (runs, channel_keys(tenant), promises(tenant)) == (1, ["web"], [])


def test_promises_of_a_name_are_left_to_others() -> None:
    tenant = make.tenant()
    promise(tenant, "test.open-channel", key="web")

    left = engine.drain(tenant.pk, without={"test.open-channel"})

    assert (left, channel_keys(tenant), len(promises(tenant))) == (0, [], 1)
    assert engine.drain(tenant.pk, without={"test.other"}) == 1


def test_a_rolled_back_promise_was_never_made() -> None:
    tenant = make.tenant()

    with tenant_bound(tenant.pk), transaction.atomic():
        later("test.open-channel", tenant=tenant, now=make.NOW, key="web")
        transaction.set_rollback(True)

    assert promises(tenant) == []


def test_a_promise_rings_after_the_commit(
    bells: list[Bell], django_capture_on_commit_callbacks: Any
) -> None:
    tenant = make.tenant()

    with django_capture_on_commit_callbacks(execute=True):
        promise(tenant, "test.open-channel", key="web")

    assert bells == [("work.drain", {"tenant_id": str(tenant.pk)})]


def test_work_of_several_steps_runs_until_it_says_so() -> None:
    tenant = make.tenant()
    promise(tenant, "test.count-down", left=2)

    runs = engine.drain(tenant.pk)

    assert (runs, channel_keys(tenant)) == (3, ["left-0", "left-1", "left-2"])


def test_work_can_wait_before_it_goes_on() -> None:
    tenant = make.tenant()
    promise(tenant, "test.come-back")
    before = now()

    runs = engine.drain(tenant.pk)

    [row] = promises(tenant)
    assert (runs, channel_keys(tenant), row.attempts, row.state) == (1, ["begun"], 0, "waiting")
    assert row.due_at >= before + timedelta(hours=1)


def test_a_failed_attempt_leaves_nothing_and_is_tried_again_later() -> None:
    tenant = make.tenant()
    promise(tenant, "test.break")

    engine.drain(tenant.pk)

    [row] = promises(tenant)
    assert channel_keys(tenant) == []
    assert (row.attempts, row.state, row.error) == (1, "waiting", "ValueError: out of paper")
    assert row.due_at > now()


def fail_for_good(tenant: Tenant) -> Outbox:
    for _ in range(engine.MAX_ATTEMPTS):
        with tenant_bound(tenant.pk):
            Outbox.objects.for_tenant(tenant).update(due_at=make.NOW)
        engine.run_one(tenant.pk)
    return promises(tenant)[0]


def test_after_five_failures_a_promise_is_parked_with_its_reason() -> None:
    tenant = make.tenant()
    promise(tenant, "test.break")

    row = fail_for_good(tenant)

    assert (row.attempts, row.state) == (5, "parked")
    assert engine.run_one(tenant.pk) is False


def test_a_parked_promise_can_be_tried_again() -> None:
    tenant = make.tenant()
    admin = make.member(of=tenant)
    promise(tenant, "test.break")
    row = fail_for_good(tenant)

    with tenant_bound(tenant.pk):
        retry_parked(row=row, by=admin, now=make.NOW)

    assert (promises(tenant)[0].state, promises(tenant)[0].attempts) == ("waiting", 0)


def test_work_that_kills_its_worker_each_time_is_parked() -> None:
    tenant = make.tenant()
    promise(tenant, "test.open-channel", key="web")
    with tenant_bound(tenant.pk):
        Outbox.objects.for_tenant(tenant).update(attempts=engine.MAX_ATTEMPTS)

    engine.run_one(tenant.pk)

    [row] = promises(tenant)
    assert row.state == "parked"
    assert "the worker stopped" in row.error
    assert channel_keys(tenant) == []


def test_an_unknown_effect_is_kept_for_a_newer_worker() -> None:
    tenant = make.tenant()
    promise(tenant, "test.of-tomorrow")

    engine.drain(tenant.pk)

    assert promises(tenant)[0].error == "LookupError: no effect is called test.of-tomorrow"


def test_the_sweeper_keeps_promises_of_every_tenant() -> None:
    first, second = make.tenant(), make.tenant()
    for tenant in (first, second):
        promise(tenant, "test.open-channel", key="web")

    runs = sweep()

    assert runs >= 2
    assert channel_keys(first) == channel_keys(second) == ["web"]


def test_the_doorbell_task_takes_words_from_newer_senders() -> None:
    tenant = make.tenant()
    promise(tenant, "test.open-channel", key="web")

    assert drain(tenant_id=str(tenant.pk), reason="new") == 1


def test_a_schedule_promises_its_work_when_due_and_not_before() -> None:
    tenant = make.tenant()
    with tenant_bound(tenant.pk):
        Schedule.objects.for_tenant(tenant).delete()
        schedule("test.break", tenant=tenant, every_seconds=3600, now=make.NOW)

    engine.tick(make.NOW - timedelta(seconds=1))
    assert promises(tenant) == []
    engine.tick(make.NOW)
    engine.tick(make.NOW)

    assert [row.task for row in promises(tenant)] == ["test.break"]


def test_the_tick_task_reads_the_clock() -> None:
    tenant = make.tenant()

    tick()

    assert {row.task for row in promises(tenant)} == {
        "analytics.count-risks",
        "analytics.decide",
        "analytics.recount-churn",
        "analytics.refit-purchases",
        "analytics.renew-drivers",
        "analytics.verify",
        "analytics.watch-alerts",
        "feedback.read_texts",
        "journeys.purge-deleted",
    }


def test_many_promises_are_written_together_and_ring_once(
    bells: list[Bell], django_capture_on_commit_callbacks
) -> None:
    tenant = make.tenant()
    each = [{"key": f"channel-{number}"} for number in range(3)]
    with (
        django_capture_on_commit_callbacks(execute=True),
        tenant_bound(tenant.pk),
        CaptureQueriesContext(connection) as queries,
    ):
        later_for_each("test.open-channel", tenant=tenant, now=make.NOW, each=each)
        later_for_each("test.open-channel", tenant=tenant, now=make.NOW, each=[])

    assert [row.arguments for row in promises(tenant)] == each
    assert len([one for one in queries if "INSERT" in one["sql"]]) == 1
    assert bells == [("work.drain", {"tenant_id": str(tenant.pk)})]


def start(tenant: Tenant, steps: int) -> Job:
    with tenant_bound(tenant.pk):
        return start_job(
            tenant=tenant,
            kind="test.job",
            title="Job",
            by=None,
            now=make.NOW,
            total=10 * steps,
            steps=steps,
        )


def reread(job: Job) -> Job:
    with tenant_bound(job.tenant_id):
        return Job.objects.for_tenant(job.tenant_id).get(pk=job.pk)


def test_a_job_shows_progress_after_each_step_and_ends_done() -> None:
    job = start(make.tenant(), steps=3)

    engine.run_one(job.tenant_id)
    half_way = reread(job)
    engine.drain(job.tenant_id)

    assert (half_way.state, half_way.done, half_way.total) == ("running", 10, 30)
    assert (reread(job).state, reread(job).done) == ("done", 30)


def test_a_cancelled_job_stops_at_its_next_step() -> None:
    job = start(make.tenant(), steps=3)
    engine.run_one(job.tenant_id)
    admin = make.member(of=job.tenant)

    with tenant_bound(job.tenant_id):
        cancel_job(job=job, by=admin, now=make.NOW)
    engine.drain(job.tenant_id)

    assert (reread(job).state, reread(job).done) == ("cancelled", 10)


def test_a_job_that_cannot_go_on_says_why() -> None:
    job = start(make.tenant(), steps=13)

    engine.drain(job.tenant_id)

    assert (reread(job).state, reread(job).message) == ("failed", "Thirteen is too many.")
    assert reread(job).done == 0


def test_effects_are_found_by_name() -> None:
    assert "test.break" in effect_names()
    with pytest.raises(LookupError, match="no effect is called"):
        registered("test.nothing")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_many_workers_keep_each_promise_exactly_once() -> None:
    tenant = make.tenant()
    for number in range(40):
        promise(tenant, "test.open-channel", key=f"c{number}")

    def work() -> None:
        engine.drain(tenant.pk)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert channel_keys(tenant) == sorted(f"c{number}" for number in range(40))
    assert promises(tenant) == []


def test_a_bell_that_is_out_of_order_is_left_alone_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rung = []

    def fail(*_args: object, **_options: object) -> None:
        rung.append(1)
        raise ConnectionError

    monkeypatch.setattr("cxm.work.services._bell", {"out_of_order_until": 0.0})
    monkeypatch.setattr("celery.app.base.Celery.send_task", fail)

    ring(UUID(int=1))
    ring(UUID(int=1))

    assert rung == [1]
