"""Whose a thread is: the customer of an order or a contract, found by its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from cxm.customers.rules.identifiers import strength
from cxm.customers.rules.records import Ref

if TYPE_CHECKING:
    from collections.abc import Collection

    from cxm.tenants.models import Tenant

# One customer and one company a thread, or none: a number that two people share names nobody.
# `(SELECT tenant)` is for the planner, as in the event loader.
_OWNERS = """
SELECT x.thread_key, i.kind, i.namespace, i.value, coalesce(o.namespace, ''),
    coalesce(o.external_id, '')
FROM (
    SELECT n.thread_key, (array_agg(n.customer_id))[1] AS customer_id,
        (array_agg(n.company_id) FILTER (WHERE n.company_id IS NOT NULL))[1] AS company_id
    FROM customers_interaction n
    JOIN customers_customer c ON c.tenant_id = n.tenant_id AND c.id = n.customer_id
    WHERE n.tenant_id = (SELECT %(tenant)s::uuid) AND n.thread_key = ANY(%(threads)s)
        AND n.thread_key <> '' AND n.source = %(source)s AND n.deleted_at IS NULL
        AND c.erased_at IS NULL
    GROUP BY n.thread_key HAVING count(DISTINCT c.root_id) = 1
) x
JOIN customers_identity i ON i.tenant_id = (SELECT %(tenant)s::uuid)
    AND i.customer_id = x.customer_id AND NOT i.is_shared
LEFT JOIN customers_company o ON o.tenant_id = (SELECT %(tenant)s::uuid) AND o.id = x.company_id
"""


@dataclass(frozen=True, slots=True)
class ThreadOwner:
    """Who a thread is about: the customer's strongest identifier, and the company or ""."""

    ref: Ref
    namespace: str = ""
    company: str = ""


def owners_of_threads(
    tenant: Tenant, *, source: str, threads: Collection[str]
) -> dict[str, ThreadOwner]:
    """Find the customer of each of *threads*, as interactions from *source* tell. One query.

    A thread of nobody, of somebody erased, or of several people is left out.
    """
    if not threads:
        return {}
    with connection.cursor() as cursor:
        parameters: dict[str, Any] = {"tenant": tenant.pk, "source": source}
        cursor.execute(_OWNERS, {**parameters, "threads": sorted(threads)})
        rows = cursor.fetchall()
    found: dict[str, ThreadOwner] = {}
    for thread, kind, namespace, value, company_namespace, company in rows:
        owner = ThreadOwner(Ref(kind, namespace, value), company_namespace, company)
        before = found.get(thread)
        if before is None or _rank(owner) < _rank(before):
            found[thread] = owner
    return found


def _rank(owner: ThreadOwner) -> tuple[int, Ref]:
    return strength(owner.ref.kind), owner.ref
