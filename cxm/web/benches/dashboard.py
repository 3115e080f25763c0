"""Bench `dashboard`: the overview page against an empty page of the same layout."""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from django.db import connection
from django.test import Client, override_settings

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.web.benches.ground import (
    Result,
    bench_database,
    bench_tenant,
    fill_ratings,
    get,
    seconds,
    signed_in,
)

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

ROUNDS = 15
WEEKS = 13
SMALL_SHARE = 10
# Something changes, so that nothing kept from the last request may be shown.
TOUCH = """
UPDATE feedback_rating SET value = 6 - value WHERE tenant_id = %(tenant)s AND id = (
    SELECT id FROM feedback_rating
    WHERE tenant_id = %(tenant)s AND value IN (1, 2, 4, 5) LIMIT 1
)
"""


@override_settings(
    ROOT_URLCONF="cxm.web.benches.pages",
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    ALLOWED_HOSTS=["testserver"],
    SECURE_SSL_REDIRECT=False,
)
def run(size: int = 2_000_000) -> Result:
    """Open the overview of 13 weeks over *size* ratings; medians of requests taken in turn.

    *ratio* is cold (a score changed since the last request), `warm_ratio` when nothing changed,
    both over an empty page of the same layout; `flat_ratio` is cold over a tenth of the ratings.
    """
    with bench_database():
        tenant, small = bench_tenant("bench"), bench_tenant("small")
        fill_ratings(small, size // SMALL_SHARE)
        fill_ratings(tenant, size)
        client, _ = signed_in(tenant, small, role=Role.MANAGER)
        start = (now() - timedelta(weeks=WEEKS)).date().isoformat()
        page, small_page = (f"/t/{slug}/?from={start}" for slug in ("bench", "small"))
        for warming in (page, small_page):
            get(client, warming)
        times = [_one_round(client, tenant, small, page, small_page) for _ in range(ROUNDS)]
    empty, cold, warm, small_cold = (median(column) for column in zip(*times, strict=True))
    more = {"warm_ratio": warm / empty, "flat_ratio": cold / small_cold}
    return Result("dashboard", cold / empty, cold, empty, "s", size, more)


def _one_round(
    client: Client, tenant: Tenant, small: Tenant, page: str, small_page: str
) -> tuple[float, float, float, float]:
    _touch(tenant)
    _touch(small)
    empty = seconds(lambda: get(client, "/t/bench/bench-empty/"))
    cold = seconds(lambda: get(client, page))
    warm = seconds(lambda: get(client, page))
    return empty, cold, warm, seconds(lambda: get(client, small_page))


def _touch(tenant: Tenant) -> None:
    with tenant_bound(tenant.pk), connection.cursor() as cursor:
        cursor.execute(TOUCH, {"tenant": tenant.pk})
