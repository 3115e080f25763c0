"""Bench `churn`: the churn page over a million customers, and the worker behind it."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.test import override_settings

from analytics.selectors.churn_counts import Until
from analytics.services.churn_definitions import create_churn_definition
from analytics.services.churn_runs import count_churn, curves
from analytics.services.churn_spans import rule_of
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.touchpoints.models import Channel, Touchpoint
from cxm.web.benches.context import CUSTOMERS
from cxm.web.benches.ground import (
    Result,
    bench_database,
    bench_tenant,
    get,
    seconds,
    seconds_of,
    signed_in,
    vacuum,
)

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

ROUNDS = 15
SILENCE_DAYS = 60
# Some months of orders, 10 to 50 days apart, begun at any time of two years; then silence.
ORDERS = """
INSERT INTO customers_interaction
    (id, tenant_id, customer_id, kind, name, occurred_at, received_at, day, channel_id,
     touchpoint_id, title, text, props, source)
SELECT cxm_uuid7(), %(tenant)s, c.id, 'order_step', 'order_paid', at, at, at::date,
    (%(channels)s::uuid[])[1 + c.place %% 5], (%(touchpoints)s::uuid[])[1 + c.place %% 20],
    '', '', '{}', 'events:shop'
FROM (
    SELECT id, row_number() OVER () AS place FROM customers_customer WHERE tenant_id = %(tenant)s
) c
CROSS JOIN LATERAL generate_series(0, c.place * 7919 %% 5) i
CROSS JOIN LATERAL (
    SELECT now() - make_interval(days => (c.place * 104729 %% 730 - i * (10 + c.place %% 41))::int)
        AS at
) moments
WHERE at < now()
"""


@override_settings(
    ROOT_URLCONF="cxm.web.benches.pages",
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    ALLOWED_HOSTS=["testserver"],
    SECURE_SSL_REDIRECT=False,
)
def run(size: int = 1_000_000) -> Result:
    """Open the churn page over *size* customers, and count what it shows.

    *ratio* is over an empty page of the same layout, both opened in turn, medians.
    `worker_seconds` is what all curves and log-rank tests take, read and computed;
    `count_seconds` is a whole count, the spans from the timeline included.
    """
    with bench_database():
        tenant = bench_tenant("bench")
        counting = _fill(tenant, size)
        client, _ = signed_in(tenant, role=Role.ANALYST)
        urls = ("/t/bench/bench-empty/", "/t/bench/churn/?by=channel")
        for url in urls:
            get(client, url)
        times = [[seconds_of(client, url) for url in urls] for _ in range(ROUNDS)]
    empty, full = (median(column) for column in zip(*times, strict=True))
    return Result("churn", full / empty, full, empty, "s", size, counting)


def _fill(tenant: Tenant, customers: int) -> dict[str, Any]:
    """Write the customers and their orders, count churn by them; give how long that took."""
    with tenant_bound(tenant.pk):
        parameters: dict[str, Any] = {
            "tenant": tenant.pk,
            "customers": customers,
            "channels": list(Channel.objects.for_tenant(tenant).values_list("pk", flat=True)),
            "touchpoints": list(Touchpoint.objects.for_tenant(tenant).values_list("pk", flat=True)),
        }
        with connection.cursor() as cursor:
            for statement in (CUSTOMERS, ORDERS):
                cursor.execute(statement, parameters)
    vacuum("customers_customer", "customers_interaction")
    with tenant_bound(tenant.pk):
        definition = create_churn_definition(
            tenant=tenant,
            title="Silent",
            kind="inactivity",
            config={"days": SILENCE_DAYS},
            by=None,
            now=now(),
        )
        first = seconds(lambda: count_churn(definition=definition, now=now()))
    vacuum("analytics_churnspan")
    with tenant_bound(tenant.pk):
        again = seconds(lambda: count_churn(definition=definition, now=now()))
        drawn = seconds(lambda: curves(definition, rule_of(definition), Until(now())))
    return {"worker_seconds": drawn, "count_seconds": again, "first_count_seconds": first}
