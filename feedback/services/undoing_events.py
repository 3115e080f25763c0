"""Taking back what a file of events told: attributes, people and companies are as before."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Max, Min

from cxm.customers.models import (
    AttributeDef,
    AttributeValue,
    Company,
    CompanyMember,
    Customer,
    Identity,
    Interaction,
)
from cxm.customers.rules.identifiers import is_known
from cxm.customers.rules.profile import Profile
from cxm.work.models import BatchChange
from feedback.services.before_loading import (
    COMPANIES,
    CUSTOMERS,
    DEFINITIONS,
    IDENTITIES,
    changes_of,
)
from feedback.services.registry_rows import unused

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from cxm.work.models import Batch

ROWS_A_STEP = 5_000
PROFILE = ("display_name", "email", "phone", "language", "time_zone")

# `(SELECT tenant)` is for the planner, as in the event loader.
_UNCOUNT = """
UPDATE customers_eventname e
SET seen = greatest(e.seen - gone.seen, 0), unmatched = greatest(e.unmatched - gone.unmatched, 0)
FROM (
    SELECT n.source, n.kind, coalesce(k.name, '') AS name, count(*) AS seen,
        count(*) FILTER (WHERE n.touchpoint_id IS NULL) AS unmatched
    FROM customers_interaction n
    LEFT JOIN customers_eventname k ON k.tenant_id = n.tenant_id AND k.source = n.source
        AND k.kind = n.kind AND k.name = n.name
    WHERE n.tenant_id = (SELECT %(tenant)s::uuid) AND n.id = ANY(%(ids)s)
    GROUP BY n.source, n.kind, coalesce(k.name, '')
) gone
WHERE e.tenant_id = (SELECT %(tenant)s::uuid) AND e.source = gone.source AND e.kind = gone.kind
    AND e.name = gone.name
RETURNING e.id, e.seen
"""
_FORGET_NAMES = """
DELETE FROM customers_eventname
WHERE tenant_id = (SELECT %(tenant)s::uuid) AND id = ANY(%(ids)s)
"""
# Of what is still told, the newest is shown again.
_REVIVE = """
UPDATE customers_attributevalue v SET replaced_at = NULL
FROM (
    SELECT DISTINCT ON (o.customer_id, o.key) o.id
    FROM unnest(%(customers)b::uuid[], %(keys)b::text[]) AS gone(customer_id, key)
    JOIN customers_attributevalue o ON o.tenant_id = (SELECT %(tenant)s::uuid)
        AND o.customer_id = gone.customer_id AND o.key = gone.key
    ORDER BY o.customer_id, o.key, o.valid_from DESC, o.recorded_at DESC, o.id DESC
) newest
WHERE v.tenant_id = (SELECT %(tenant)s::uuid) AND v.id = newest.id AND v.replaced_at IS NOT NULL
"""
_FREE_COMPANIES = """
SELECT t.id FROM customers_company t
WHERE t.tenant_id = (SELECT %(tenant)s::uuid) AND t.batch_id = %(batch)s AND {unused}
ORDER BY t.id LIMIT %(rows)s
"""
_FREE_DEFINITIONS = """
SELECT t.id FROM customers_attributedef t
WHERE t.tenant_id = (SELECT %(tenant)s::uuid) AND t.id = ANY(%(ids)s) AND t.type = 'unmapped'
    AND NOT EXISTS (
        SELECT FROM customers_attributevalue v
        WHERE v.tenant_id = (SELECT %(tenant)s::uuid) AND t.scope = 'customer' AND v.key = t.key
    ) AND NOT EXISTS (
        SELECT FROM customers_company c
        WHERE c.tenant_id = (SELECT %(tenant)s::uuid) AND t.scope = 'company'
            AND c.attributes ? t.key
    )
"""


def uncount_names(batch: Batch, interactions: list[UUID]) -> None:
    """Take *interactions*, which are about to go, out of the counts of event names."""
    with connection.cursor() as cursor:
        cursor.execute(_UNCOUNT, {"tenant": batch.tenant_id, "ids": interactions})
        empty = [pk for pk, seen in cursor.fetchall() if seen == 0]
        if empty:
            cursor.execute(_FORGET_NAMES, {"tenant": batch.tenant_id, "ids": empty})


def remove_values(batch: Batch) -> int:
    """Remove the first attribute values that *batch* told; older ones are shown again."""
    rows = AttributeValue.objects.for_tenant(batch.tenant_id).filter(batch=batch)
    values = list(rows.order_by("pk")[:ROWS_A_STEP])
    if not values:
        return 0
    pks = [value.pk for value in values]
    AttributeValue.objects.for_tenant(batch.tenant_id).filter(pk__in=pks).delete()
    shown = sorted({(v.customer_id, v.key) for v in values if v.replaced_at is None})
    if shown:
        with connection.cursor() as cursor:
            columns: dict[str, Any] = {
                "customers": [pk for pk, _ in shown],
                "keys": [key for _, key in shown],
            }
            cursor.execute(_REVIVE, {"tenant": batch.tenant_id, **columns})
        _show_what_is_left(batch, shown)
    return len(values)


def remove_companies(batch: Batch) -> int:
    """Remove members that *batch* made, then companies that nothing else uses."""
    members = CompanyMember.objects.for_tenant(batch.tenant_id).filter(batch=batch)
    ids = list(members.order_by("pk").values_list("pk", flat=True)[:ROWS_A_STEP])
    if ids:
        CompanyMember.objects.for_tenant(batch.tenant_id).filter(pk__in=ids).delete()
        return len(ids)
    parameters: dict[str, Any] = {"tenant": batch.tenant_id, "batch": batch.pk, "rows": ROWS_A_STEP}
    with connection.cursor() as cursor:
        cursor.execute(_FREE_COMPANIES.format(unused=unused(Company)), parameters)
        ids = [pk for (pk,) in cursor.fetchall()]
    Company.objects.for_tenant(batch.tenant_id).filter(pk__in=ids).delete()
    return len(ids)


def put_back(batch: Batch) -> int:
    """Bring the first rows that *batch* changed or added to back to what they were.

    What is put back is noted no longer, so that an undo can be stopped and taken up again.
    """
    steps = (
        (IDENTITIES, _remove_identities),
        (CUSTOMERS, _put_back_customers),
        (COMPANIES, _put_back_companies),
        (DEFINITIONS, _remove_definitions),
    )
    for table, step in steps:
        changes = list(changes_of(batch, table).order_by("row_id")[:ROWS_A_STEP])
        if changes:
            step(batch, changes)
            pks = [change.pk for change in changes]
            BatchChange.objects.for_tenant(batch.tenant_id).filter(pk__in=pks).delete()
            return len(changes)
    return 0


def _show_what_is_left(batch: Batch, shown: Iterable[tuple[UUID, str]]) -> None:
    keys: dict[UUID, set[str]] = defaultdict(set)
    for customer, key in shown:
        keys[customer].add(key)
    current = _current(batch, keys)
    before = {
        change.row_id: change.before
        for change in changes_of(batch, CUSTOMERS).filter(row_id__in=list(keys))
    }
    people = list(Customer.objects.for_tenant(batch.tenant_id).filter(pk__in=list(keys)))
    for person in people:
        then: dict[str, Any] = before.get(person.pk) or {}
        profile = Profile(
            columns={column: then.get(column, "") for column in PROFILE},
            attributes=person.attributes,
        )
        for key in keys[person.pk]:
            profile.attributes.pop(key, None)
        for key, value in current[person.pk].items():
            profile.tell(key, value)
        profile.name_from_parts()
        person.attributes = profile.attributes
        for column in PROFILE:
            setattr(person, column, profile.columns[column])
    Customer.objects.for_tenant(batch.tenant_id).bulk_update(people, ["attributes", *PROFILE])


def _current(batch: Batch, people: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Give what is told of *people* now, the oldest first."""
    found: dict[UUID, dict[str, Any]] = defaultdict(dict)
    rows = AttributeValue.objects.for_tenant(batch.tenant_id).filter(
        customer__in=list(people), replaced_at=None
    )
    for value in rows.order_by("valid_from", "pk"):
        found[value.customer_id][value.key] = value.value
    return found


def _remove_identities(batch: Batch, changes: list[BatchChange]) -> None:
    pks = [change.row_id for change in changes]
    Identity.objects.for_tenant(batch.tenant_id).filter(pk__in=pks).delete()


def _put_back_customers(batch: Batch, changes: list[BatchChange]) -> None:
    """Give people the times they were seen, and whether they are known, without the batch."""
    before = {change.row_id: change.before or {} for change in changes}
    people = list(Customer.objects.for_tenant(batch.tenant_id).filter(pk__in=list(before)))
    kinds: dict[UUID, set[str]] = defaultdict(set)
    identities = Identity.objects.for_tenant(batch.tenant_id).filter(customer__in=list(before))
    for customer, kind in identities.values_list("customer_id", "kind"):
        kinds[customer].add(kind)
    facts = Interaction.objects.for_tenant(batch.tenant_id).filter(customer__root__in=list(before))
    seen = {
        root: (first, last)
        for root, first, last in facts.values_list("customer__root")
        .annotate(first=Min("occurred_at"), last=Max("occurred_at"))
        .order_by("customer__root")
    }
    for person in people:
        then = before[person.pk]
        first, last = seen.get(person.pk, (None, None))
        person.first_seen_at = _earliest(_moment(then["first_seen_at"]), first)
        person.last_seen_at = _latest(_moment(then["last_seen_at"]), last)
        if then["kind"] == Customer.Kind.VISITOR and not any(map(is_known, kinds[person.pk])):
            person.kind = Customer.Kind.VISITOR
    Customer.objects.for_tenant(batch.tenant_id).bulk_update(
        people, ["first_seen_at", "last_seen_at", "kind"]
    )


def _put_back_companies(batch: Batch, changes: list[BatchChange]) -> None:
    before = {change.row_id: change.before or {} for change in changes}
    companies = list(Company.objects.for_tenant(batch.tenant_id).filter(pk__in=list(before)))
    for company in companies:
        then = before[company.pk]
        company.name, company.attributes = then["name"], then["attributes"]
        company.changed_at = _moment(then["changed_at"]) or company.changed_at
    Company.objects.for_tenant(batch.tenant_id).bulk_update(
        companies, ["name", "attributes", "changed_at"]
    )


def _remove_definitions(batch: Batch, changes: list[BatchChange]) -> None:
    """Remove attributes that the file brought up, which nobody described and nobody has."""
    pks = [change.row_id for change in changes]
    with connection.cursor() as cursor:
        cursor.execute(_FREE_DEFINITIONS, {"tenant": batch.tenant_id, "ids": pks})
        free = [pk for (pk,) in cursor.fetchall()]
    AttributeDef.objects.for_tenant(batch.tenant_id).filter(pk__in=free).delete()


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _earliest(before: datetime | None, first: datetime | None) -> datetime | None:
    moments = [moment for moment in (before, first) if moment]
    return min(moments, default=None)


def _latest(before: datetime | None, last: datetime | None) -> datetime | None:
    """Give when somebody was last seen; within a day the first time counts, as on loading."""
    if before is None or last is None or last.date() > before.date():
        return last if last and (before is None or last > before) else before
    return before
