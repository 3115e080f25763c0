"""The ground that benches stand on: a database of their own, tenants, rows, clocks."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.test import Client

from analytics.services.rollups import rebuild_rollups
from cxm.accounts.models import User
from cxm.kernel.clock import now
from cxm.metrics.models import Metric
from cxm.tenants.binding import tenant_bound
from cxm.tenants.postgresql.owner import close_with_pool, owner_connection
from cxm.tenants.services import add_member
from cxm.touchpoints.models import Channel, Touchpoint
from cxm.web.services import open_tenant
from cxm.work.models import Batch
from feedback.models import Survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cxm.tenants.models import Membership, Tenant
    from cxm.tenants.rules import Role

TOUCHPOINTS = 20
CHANNELS = 5
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Result:
    """What a bench found. *ratio* compares *value* with *limit*, measured in the same run."""

    name: str
    ratio: float
    value: float
    limit: float
    unit: str
    size: int
    more: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Give the keys of the printed object, figures to four digits."""
        flat = {**asdict(self), **self.more}
        del flat["more"]
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in flat.items()}


@contextmanager
def bench_database(called: str = "bench") -> Iterator[None]:
    """Give the block an empty database of its own beside the configured one; drop it after.

    Benches that run at the same time need different names.
    """
    name = connection.settings_dict["NAME"]
    close_with_pool(connection)
    connection.settings_dict["OPTIONS"].pop("pool", None)
    connection.settings_dict["TEST"]["NAME"] = f"{name}_{called}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def bench_tenant(slug: str) -> Tenant:
    """Open a tenant with twenty touchpoints, five channels and one survey."""
    tenant = open_tenant(slug=slug, name=slug.title(), now=now())
    with tenant_bound(tenant.pk):
        Survey.objects.create(tenant=tenant, key="survey", title="Survey", source="bench")
        Channel.objects.bulk_create(
            Channel(tenant=tenant, key=f"channel-{i}", title=f"Channel {i}")
            for i in range(CHANNELS)
        )
        Touchpoint.objects.bulk_create(
            Touchpoint(tenant=tenant, key=f"touchpoint-{i}", title=f"Touchpoint {i}")
            for i in range(TOUCHPOINTS)
        )
    return tenant


def bench_batch(tenant: Tenant) -> Batch:
    """Begin a batch in *tenant*."""
    with tenant_bound(tenant.pk):
        return Batch.objects.create(tenant=tenant, kind="import", title="bench", started_at=now())


FILL_RESPONSES = """
INSERT INTO feedback_response
    (id, tenant_id, survey_id, language, answered_at, received_at, day, is_zone_assumed, state,
     answers, source)
SELECT cxm_uuid7(), %(tenant)s, %(survey)s, '', at, at, at::date, false, 'complete', '{}', 'bench'
FROM (
    SELECT now() - make_interval(mins => (i * 7919) %% (1095 * 1440)) AS at
    FROM generate_series(1, %(responses)s) i
) moments
"""
# Ten scores a response, two metrics, every touchpoint in its channel, spread over three years.
FILL_RATINGS = """
INSERT INTO feedback_rating
    (id, tenant_id, response_id, metric_id, question_key, value, survey_id, touchpoint_id,
     channel_id, answered_at, day, state, reason, recorded_at)
SELECT cxm_uuid7(), %(tenant)s, r.id,
    CASE WHEN q %% 2 = 0 THEN %(nps)s::uuid ELSE %(csat)s::uuid END, 'q' || q,
    CASE WHEN q %% 2 = 0 THEN (place * 31 + q * 17) %% 11
        ELSE 1 + (place * 31 + q * 17) %% 5 END,
    %(survey)s, (%(touchpoints)s::uuid[])[1 + (place * 7 + q) %% 20],
    (%(channels)s::uuid[])[1 + (place * 7 + q) %% 5], r.answered_at, r.day, 'counted', '',
    r.answered_at
FROM (
    SELECT id, answered_at, day, row_number() OVER () AS place
    FROM feedback_response WHERE tenant_id = %(tenant)s
) r CROSS JOIN generate_series(0, 9) q
"""
REFERENCES = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = 'feedback_rating'::regclass AND contype = 'f'
"""


def fill_ratings(tenant: Tenant, ratings: int, *, builds_rollups: bool = True) -> None:
    """Write *ratings* scores over three years straight into the tables.

    The rollups are built from them unless *builds_rollups* is False. References of the rating
    table are taken off meanwhile and come back unchecked: the rows are right by construction.
    """
    with tenant_bound(tenant.pk):
        keys = {m.key: m.pk for m in Metric.objects.for_tenant(tenant)}
        parameters: dict[str, Any] = {
            "tenant": tenant.pk,
            "responses": ratings // 10,
            "survey": Survey.objects.for_tenant(tenant).get().pk,
            "nps": keys["nps"],
            "csat": keys["csat_5"],
            "touchpoints": list(_ids(Touchpoint, tenant)),
            "channels": list(_ids(Channel, tenant)),
        }
    with owner_connection() as owner, owner.cursor() as cursor:
        cursor.execute(REFERENCES)
        references = cursor.fetchall()
        for name, _ in references:
            cursor.execute(f'ALTER TABLE feedback_rating DROP CONSTRAINT "{name}"')
        with triggers_off(cursor):
            cursor.execute(FILL_RESPONSES, parameters)
            cursor.execute(FILL_RATINGS, parameters)
        for name, definition in references:
            added = f'ALTER TABLE feedback_rating ADD CONSTRAINT "{name}" {definition}'
            cursor.execute(added if "NOT VALID" in definition else f"{added} NOT VALID")
        cursor.execute("VACUUM ANALYZE feedback_rating")
    if builds_rollups:
        with tenant_bound(tenant.pk):
            rebuild_rollups(tenant=tenant, now=now())
        vacuum("analytics_ratingday")


def _ids(model: type[Touchpoint | Channel], tenant: Tenant) -> Iterator[Any]:
    rows = model.objects.for_tenant(tenant).order_by("key")
    return rows.values_list("pk", flat=True).iterator()


@contextmanager
def triggers_off(cursor: Any) -> Iterator[None]:
    """Switch the rollup's triggers off for the block, as the owner of the table."""
    _switch_triggers(cursor, "DISABLE")
    try:
        yield
    finally:
        _switch_triggers(cursor, "ENABLE")


def _switch_triggers(cursor: Any, how: str) -> None:
    for deed in ("added", "changed", "removed"):
        cursor.execute(f"ALTER TABLE feedback_rating {how} TRIGGER analytics_rating_{deed}")


def seconds(act: Callable[[], object]) -> float:
    """Time one call by the wall clock."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def signed_in(*tenants: Tenant, role: Role) -> tuple[Client, Membership]:
    """Sign a new member of all *tenants* in; give the client, and the membership in the last."""
    person = User.objects.create_user("bench@example.com")
    members = []
    for tenant in tenants:
        with tenant_bound(tenant.pk):
            members.append(add_member(tenant=tenant, user=person, role=role, by=None))
    client = Client()
    client.force_login(person)
    return client, members[-1]


def get(client: Client, url: str) -> None:
    """Ask for a page; its later parts as htmx does. Raises RuntimeError for anything but 200."""
    headers = {"HX-Request": "true"} if url.endswith("/parts/") else {}
    answer = client.get(url, headers=headers)
    if answer.status_code != 200:  # noqa: PLR2004 - the page, nothing else
        message = f"{url} answered {answer.status_code}"
        raise RuntimeError(message)


def seconds_of(client: Client, url: str) -> float:
    """Time one request by the wall clock."""
    return seconds(lambda: get(client, url))


def vacuum(*tables: str) -> None:
    """Tidy and count tables that were just filled, as the server would in time."""
    with owner_connection() as owner, owner.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM ANALYZE {table}")


def backend_cpu_seconds(pid: int) -> float:
    """Read the processor time that a database process on this machine has used."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / TICKS_PER_SECOND


def backend_pid(cursor: Any) -> int:
    """Give the process id of the connection behind *cursor*."""
    cursor.execute("SELECT pg_backend_pid()")
    pid: int = cursor.fetchone()[0]
    return pid
