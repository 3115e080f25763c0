"""The queue's door: the doorbell, the sweeper, the schedule."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from celery import shared_task

from cxm.kernel.clock import now
from cxm.work import engine
from cxm.work.services import ring

TURN = timedelta(seconds=20)


@shared_task(name="work.drain")
def drain(*, tenant_id: str, **_from_newer_senders: object) -> int:
    """Do what is due for one tenant, for one turn; ring again when more is left."""
    tenant = UUID(tenant_id)
    end = now() + TURN
    runs = engine.drain(tenant, until=end)
    if now() >= end:
        ring(tenant)
    return runs


@shared_task(name="work.sweep")
def sweep(**_from_newer_senders: object) -> int:
    """Do what no bell announced, one promise a tenant in turn, so that none starves another."""
    end = now() + TURN
    runs = 0
    while now() < end:
        done = sum(engine.run_one(tenant) for tenant in engine.due_tenants(now()))
        if not done:
            # Nothing is due, or others are at all that is: looking again at once helps nobody.
            break
        runs += done
    return runs


@shared_task(name="work.tick")
def tick(**_from_newer_senders: object) -> None:
    """Promise what the schedules say."""
    engine.tick(now())
