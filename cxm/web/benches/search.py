"""Bench `search`: finding a customer by whatever is typed, against one indexed look-up."""

from __future__ import annotations

from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

from django.db import connection

from cxm.tenants.binding import tenant_bound
from cxm.tenants.postgresql.owner import owner_connection
from cxm.web.benches.ground import Result, bench_database, bench_tenant, seconds, vacuum

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

ROUNDS = 12
MOST = 20
# Beginnings and endings that make names: 780 first ones and 1,702 last ones.
FIRST = "Mar An Jo Kat Pet Lu Hel Dan Ste Ro Vi Ni Ti Ar Bri Cor Fe Gre Is Jul"
FIRST_ENDINGS = (
    "ia na han rin ra cas ena iel fan bert ktor kolas mon thur gitte dula lix gor abel ius "
    "ie nie nas ja rik lin elle a fanie in ko tina on ita nelia dora ta olde ian"
)
LAST = (
    "Schmi Mül Schnei Fi We Mey Wag Bek Hof Schae Ko Bau Rich Klei Wol Schrö Neu Schwar Zim "
    "Brau Krü Hart Lan Wer Krau Lehm Köh Mai Jan Kel Vog Frie Schu Kais Fuch Pet Schol"
)
LAST_ENDINGS = (
    "dt ler der scher ber er ner ker mann fer ch ter n f z mer ger ing ge se ann sen el drich "
    "bert s ers inger hoff meier stein berg bach feld haus kamp horst wald brink dorf lich rath "
    "weiler hagen busch mar"
)
# Some names are much more frequent than others, as everywhere.
FILL_CUSTOMERS = """
INSERT INTO customers_customer
    (id, tenant_id, root_id, kind, display_name, email, phone, language, attributes,
     first_seen_at, last_seen_at)
SELECT id, %(tenant)s, id, 'known', first || ' ' || last,
    lower(first || '.' || last) || i || '@mail' || i %% 7 || '.example', '+4917' || 10000000 + i,
    '', '{}', at, at
FROM (
    SELECT cxm_uuid7() AS id, i, now() - make_interval(secs => i) AS at,
        (%(first)s::text[])[1 + floor(cardinality(%(first)s::text[]) * random() ^ 3)] AS first,
        (%(last)s::text[])[1 + floor(cardinality(%(last)s::text[]) * random() ^ 3)] AS last
    FROM generate_series(1, %(size)s) i
) people
"""
FILL_IDENTITIES = """
INSERT INTO customers_identity (id, tenant_id, customer_id, kind, namespace, value)
SELECT cxm_uuid7(), tenant_id, id, sort, '', value
FROM customers_customer, LATERAL (VALUES
    ('email', email), ('phone', phone), ('external', 'K-' || substr(phone, 6))
) known (sort, value)
WHERE tenant_id = %(tenant)s
"""
SOMEBODY = """
SELECT id, display_name, email, phone FROM customers_customer
WHERE tenant_id = %s ORDER BY last_seen_at DESC OFFSET %s LIMIT 1
"""
LOOK_UP = "SELECT display_name FROM customers_customer WHERE tenant_id = %s AND id = %s"
SEARCH = "SELECT count(*) FROM search_customers(%s, %s)"


def run(size: int = 100_000) -> Result:
    """Search among *size* customers as people type; *value* is the 95th percentile of all.

    *limit* is the median of reading one customer by key, alike in a transaction of its own.
    `p50_ms_…` and `p95_ms_…` are of each kind of search.
    """
    with bench_database():
        tenant = bench_tenant("bench")
        fill_customers(tenant, size)
        people = [_somebody(tenant, turn * size // ROUNDS) for turn in range(ROUNDS)]
        look_up = median(
            seconds(partial(_ask, tenant, LOOK_UP, [tenant.pk, pk])) for pk, *_ in people
        )
        times: dict[str, list[float]] = {}
        for _, name, email, phone in people:
            for kind, text in _typed(name, email, phone).items():
                spent = seconds(partial(_ask, tenant, SEARCH, [text, MOST]))
                times.setdefault(kind, []).append(spent)
    slow = _percentile([time for column in times.values() for time in column], 0.95)
    more = {f"p50_ms_{kind}": median(column) * 1e3 for kind, column in times.items()}
    more |= {f"p95_ms_{kind}": _percentile(column, 0.95) * 1e3 for kind, column in times.items()}
    return Result("search", slow / look_up, slow, look_up, "s", size, more)


def fill_customers(tenant: Tenant, size: int) -> None:
    """Write *size* customers, each with an address, a phone and a number, straight in."""
    parameters: dict[str, Any] = {
        "tenant": tenant.pk,
        "size": size,
        "first": _names(FIRST, FIRST_ENDINGS),
        "last": _names(LAST, LAST_ENDINGS),
    }
    with owner_connection() as owner, owner.cursor() as cursor:
        cursor.execute(FILL_CUSTOMERS, parameters)
        cursor.execute(FILL_IDENTITIES, parameters)
    vacuum(*(f"customers_{table}" for table in ("customer", "customerword", "identity")))


def _names(beginnings: str, endings: str) -> list[str]:
    return [first + last for first in beginnings.split() for last in endings.split()]


def _somebody(tenant: Tenant, place: int) -> tuple[Any, ...]:
    with tenant_bound(tenant.pk), connection.cursor() as cursor:
        cursor.execute(SOMEBODY, [tenant.pk, place])
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def _typed(name: str, email: str, phone: str) -> dict[str, str]:
    """Give what somebody looking for this person may type, by kind."""
    first, last = name.split(" ")
    return {
        "email": email,
        "phone": f"0{phone[3:6]} {phone[6:]}",
        "external": f"k-{phone[5:]}",
        "name": name,
        "beginning": f"{first} {last[:3]}",
        "typo": f"{first} {last[:2]}{last[3:]}",
        "swapped": f"{first[0]}{first[2]}{first[1]}{first[3:]} {last}",
        "first_name": first,
        "frequent": _names(FIRST, FIRST_ENDINGS)[0],
        "shared": "example",
        "letters": first[:2],
        "garbage": "qxzvw jkqpf",
    }


def _ask(tenant: Tenant, query: str, parameters: list[Any]) -> None:
    with tenant_bound(tenant.pk), connection.cursor() as cursor:
        cursor.execute(query, parameters)
        cursor.fetchall()


def _percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]
