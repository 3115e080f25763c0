"""Applying touchpoint rules as a job: its progress, stopping it, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.customers.errors import RulesBusyError, RulesNotAppliedError
from cxm.customers.services import attributing
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.models import Touchpoint, TouchpointRule
from cxm.touchpoints.services import change_rule
from cxm.work.engine import drain, run_one
from cxm.work.models import Batch, Job
from cxm.work.services import cancel_job
from tests import make
from tests.customers.applying import apply_rules, everything, last_batch, last_job, undo_rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return make.tenant()


@pytest.fixture
def pay(tenant: Tenant) -> Touchpoint:
    return make.touchpoint(of=tenant, key="pay", title="Pay")


def _with_one_step_done(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Job:
    monkeypatch.setattr(attributing, "ROWS_A_STEP", 2)
    with tenant_bound(tenant.pk):
        job = attributing.start_applying(tenant=tenant, start=None, end=None, by=None, now=now())
    run_one(tenant.pk)
    return job


def _stop(tenant: Tenant, job: Job) -> None:
    with tenant_bound(tenant.pk):
        cancel_job(job=job, by=make.member(of=tenant), now=now())


def _change_rules(tenant: Tenant, _job: Job) -> None:
    with tenant_bound(tenant.pk):
        rule = TouchpointRule.objects.for_tenant(tenant).select_related("tenant").get()
        change_rule(rule=rule, by=make.member(of=tenant), event_name="opened")


@pytest.mark.parametrize(
    ("happening", "state"),
    [(_stop, Job.State.CANCELLED), (_change_rules, Job.State.FAILED)],
    ids=["stopped", "rules changed"],
)
def test_half_a_job_can_be_undone_too(
    tenant: Tenant,
    pay: Touchpoint,
    monkeypatch: pytest.MonkeyPatch,
    happening: Callable[[Tenant, Job], None],
    state: str,
) -> None:
    make.events(*["order_paid"] * 5, of=tenant)
    before = everything(tenant)
    make.rule(to=pay)
    job = _with_one_step_done(tenant, monkeypatch)

    happening(tenant, job)
    drain(tenant.pk)
    batch = last_batch(tenant)

    assert last_job(tenant).state == state
    assert (batch.state, batch.counts) == ("done", {"looked_at": 2, "changed": 2})
    undo_rules(batch)
    assert everything(tenant) == before


def test_the_progress_of_a_job_is_known(
    tenant: Tenant, pay: Touchpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.events(*["order_paid"] * 5, of=tenant)
    make.rule(to=pay)

    _with_one_step_done(tenant, monkeypatch)

    job = last_job(tenant)
    assert (job.done, job.total, job.unit, job.message) == (2, 5, "events", "a few changed")


def test_a_stopped_undo_goes_on_where_it_was(
    tenant: Tenant, pay: Touchpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attributing, "ROWS_A_STEP", 2)
    make.events(*["order_paid"] * 5, of=tenant)
    before = everything(tenant)
    make.rule(to=pay)
    batch = apply_rules(tenant)
    with tenant_bound(tenant.pk):
        job = attributing.start_undoing(batch=batch, by=None, now=now())
    run_one(tenant.pk)
    _stop(tenant, job)
    drain(tenant.pk)

    stopped = last_batch(tenant)
    undo_rules(stopped)

    assert stopped.state == Batch.State.DONE
    assert everything(tenant) == before
    assert last_batch(tenant).state == Batch.State.UNDONE


def test_rules_are_applied_by_one_job_at_a_time(tenant: Tenant) -> None:
    batch = apply_rules(tenant)

    with tenant_bound(tenant.pk):
        attributing.start_applying(tenant=tenant, start=None, end=None, by=None, now=now())
        with pytest.raises(RulesBusyError):
            attributing.start_applying(tenant=tenant, start=None, end=None, by=None, now=now())
        with pytest.raises(RulesBusyError):
            attributing.start_undoing(batch=batch, by=None, now=now())


def test_what_was_undone_cannot_be_undone_again(tenant: Tenant, pay: Touchpoint) -> None:
    make.events("order_paid", of=tenant)
    make.rule(to=pay)
    batch = undo_rules(apply_rules(tenant))

    with tenant_bound(tenant.pk), pytest.raises(RulesNotAppliedError):
        attributing.start_undoing(batch=batch, by=None, now=now())
