"""Which numbers personas may show: of whose people, and so that nobody can subtract to a few.

Numbers of one kind are compared with each other: sizes, the scores of one metric, the contacts
through one channel. What is known of everybody takes part where the product tells it elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection

from analytics.rules.apart import shown_groups
from cxm.customers.selectors.timeline import NO_CONTACT
from personas.models import Persona

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from analytics.rules.apart import Cell
    from analytics.rules.periods import Period
    from cxm.tenants.models import Tenant

EVERYBODY = "everybody"
# The bound segments that each person is in.
_INSIDE = """
WITH inside AS (
    SELECT customer_id, array_agg(segment_id) AS segments
    FROM customers_segmentmember
    WHERE tenant_id = %(tenant)s AND segment_id = ANY(%(segments)s) AND to_at IS NULL
    GROUP BY customer_id
)
"""
_PEOPLE = """{inside}
SELECT coalesce(inside.segments, '{{}}'), count(*)
FROM customers_customer person
LEFT JOIN inside ON inside.customer_id = person.id
WHERE person.tenant_id = %(tenant)s AND person.id = person.root_id AND person.erased_at IS NULL
GROUP BY 1
"""
# An answer of nobody known is taken for that of a person of its own.
_ANSWERED = """{inside}
SELECT rating.metric_id, coalesce(inside.segments, '{{}}'),
    count(DISTINCT coalesce(customer.root_id, response.id))
FROM feedback_rating rating
JOIN feedback_response response
    ON response.tenant_id = rating.tenant_id AND response.id = rating.response_id
LEFT JOIN customers_customer customer
    ON customer.tenant_id = response.tenant_id AND customer.id = response.customer_id
LEFT JOIN inside ON inside.customer_id = customer.root_id
WHERE rating.tenant_id = %(tenant)s AND rating.metric_id = ANY(%(metrics)s)
    AND rating.state = 'counted' AND rating.day >= coalesce(%(start)s, '-infinity'::date)
    AND rating.day < coalesce(%(end)s, 'infinity'::date)
GROUP BY 1, 2
"""
_REACHED = """{inside}
SELECT coalesce(channel.merged_into_id, contact.channel_id), inside.segments,
    count(*), count(DISTINCT customer.root_id)
FROM inside
JOIN customers_customer customer
    ON customer.tenant_id = %(tenant)s AND customer.root_id = inside.customer_id
JOIN customers_interaction contact
    ON contact.tenant_id = %(tenant)s AND contact.customer_id = customer.id
LEFT JOIN touchpoints_channel channel
    ON channel.tenant_id = %(tenant)s AND channel.id = contact.channel_id
WHERE contact.day >= %(start)s AND contact.day < %(end)s AND contact.deleted_at IS NULL
    AND contact.kind <> ALL(%(inner)s)
GROUP BY 1, 2
"""
type Cells = dict[Cell[UUID | str], int]


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contacts of the members of segments through one channel, and whose may be told."""

    counts: Mapping[UUID, int] = field(default_factory=dict)
    shown: frozenset[UUID | str] = frozenset()


def bound_segments(tenant: Tenant) -> list[UUID]:
    """List the live segments of personas, that of the oldest persona first. One query."""
    rows = Persona.objects.for_tenant(tenant).filter(
        deleted_at=None, segment__isnull=False, segment__archived_at=None
    )
    return list(dict.fromkeys(rows.order_by("pk").values_list("segment_id", flat=True)))


def shown_sizes(tenant: Tenant, bound: Sequence[UUID]) -> frozenset[UUID | str]:
    """Choose the segments whose size may be shown; everybody is known. One query."""
    cells: Cells = {}
    for segments, people in _rows(_PEOPLE, tenant, bound):
        cells[frozenset({EVERYBODY, *segments})] = people
    return shown_groups(cells, [EVERYBODY, *bound])


def shown_scores(
    tenant: Tenant, bound: Sequence[UUID], metrics: Iterable[UUID], period: Period
) -> dict[UUID, frozenset[UUID | str]]:
    """Choose by metric the segments whose score in *period* may be shown. One query.

    That of everybody is known from the pages of figures.
    """
    cells: dict[UUID, Cells] = {metric: {} for metric in metrics}
    days = {"metrics": list(cells), "start": period.start_on, "end": period.end_on}
    for metric, segments, people in _rows(_ANSWERED, tenant, bound, **days):
        cells[metric][frozenset({EVERYBODY, *segments})] = people
    return {metric: shown_groups(one, [EVERYBODY, *bound]) for metric, one in cells.items()}


def contacts_by_channel(
    tenant: Tenant, bound: Sequence[UUID], start_on: date, end_on: date
) -> dict[UUID | None, Contacts]:
    """Count the contacts of members by channel (None: without one) between two days. One query.

    *start_on* is inclusive, *end_on* exclusive. Merged channels count as what they were merged
    into, contacts of merged people as their root's.
    """
    counts: dict[UUID | None, dict[UUID, int]] = defaultdict(lambda: defaultdict(int))
    cells: dict[UUID | None, Cells] = defaultdict(dict)
    days = {"start": start_on, "end": end_on, "inner": list(NO_CONTACT)}
    for channel, segments, contacts, people in _rows(_REACHED, tenant, bound, **days):
        cells[channel][frozenset(segments)] = people
        for segment in segments:
            counts[channel][segment] += contacts
    return {
        channel: Contacts(counts[channel], shown_groups(one, bound))
        for channel, one in cells.items()
    }


def _rows(sql: str, tenant: Tenant, bound: Sequence[UUID], **more: Any) -> list[Any]:
    parameters: dict[str, Any] = {"tenant": tenant.pk, "segments": list(bound), **more}
    with connection.cursor() as cursor:
        cursor.execute(sql.format(inside=_INSIDE), parameters)
        found: list[Any] = cursor.fetchall()
    return found
