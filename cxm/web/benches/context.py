"""Bench `context`: the page of a customer with a long story, against an empty page."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from cxm.customers.models import Customer
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.touchpoints.models import Channel, Touchpoint
from cxm.web.benches.ground import (
    Result,
    bench_database,
    bench_tenant,
    get,
    seconds_of,
    signed_in,
    vacuum,
)

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Tenant

ROUNDS = 31
STORY = 5_000
EACH = 10
# Every customer is known by number and address, and is spoken to in the same way.
CUSTOMERS = """
INSERT INTO customers_customer
    (id, tenant_id, root_id, kind, display_name, email, language, attributes, first_seen_at,
     last_seen_at)
SELECT id, %(tenant)s, id, 'known', 'Customer ' || i, 'customer-' || i || '@example.com', 'en',
    '{"plan": "pro", "seats": 4}', now() - interval '3 years', now()
FROM (SELECT cxm_uuid7() AS id, i FROM generate_series(1, %(customers)s) i OFFSET 0) made
"""
IDENTITIES = """
INSERT INTO customers_identity (id, tenant_id, customer_id, kind, namespace, value)
SELECT cxm_uuid7(), %(tenant)s, id, sort, '',
    CASE sort WHEN 'email' THEN email ELSE replace(display_name, 'Customer ', 'C-') END
FROM customers_customer CROSS JOIN unnest(ARRAY['email', 'external']) sort
WHERE tenant_id = %(tenant)s
"""
# Spread over three years, over every touchpoint and channel; one in ten says something.
INTERACTIONS = """
INSERT INTO customers_interaction
    (id, tenant_id, customer_id, kind, name, occurred_at, received_at, day, channel_id,
     touchpoint_id, title, text, props, source)
SELECT cxm_uuid7(), %(tenant)s, c.id,
    (ARRAY['event', 'page', 'message', 'order_step', 'call'])[1 + i %% 5], 'event_' || i %% 40,
    at, at, at::date, (%(channels)s::uuid[])[1 + i %% 5],
    (%(touchpoints)s::uuid[])[1 + i %% 20], '',
    CASE WHEN i %% 10 = 0 THEN 'Hello, where is the parcel of last week?' ELSE '' END,
    '{"order": {"id": 1}, "context": {"page": {"path": "/cart"}}}', 'events:shop'
FROM customers_customer c
CROSS JOIN generate_series(1, %(each)s) i
CROSS JOIN LATERAL (
    SELECT now() - make_interval(mins => (i * 7919 + ascii(right(c.id::text, 1))) %% 1576800) AS at
) moments
WHERE c.tenant_id = %(tenant)s AND (%(only)s::uuid IS NULL OR c.id = %(only)s::uuid)
"""


@override_settings(
    ROOT_URLCONF="cxm.web.benches.pages",
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    ALLOWED_HOSTS=["testserver"],
    SECURE_SSL_REDIRECT=False,
)
def run(size: int = 200_000) -> Result:
    """Open the page of a customer with 5,000 interactions among *size* of others.

    *ratio* is over an empty page of the same layout, both opened in turn, medians;
    `parts_ratio` the same for what loads after the page; `queries` are the statements that ask
    for something during one opening of the page.
    """
    with bench_database():
        tenant = bench_tenant("bench")
        customer_id = _fill(tenant, size)
        client, _ = signed_in(tenant, role=Role.AGENT)
        page = f"/t/bench/customers/{customer_id}/"
        urls = ("/t/bench/bench-empty/", page, f"{page}parts/")
        for url in urls:
            get(client, url)
        queries = _queries(client, page)
        times = [[seconds_of(client, url) for url in urls] for _ in range(ROUNDS)]
    empty, full, parts = (median(column) for column in zip(*times, strict=True))
    more = {"parts_ratio": parts / empty, "queries": queries}
    return Result("context", full / empty, full, empty, "s", size, more)


def _fill(tenant: Tenant, others: int) -> UUID:
    """Write the customers and what happened to them; give the id of the one with the story."""
    with tenant_bound(tenant.pk):
        parameters: dict[str, Any] = {
            "tenant": tenant.pk,
            "customers": max(others // EACH, 1),
            "each": EACH,
            "only": None,
            "channels": list(Channel.objects.for_tenant(tenant).values_list("pk", flat=True)),
            "touchpoints": list(Touchpoint.objects.for_tenant(tenant).values_list("pk", flat=True)),
        }
        with connection.cursor() as cursor:
            for statement in (CUSTOMERS, IDENTITIES, INTERACTIONS):
                cursor.execute(statement, parameters)
            chosen: UUID = (
                Customer.objects.for_tenant(tenant).order_by("pk").values_list("pk", flat=True)[0]
            )
            cursor.execute(INTERACTIONS, parameters | {"each": STORY - EACH, "only": chosen})
    vacuum("customers_customer", "customers_identity", "customers_interaction")
    return chosen


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        get(client, url)
    turns = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return sum(not query["sql"].lstrip().startswith(turns) for query in asked)
