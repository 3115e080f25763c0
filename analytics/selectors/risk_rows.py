"""What was known of customers on a day, and who of them was lost after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import connection

from analytics.rules.risk_inputs import (
    FEWEST_OF_PLAN,
    INPUTS,
    MOST_PLANS,
    PLAN,
    Table,
    input_of,
    refuse_later,
)
from cxm.kernel.lazily import lazily
from cxm.metrics.rules.days import local_date

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    import numpy as np
    from numpy.typing import NDArray

    from analytics.models import ChurnDefinition
else:
    np = lazily("numpy")

MOST_LEARNED = 10_000
MOST_SCORED = 200_000
_AT_ONCE = 10_000

# Who was a customer at the cut, and when they were lost, as far as that is settled.
_THERE_PART = """
WITH there AS MATERIALIZED (
    SELECT s.customer_id, s.from_at,
        CASE WHEN s.to_at <= %(settled)s THEN s.to_at END AS to_at
    FROM analytics_churnspan s
    JOIN customers_customer r ON r.tenant_id = (SELECT %(tenant)s::uuid) AND r.id = s.customer_id
        AND r.root_id = r.id AND r.erased_at IS NULL
    WHERE s.tenant_id = (SELECT %(tenant)s::uuid) AND s.definition_id = %(definition)s
        AND s.from_at <= %(cut)s AND (s.to_at IS NULL OR s.to_at > %(cut)s)
    ORDER BY md5(%(seed)s || s.customer_id::text), s.customer_id
    LIMIT %(most)s
), rows AS MATERIALIZED (
    SELECT c.id, t.customer_id FROM there t
    JOIN customers_customer c ON c.tenant_id = (SELECT %(tenant)s::uuid)
        AND c.root_id = t.customer_id
)"""
# A fact of before the workspace began is history and counts from when it happened; every other
# one from when it was recorded.
_ACTS_PART = """, acts AS (
    SELECT r.customer_id, i.occurred_at AS at,
        i.kind IN ('message', 'call', 'visit', 'case') AS is_contact,
        CASE WHEN i.occurred_at < %(began)s THEN i.occurred_at
            ELSE greatest(i.occurred_at, i.received_at) END AS known_at
    FROM rows r
    JOIN customers_interaction i ON i.tenant_id = (SELECT %(tenant)s::uuid)
        AND i.customer_id = r.id
    WHERE i.deleted_at IS NULL AND i.actor = 'customer' AND i.direction <> 'out'
        AND i.kind NOT IN ('note', 'merge', 'invitation', 'contract')
        AND i.occurred_at <= %(cut)s AND i.occurred_at > %(cut)s - interval '365 days'
), did AS (
    SELECT customer_id, max(at) AS last_at, max(known_at) AS known_at,
        count(*) FILTER (WHERE is_contact AND at > %(cut)s - interval '30 days') AS contacts_30,
        count(*) FILTER (WHERE is_contact AND at > %(cut)s - interval '90 days'
            AND at <= %(cut)s - interval '30 days') AS contacts_90,
        count(*) FILTER (WHERE NOT is_contact AND at > %(cut)s - interval '30 days') AS uses_30,
        count(*) FILTER (WHERE NOT is_contact AND at > %(cut)s - interval '90 days'
            AND at <= %(cut)s - interval '30 days') AS uses_90
    FROM acts WHERE known_at <= %(cut)s GROUP BY customer_id
)"""
_RATED_PART = """, ratings AS (
    SELECT r.customer_id, g.answered_at AS at, g.id,
        CASE WHEN v.unfavourable = '{}' THEN NOT g.value = ANY(v.favourable)
            ELSE g.value = ANY(v.unfavourable) END AS is_low,
        CASE WHEN m.direction = 'lower' THEN m.scale_max - g.value ELSE g.value - m.scale_min END
            / (m.scale_max - m.scale_min)::float AS good,
        CASE WHEN g.answered_at < %(began)s THEN g.answered_at
            ELSE greatest(g.answered_at, g.recorded_at) END AS known_at
    FROM rows r
    JOIN feedback_response p ON p.tenant_id = (SELECT %(tenant)s::uuid) AND p.customer_id = r.id
    JOIN feedback_rating g ON g.tenant_id = (SELECT %(tenant)s::uuid) AND g.response_id = p.id
        AND g.state = 'counted' AND g.answered_at <= %(cut)s
        AND g.answered_at > %(cut)s - interval '365 days'
    JOIN metrics_metric m ON m.tenant_id = (SELECT %(tenant)s::uuid) AND m.id = g.metric_id
    JOIN metrics_metricversion v ON v.tenant_id = (SELECT %(tenant)s::uuid)
        AND v.metric_id = m.id AND v.number = m.version
), rated AS (
    SELECT customer_id, max(at) AS last_at, max(known_at) AS known_at,
        count(*) FILTER (WHERE is_low AND at > %(cut)s - interval '90 days') AS low_90,
        (array_agg(good ORDER BY at DESC, id DESC))[1] AS good
    FROM ratings WHERE known_at <= %(cut)s GROUP BY customer_id
)"""
# An end that lies ahead counts only where it was written down by then.
_PAID_PART = """, contracts AS (
    SELECT r.customer_id, k.plan, k.amount_per_month AS amount, k.currency, k.started_on,
        k.ended_on,
        CASE WHEN k.ended_on IS NULL OR k.ended_on < %(cut_on)s OR k.changed_at <= %(cut)s
            THEN k.ended_on END AS end_on,
        k.started_on <= %(cut_on)s AND (k.ended_on IS NULL OR k.ended_on >= %(cut_on)s) AS runs,
        k.started_on <= %(before_on)s AND (k.ended_on IS NULL OR k.ended_on >= %(before_on)s)
            AS ran,
        CASE WHEN k.started_on < %(began)s::date THEN k.started_on::timestamptz
            ELSE greatest(k.started_on::timestamptz, k.created_at) END AS known_at
    FROM rows r
    JOIN customers_contract k ON k.tenant_id = (SELECT %(tenant)s::uuid)
        AND k.customer_id = r.id
    WHERE k.started_on <= %(cut_on)s
), paid AS (
    SELECT customer_id, max(known_at) AS known_at, sum(amount) FILTER (WHERE runs) AS amount,
        sum(amount) FILTER (WHERE ran) AS amount_before,
        min(currency) FILTER (WHERE runs) AS currency,
        count(DISTINCT currency) FILTER (WHERE runs OR ran) AS currencies,
        min(end_on) FILTER (WHERE runs) AS end_on,
        (array_agg(plan ORDER BY amount DESC, plan) FILTER (WHERE runs))[1] AS plan
    FROM contracts WHERE known_at <= %(cut)s GROUP BY customer_id
)"""
_KNOWN_PART = """
SELECT t.customer_id, extract(epoch FROM t.to_at - %(cut)s::timestamptz) / 86400,
    greatest(d.known_at, g.known_at, p.known_at),
    coalesce(d.contacts_30, 0), coalesce(d.contacts_90, 0), coalesce(d.uses_30, 0),
    coalesce(d.uses_90, 0),
    least(extract(epoch FROM %(cut)s::timestamptz - greatest(d.last_at, t.from_at)) / 86400, 365),
    CASE WHEN g.last_at IS NOT NULL THEN g.low_90 END, g.good,
    extract(epoch FROM %(cut)s::timestamptz - g.last_at) / 86400,
    extract(epoch FROM %(cut)s::timestamptz - t.from_at) / 86400,
    CASE WHEN p.currencies = 1 THEN p.amount END,
    CASE WHEN p.currencies = 1 AND p.amount_before > 0
        THEN least(p.amount / p.amount_before - 1, 1) END,
    p.end_on - %(cut_on)s::date, coalesce(p.plan, ''), coalesce(p.currency, '')
FROM there t
LEFT JOIN did d USING (customer_id)
LEFT JOIN rated g USING (customer_id)
LEFT JOIN paid p USING (customer_id)
ORDER BY t.customer_id
"""
_KNOWN = _THERE_PART + _ACTS_PART + _RATED_PART + _PAID_PART + _KNOWN_PART


@dataclass(frozen=True, slots=True)
class Known:
    """People on a day: what was known of each, and after how many days they were lost.

    *values* has the columns of INPUTS, NaN for unknown; *lost_after* is NaN for those who stayed
    as long as that is settled. *plans* and *currencies* are empty where no contract ran.
    """

    customer_ids: list[UUID]
    lost_after: NDArray[np.float64]
    values: NDArray[np.float64]
    plans: list[str]
    currencies: list[str]

    def table(self, plans: tuple[str, ...]) -> Table:
        """Give the inputs, with one for each of *plans*: 1 who has it, unknown without any."""
        own = np.array(self.plans, dtype=object)
        has_one = own != ""
        columns = [np.where(has_one, (own == plan).astype(float), np.nan) for plan in plans]
        inputs = (*INPUTS, *(input_of(f"{PLAN}{plan}") for plan in plans))
        return Table(inputs, np.column_stack([self.values, *columns]))


def known_at(
    definition: ChurnDefinition,
    cut: datetime,
    *,
    settled: datetime,
    seed: int,
    most: int = MOST_LEARNED,
) -> Known:
    """Read who was a customer at *cut*, by the spans counted last, and what was known of them.

    Losses after *settled* are not known yet. Of more than *most* people, *seed* chooses; always
    the same ones. One query. Raises LeakError.
    """
    tenant = definition.tenant
    on = local_date(cut, ZoneInfo(tenant.time_zone))
    values: dict[str, Any] = {
        "tenant": tenant.pk,
        "definition": definition.pk,
        "cut": cut,
        "cut_on": on,
        "before_on": on - timedelta(days=180),
        "settled": settled,
        "began": tenant.created_at,
        "seed": str(seed),
        "most": most,
    }
    people: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, values)
        while part := cursor.fetchmany(_AT_ONCE):
            people += part
    refuse_later([one[2] for one in people], cut)
    numbers = [[_number(value) for value in one[3:-2]] for one in people]
    return Known(
        customer_ids=[one[0] for one in people],
        lost_after=np.array([_number(one[1]) for one in people], dtype=np.float64),
        values=np.array(numbers, dtype=np.float64).reshape(len(people), len(INPUTS)),
        plans=[one[-2] for one in people],
        currencies=[one[-1] for one in people],
    )


def common_plans(parts: list[Known]) -> tuple[str, ...]:
    """Give the plans that are inputs: the commonest but one, which is what others differ from."""
    counts: dict[str, int] = {}
    total = 0
    for part in parts:
        total += len(part.plans)
        for plan in part.plans:
            if plan:
                counts[plan] = counts.get(plan, 0) + 1
    often = [plan for plan, n in counts.items() if n >= FEWEST_OF_PLAN * total]
    ordered = sorted(often, key=lambda plan: (-counts[plan], plan))
    return tuple(sorted(ordered[1 : MOST_PLANS + 1]))


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)
