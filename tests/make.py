"""Builders of valid rows: one function a model, every argument optional.

A test names only what it asserts on; everything else is a boring default. Rows are made inside
the tenant they belong to, whatever the test is bound to.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from cxm.accounts.models import User
from cxm.customers.models import Interaction
from cxm.customers.rules.records import Call, EventRecord
from cxm.customers.services.loading_events import load_events
from cxm.customers.services.segments import create_segment
from cxm.metrics.models import Metric
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import ApiKey, Membership, Tenant
from cxm.tenants.rules import Right, Role
from cxm.tenants.services import add_member, create_api_key
from cxm.touchpoints.models import Channel, Touchpoint, TouchpointRule
from cxm.touchpoints.services import create_rule
from cxm.web.services import open_tenant
from cxm.work.models import Batch, Job, Outbox
from cxm.work.services import start_job
from feedback.adapters.records import CustomerRef, RatingRecord, ResponseRecord
from feedback.models import Rating, Response
from feedback.services.loading import load_records
from feedback.services.registering import Named, Wanted, read_registry, register

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.customers.models import Segment

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PASSWORD = "correct-horse-battery"

_numbers = count(1)


def tenant(*, name: str = "Acme", time_zone: str = "UTC") -> Tenant:
    return open_tenant(slug=f"tenant-{next(_numbers)}", name=name, time_zone=time_zone, now=NOW)


def user(*, email: str = "") -> User:
    return User.objects.create_user(email or f"person-{next(_numbers)}@example.com", PASSWORD)


def member(*, of: Tenant | None = None, role: Role = Role.ADMIN, email: str = "") -> Membership:
    of = of or tenant()
    with tenant_bound(of.pk):
        return add_member(tenant=of, user=user(email=email), role=role, by=None)


def api_key(
    *, of: Tenant | None = None, rights: Sequence[Right] = tuple(Right)
) -> tuple[ApiKey, str]:
    of = of or tenant()
    with tenant_bound(of.pk):
        return create_api_key(tenant=of, name="key", rights=rights, by=None, now=NOW)


def channel(*, of: Tenant, key: str = "", title: str = "Website") -> Channel:
    with tenant_bound(of.pk):
        return Channel.objects.create(
            tenant=of, key=key or f"channel-{next(_numbers)}", title=title
        )


def touchpoint(*, of: Tenant, key: str = "", title: str = "Checkout") -> Touchpoint:
    with tenant_bound(of.pk):
        return Touchpoint.objects.create(
            tenant=of, key=key or f"touchpoint-{next(_numbers)}", title=title
        )


def metric(key: str = "nps", *, of: Tenant) -> Metric:
    with tenant_bound(of.pk):
        return Metric.objects.for_tenant(of).get(key=key)


def batch(*, of: Tenant, title: str = "file.csv") -> Batch:
    with tenant_bound(of.pk):
        return Batch.objects.create(tenant=of, kind="import", title=title, started_at=NOW)


def record(
    value: int | None = 9,
    *,
    metric: str = "nps",
    touchpoint: str | None = None,
    channel: str | None = None,
    survey: str = "survey",
    key: str = "",
    customer: str = "",
    day: int = 0,
    weight: Decimal | None = None,
    comment: str = "",
    answered_at: datetime | None = None,
) -> ResponseRecord:
    """A record of one score; *day* counts days back from NOW."""
    rating = RatingRecord("q1", metric, value or 0, touchpoint, channel)
    return ResponseRecord(
        line=1,
        key=key or f"key-{next(_numbers)}",
        answered_at=answered_at or NOW - timedelta(days=day),
        survey=survey,
        channel=channel,
        customer=CustomerRef("external", "crm", customer) if customer else None,
        ratings=() if value is None else (rating,),
        comments={"why": comment} if comment else {},
        weight=weight,
    )


def load(
    *records: ResponseRecord, of: Tenant, source: str = "file:survey", into: Batch | None = None
) -> list[Response]:
    """Load *records* through the ingest spine, with whatever registries they name."""
    into = into or batch(of=of)
    points = {r.touchpoint for rec in records for r in rec.ratings if r.touchpoint}
    points |= {rec.touchpoint for rec in records if rec.touchpoint}
    channels = {c for rec in records for c in (rec.channel, *(r.channel for r in rec.ratings)) if c}
    with tenant_bound(of.pk):
        for survey in {rec.survey for rec in records}:
            wanted = Wanted(
                survey_key=survey,
                survey_title=survey.title(),
                source=source,
                channels=tuple(Named(c, c.title()) for c in sorted(channels)),
                touchpoints=tuple(Named(p, p.title()) for p in sorted(points)),
            )
            register(tenant=of, wanted=wanted, batch=into)
        load_records(
            tenant=of,
            source=source,
            records=records,
            registry=read_registry(of),
            batch=into,
            now=NOW,
        )
        return list(Response.objects.for_tenant(of).filter(batch=into).order_by("pk"))


def rating(value: int = 9, *, of: Tenant, day: int = 0, metric: str = "nps") -> Rating:
    [response] = load(record(value, metric=metric, day=day), of=of)
    with tenant_bound(of.pk):
        return Rating.objects.for_tenant(of).get(response=response)


def job(*, of: Tenant, title: str = "Import of file.csv", by: Membership | None = None) -> Job:
    """A job that waits for a worker which never comes."""
    with tenant_bound(of.pk):
        return start_job(tenant=of, kind="test.nothing", title=title, by=by, now=NOW, total=100)


def parked(*, of: Tenant, task: str = "test.broken", error: str = "It broke.") -> Outbox:
    """Work that failed too often."""
    with tenant_bound(of.pk):
        return Outbox.objects.create(
            tenant=of, task=task, due_at=NOW, attempts=5, state=Outbox.State.PARKED, error=error
        )


def rule(name: str = "order_paid", *, to: Touchpoint, **fields: Any) -> TouchpointRule:
    """A touchpoint rule for events called *name*, tried after all others."""
    with tenant_bound(to.tenant_id):
        return create_rule(tenant=to.tenant, by=None, touchpoint=to, event_name=name, **fields)


def events(
    *names: str,
    of: Tenant,
    source: str = "events:shop",
    day: int = 0,
    touchpoint: str = "",
    **fields: Any,
) -> list[Interaction]:
    """Events that arrived one after the other, *day* days before NOW, placed as rules say."""
    records = [
        EventRecord(
            Call.TRACK,
            position=position,
            key=f"event-{next(_numbers)}",
            occurred_at=NOW - timedelta(days=day),
            name=name,
            touchpoint=touchpoint,
            **fields,
        )
        for position, name in enumerate(names)
    ]
    with tenant_bound(of.pk):
        made = load_events(tenant=of, source=source, records=records, now=NOW).interactions
        rows = Interaction.objects.for_tenant(of).in_bulk(made.values())
    return [rows[made[position]] for position in range(len(names))]


def segment(*, of: Tenant, title: str = "Pros", rule: object = None, key: str = "") -> Segment:
    """A segment of those whose plan is pro, not counted yet."""
    rule = rule or {"attr": "plan", "op": "=", "value": "pro"}
    with tenant_bound(of.pk):
        return create_segment(tenant=of, title=title, rule=rule, key=key, by=None, now=NOW)
