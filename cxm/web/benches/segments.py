"""Bench `segments`: how long counting the members of one segment takes, over all customers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from cxm.customers.models import Segment
from cxm.customers.rules.segment_reading import read_rule
from cxm.customers.services.segment_preview import preview
from cxm.customers.services.segment_refresh import Refreshed, refresh_segment
from cxm.customers.services.segments import create_segment
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.web.benches.ground import Result, bench_database, bench_tenant, seconds, vacuum

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

EVENTS_A_CUSTOMER = 3
# Two of five plans, somebody who came back, and nobody who complained lately: about a quarter.
RULE = {
    "all": [
        {"attr": "plan", "op": "in", "value": ["plan-1", "plan-2", "plan-3"]},
        {"did": {"name": "order"}, "times": {"op": ">=", "n": 1}, "in": {"days": 365}},
        {"not": {"did": {"name": "complaint"}, "in": {"days": 30}}},
    ]
}
FILL_CUSTOMERS = """
INSERT INTO customers_customer
    (id, tenant_id, root_id, kind, display_name, email, language, attributes, last_seen_at)
SELECT id, %(tenant)s, id, 'known', 'Customer ' || i, 'c' || i || '@example.com', 'en',
    jsonb_build_object('plan', 'plan-' || i %% 5, 'seats', i %% 40), now()
FROM (SELECT cxm_uuid7() AS id, i FROM generate_series(1, %(size)s) i) made
"""
FILL_EVENTS = """
INSERT INTO customers_interaction
    (id, tenant_id, customer_id, kind, name, occurred_at, received_at, day, title, props, source)
SELECT cxm_uuid7(), %(tenant)s, c.id, 'event',
    CASE (c.place + n) %% 4 WHEN 0 THEN 'order' WHEN 1 THEN 'visit' WHEN 2 THEN 'login'
        ELSE 'complaint' END,
    at, at, at::date, '', '{}', 'bench'
FROM (
    SELECT id, row_number() OVER () AS place FROM customers_customer WHERE tenant_id = %(tenant)s
) c CROSS JOIN generate_series(1, %(events)s) n
CROSS JOIN LATERAL (SELECT now() - make_interval(mins => (c.place * 7919 * n %% 525600)::int)) t(at)
"""
BARE = """
INSERT INTO customers_segmentmember (id, tenant_id, segment_id, customer_id, from_at)
SELECT cxm_uuid7(), %(tenant)s, %(segment)s, id, now() FROM customers_customer
WHERE tenant_id = %(tenant)s LIMIT %(members)s
"""


def run(size: int = 100_000) -> Result:
    """Count one segment over *size* customers with three events each, first and again.

    *value* is the first count, which writes every member; *limit* is a bare insert of as many
    members into the same table, taken back. `again_seconds` is a count where nothing has changed,
    `preview_seconds` what the builder waits for.
    """
    with bench_database():
        tenant = bench_tenant("bench")
        _fill(tenant, size)
        with tenant_bound(tenant.pk):
            segment = create_segment(tenant=tenant, title="Bench", rule=RULE, by=None, now=now())
        found: list[Refreshed] = []
        limit = seconds(lambda: _insert_bare(tenant, segment, size // 4))
        first = seconds(lambda: found.append(_refresh(tenant, segment)))
        again = seconds(lambda: found.append(_refresh(tenant, segment)))
        waited = seconds(lambda: _preview(tenant))
    limit *= found[0].size / max(size // 4, 1)
    more = {
        "members": float(found[0].size),
        "again_seconds": again,
        "preview_seconds": waited,
        "written_again": float(found[1].came + found[1].gone),
    }
    return Result("segments", first / limit, first, limit, "s", size, more)


def _fill(tenant: Tenant, size: int) -> None:
    parameters: dict[str, Any] = {"tenant": tenant.pk, "size": size, "events": EVENTS_A_CUSTOMER}
    with tenant_bound(tenant.pk), connection.cursor() as cursor:
        cursor.execute(FILL_CUSTOMERS, {name: parameters[name] for name in ("tenant", "size")})
        cursor.execute(FILL_EVENTS, {name: parameters[name] for name in ("tenant", "events")})
    vacuum("customers_customer", "customers_interaction")


def _insert_bare(tenant: Tenant, segment: Segment, members: int) -> None:
    with tenant_bound(tenant.pk), connection.cursor() as cursor:
        parameters: dict[str, Any] = {
            "tenant": tenant.pk,
            "segment": segment.pk,
            "members": members,
        }
        cursor.execute(BARE, parameters)
        transaction.set_rollback(True)


def _refresh(tenant: Tenant, segment: Segment) -> Refreshed:
    with tenant_bound(tenant.pk):
        return refresh_segment(segment=segment, now=now() + timedelta(seconds=1))


def _preview(tenant: Tenant) -> None:
    with tenant_bound(tenant.pk):
        preview(tenant=tenant, rule=read_rule(RULE), now=now(), with_some=True)
