"""Bench `ingest_http`: batches of events over HTTP until all are loaded, against bare COPY."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db import connection

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.postgresql.owner import owner_connection
from cxm.touchpoints.models import Touchpoint, TouchpointRule
from cxm.web.benches.copying import copied_in, copied_out, mirror
from cxm.web.benches.ground import (
    Result,
    bench_database,
    bench_tenant,
)
from cxm.web.benches.serving import cpu_seconds, free_port, running, wait_for_port, web_server
from cxm.work.models import Outbox
from feedback.models import EventSource, WriteKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from cxm.tenants.models import Tenant
    from cxm.web.benches.copying import Taken
    from cxm.web.benches.serving import Process

EVENTS_A_BATCH = 500
CUSTOMERS = 20_000
SENDERS = 2
KEY = "wf_bench"
PATIENCE_SECONDS = 300
# In the order in which references allow.
TABLES = (
    "customers_customer",
    "customers_identity",
    "customers_ingestkey",
    "customers_interaction",
)
REGISTRIES = ("touchpoints_channel", "touchpoints_touchpoint", "touchpoints_touchpointrule")


def run(size: int = 50_000) -> Result:
    """Send *size* events in batches of 500, gzipped, and wait until all are loaded.

    The limit is COPY of the very rows this made into the same tables and indexes, for a twin
    tenant, by two connections at once. *value* and *limit* are events a second;
    `accept_cpu_ms` is what the web server's processes spend on a batch.
    """
    with bench_database():
        tenant, twin = bench_tenant("bench"), bench_tenant("twin")
        _connect(tenant)
        bodies = _bodies(size)
        with _processes() as (port, web):
            _send(port, bodies[:2])
            _wait_until_loaded(tenant)
            _look_at_tables()
            before, start = cpu_seconds(web), time.perf_counter()
            _send(port, bodies[2:])
            accept = (cpu_seconds(web) - before) / (len(bodies) - 2)
            _wait_until_loaded(tenant)
            spent = time.perf_counter() - start
        copying = _copy_again(tenant, twin)
        loaded = _count(tenant)
        if loaded < len(bodies) * EVENTS_A_BATCH:
            message = f"only {loaded} of {len(bodies) * EVENTS_A_BATCH} events were loaded"
            raise RuntimeError(message)
    value = (len(bodies) - 2) * EVENTS_A_BATCH / spent
    limit = loaded / copying
    more = {"accept_cpu_ms": accept * 1_000, "loaded": float(loaded)}
    return Result("ingest_http", value / limit, value, limit, "events/s", size, more)


def _connect(tenant: Tenant) -> None:
    """Give *tenant* an event source with a key, and a few rules."""
    with tenant_bound(tenant.pk):
        source = EventSource.objects.create(
            tenant=tenant, key="shop", title="Shop", created_at=now()
        )
        WriteKey.objects.create(
            tenant=tenant,
            event_source=source,
            hint=KEY[:6],
            key_hash=sha256(KEY.encode()).hexdigest(),
            created_at=now(),
        )
        TouchpointRule.objects.bulk_create(
            TouchpointRule(tenant=tenant, touchpoint=touchpoint, event_name=f"Event {place}")
            for place, touchpoint in enumerate(Touchpoint.objects.for_tenant(tenant))
        )


def _look_at_tables() -> None:
    """Let the planner know the tables, as autovacuum does within seconds of the first events."""
    with owner_connection() as owner, owner.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")


def _bodies(size: int) -> list[bytes]:
    dice = random.Random(7)  # noqa: S311 - no secret
    sent_at = now()
    return [
        gzip.compress(json.dumps(_batch(dice, sent_at)).encode(), compresslevel=6)
        for _ in range(size // EVENTS_A_BATCH + 2)
    ]


def _batch(dice: random.Random, sent_at: datetime) -> dict[str, Any]:
    items = []
    for _ in range(EVENTS_A_BATCH):
        at = sent_at - timedelta(seconds=dice.randrange(86_400))
        items.append(
            {
                "type": "track",
                "event": f"Event {dice.randrange(40)}",
                "userId": f"u{dice.randrange(CUSTOMERS)}",
                "anonymousId": None,
                "messageId": f"{dice.getrandbits(96):024x}",
                "timestamp": at.isoformat(),
                "properties": {"total": dice.randrange(9_000) / 100, "plan": "pro", "items": 3},
                "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
                "integrations": {},
            }
        )
    return {"batch": items, "sentAt": sent_at.isoformat(), "writeKey": KEY}


@contextmanager
def _processes() -> Iterator[tuple[int, Process]]:
    """Run a web server and a worker on the bench's database; give port and web server."""
    worker = ["celery", "-A", "cxm.celery", "worker", "--concurrency", "2", "-Q", "default,loads"]
    port = free_port()
    commands = (web_server("cxm.wsgi:application", port), [*worker, "--loglevel", "ERROR"])
    with running(*commands) as (web, _):
        wait_for_port(port)
        yield port, web


def _send(port: int, bodies: Sequence[bytes]) -> None:
    with ThreadPoolExecutor(SENDERS) as threads:
        shares = [bodies[place::SENDERS] for place in range(SENDERS)]
        for sent in [threads.submit(_send_all, port, share) for share in shares]:
            sent.result()


def _send_all(port: int, bodies: Sequence[bytes]) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    login = base64.b64encode(f"{KEY}:".encode()).decode()
    heads = {
        "Authorization": f"Basic {login}",
        "Content-Encoding": "gzip",
        "Content-Type": "application/json",
    }
    for body in bodies:
        client.request("POST", "/v1/batch", body=body, headers=heads)
        answer = client.getresponse()
        said = answer.read()
        if answer.status != http.HTTPStatus.OK:
            message = f"a batch was answered {answer.status}: {said[:200]!r}"
            raise RuntimeError(message)
    client.close()


def _wait_until_loaded(tenant: Tenant) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with tenant_bound(tenant.pk):
            if not Outbox.objects.for_tenant(tenant).exists():
                return
        time.sleep(0.02)
    message = "the worker of the bench does not finish"
    raise RuntimeError(message)


def _count(tenant: Tenant) -> int:
    with tenant_bound(tenant.pk), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM customers_interaction WHERE tenant_id = %s", [tenant.pk]
        )
        count: int = cursor.fetchone()[0]
        return count


def _copy_again(tenant: Tenant, twin: Tenant) -> float:
    """Copy all rows of *tenant* into the twin's by two connections; give the seconds it took."""
    parameters = {"tenant": tenant.pk, "twin": twin.pk}
    with owner_connection() as owner, owner.cursor() as cursor:
        for table in REGISTRIES:
            cursor.execute(f"DELETE FROM {table} WHERE tenant_id = %(twin)s", parameters)
            mirror(cursor, table, parameters)
        taken = {table: copied_out(cursor, table, parameters) for table in TABLES}
    start = time.perf_counter()
    with ThreadPoolExecutor(2) as threads:
        # People and their identifiers first: the others refer to them.
        for tables in (TABLES[:1], TABLES[1:]):
            jobs = [threads.submit(_copy_in, table, taken[table]) for table in tables]
            for job in jobs:
                job.result()
    return time.perf_counter() - start


def _copy_in(table: str, taken: Taken) -> None:
    with owner_connection() as owner, owner.cursor() as cursor:
        copied_in(cursor, table, taken)
