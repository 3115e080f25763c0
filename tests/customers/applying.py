"""Touchpoint rules applied to the past and taken back, for tests of both."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cxm.customers.models import EventName, Interaction
from cxm.customers.services import attributing
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.services import change_rule
from cxm.work.engine import drain
from cxm.work.models import Batch, Job
from tests import make
from tests.make import NOW

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant
    from cxm.touchpoints.models import Touchpoint


def apply_rules(tenant: Tenant, days: tuple[int, int] | None = None) -> Batch:
    """Apply the rules to the end; *days* are counted back from NOW, both inclusive."""
    start, end = (None, None)
    if days:
        start = NOW.date() - timedelta(days=days[0])
        end = NOW.date() - timedelta(days=days[1] - 1)
    with tenant_bound(tenant.pk):
        attributing.start_applying(tenant=tenant, start=start, end=end, by=None, now=now())
    drain(tenant.pk)
    return last_batch(tenant)


def undo_rules(batch: Batch) -> Batch:
    """Take back to the end what *batch* changed; give the batch as it is then."""
    with tenant_bound(batch.tenant_id):
        attributing.start_undoing(batch=batch, by=None, now=now())
    drain(batch.tenant_id)
    return last_batch(batch.tenant)


def last_batch(tenant: Tenant) -> Batch:
    """Give the batch of the last time that rules were applied."""
    with tenant_bound(tenant.pk):
        rows = Batch.objects.for_tenant(tenant).filter(kind="rule").select_related("tenant")
        return rows.order_by("-started_at", "-pk")[0]


def last_job(tenant: Tenant) -> Job:
    """Give the latest job."""
    with tenant_bound(tenant.pk):
        return Job.objects.for_tenant(tenant).order_by("-created_at", "-pk")[0]


def places(tenant: Tenant) -> list[tuple[Any, ...]]:
    """Give name, touchpoint, channel and rule of all interactions, in the order they came."""
    with tenant_bound(tenant.pk):
        rows = Interaction.objects.for_tenant(tenant).order_by("pk")
        shown = rows.values_list("name", "touchpoint_id", "channel_id", "touchpoint_rule_id")
        return list(shown)


def unmatched(tenant: Tenant) -> dict[tuple[str, str], int]:
    """Give how many events had no touchpoint, by source and name."""
    with tenant_bound(tenant.pk):
        rows = EventName.objects.for_tenant(tenant)
        return {(row.source, row.name): row.unmatched for row in rows}


def everything(tenant: Tenant) -> list[Any]:
    """Every column of all interactions and event names."""
    with tenant_bound(tenant.pk):
        return [
            list(model.objects.for_tenant(tenant).order_by("pk").values())
            for model in (Interaction, EventName)
        ]


def a_mixed_past(tenant: Tenant, pay: Touchpoint) -> None:
    """Events without touchpoint, by rule and by name, of several sources; then other rules."""
    by = make.member(of=tenant)
    web = make.channel(of=tenant, key="web")
    make.touchpoint(of=tenant, key="named")
    old = make.rule("opened", to=pay, channel=web)
    gone = make.rule("lost", to=pay)
    make.events("order_paid", "opened", "lost", "seen", of=tenant)
    make.events("order_paid", "opened", of=tenant, source="events:app", channel="web")
    make.events("order_paid", of=tenant, touchpoint="named")
    with tenant_bound(tenant.pk):
        change_rule(rule=old, by=by, touchpoint=make.touchpoint(of=tenant), channel=None)
        change_rule(rule=gone, by=by, is_enabled=False)
    make.rule(to=pay, channel=make.channel(of=tenant))
