"""Statements that read contracts: when somebody has one, and what is paid by whom on each day."""

from __future__ import annotations

# Contracts of the chosen plans that have begun. The last day is one of theirs: they are over
# from the day after it on.
_OWN = """
WITH own AS MATERIALIZED (
    SELECT c.id, h.root_id AS customer_id, c.company_id, c.currency, c.amount_per_month AS amount,
        c.started_on AS from_on, c.ended_on + 1 AS to_on, c.end_reason AS reason
    FROM customers_contract c
    LEFT JOIN customers_customer h ON h.tenant_id = (SELECT %(tenant)s::uuid)
        AND h.id = c.customer_id
    WHERE c.tenant_id = (SELECT %(tenant)s::uuid)
        AND (%(plans)s::text[] = '{}' OR c.plan = ANY(%(plans)s::text[]))
        AND c.started_on <= (%(now)s::timestamptz AT TIME ZONE %(zone)s)::date
)"""
# A span holds all contracts that overlap, follow each other, or leave a gap within the grace.
# A contract of a company is one of each of its people, from when on they belonged to it.
_CONTRACTS_PART = """, held AS (
    SELECT customer_id, from_on, to_on, amount, reason, id FROM own WHERE company_id IS NULL
    UNION ALL
    SELECT p.root_id, greatest(o.from_on, (m.since AT TIME ZONE %(zone)s)::date), o.to_on,
        o.amount, o.reason, o.id
    FROM own o
    JOIN customers_companymember m ON m.tenant_id = (SELECT %(tenant)s::uuid)
        AND m.company_id = o.company_id
    JOIN customers_customer p ON p.tenant_id = (SELECT %(tenant)s::uuid) AND p.id = m.customer_id
    WHERE o.to_on IS NULL OR o.to_on > (m.since AT TIME ZONE %(zone)s)::date
), known AS (
    SELECT held.* FROM held
    JOIN customers_customer r ON r.tenant_id = (SELECT %(tenant)s::uuid) AND r.id = held.customer_id
        AND r.kind = 'known' AND r.erased_at IS NULL
), gaps AS (
    SELECT *, max(coalesce(to_on, 'infinity')) OVER (
        PARTITION BY customer_id ORDER BY from_on, id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS before
    FROM known
), numbered AS (
    SELECT *, count(*) FILTER (WHERE before IS NULL OR from_on > before + %(grace)s)
        OVER (PARTITION BY customer_id ORDER BY from_on, id) AS number
    FROM gaps
), islands AS (
    SELECT customer_id, min(from_on) AS from_on, max(coalesce(to_on, 'infinity')) AS to_on,
        (array_agg(reason ORDER BY to_on DESC NULLS FIRST, amount DESC, id))[1] AS reason
    FROM numbered GROUP BY customer_id, number
), dated AS (
    SELECT customer_id, from_on::timestamp AT TIME ZONE %(zone)s AS from_at,
        CASE WHEN to_on <> 'infinity'
            AND (to_on + %(grace)s)::timestamp AT TIME ZONE %(zone)s <= %(now)s
            THEN to_on::timestamp AT TIME ZONE %(zone)s END AS to_at, reason
    FROM islands
), found AS (
    SELECT customer_id, from_at, to_at,
        CASE WHEN to_at IS NULL THEN '' ELSE reason END AS reason
    FROM dated
), """
CONTRACTS = _OWN + _CONTRACTS_PART
# What each holder pays in each currency, changed on the days on which contracts begin and end.
_PAID_PART = """, edges AS (
    SELECT customer_id, company_id, currency, from_on AS day, amount AS change FROM own
    UNION ALL
    SELECT customer_id, company_id, currency, to_on, -amount FROM own
    WHERE to_on <= (%(now)s::timestamptz AT TIME ZONE %(zone)s)::date
), changes AS (
    SELECT customer_id, company_id, currency, day, sum(change) AS change FROM edges
    GROUP BY customer_id, company_id, currency, day HAVING sum(change) <> 0
), steps AS (
    SELECT customer_id, company_id, currency, day AS from_on, lead(day) OVER later AS to_on,
        sum(change) OVER later AS amount
    FROM changes
    WINDOW later AS (PARTITION BY customer_id, company_id, currency ORDER BY day)
), wanted AS MATERIALIZED (SELECT * FROM steps WHERE amount > 0)
"""
_PAID = _OWN + _PAID_PART
_DROP_PAID_PART = """
DELETE FROM analytics_revenuespan s
WHERE s.tenant_id = (SELECT %(tenant)s::uuid) AND s.definition_id = %(definition)s
    AND NOT EXISTS (
        SELECT 1 FROM wanted w
        WHERE coalesce(w.customer_id, w.company_id) = coalesce(s.customer_id, s.company_id)
            AND w.customer_id IS NOT DISTINCT FROM s.customer_id
            AND w.company_id IS NOT DISTINCT FROM s.company_id
            AND (w.currency, w.from_on, w.amount) = (s.currency, s.from_on, s.amount)
            AND w.to_on IS NOT DISTINCT FROM s.to_on
    )
"""
DROP_PAID = _PAID + _DROP_PAID_PART
_WRITE_PAID_PART = """
INSERT INTO analytics_revenuespan
    (id, tenant_id, definition_id, customer_id, company_id, currency, from_on, to_on, amount)
SELECT cxm_uuid7(), %(tenant)s, %(definition)s, customer_id, company_id, currency, from_on, to_on,
    amount
FROM wanted
ON CONFLICT DO NOTHING
"""
WRITE_PAID = _PAID + _WRITE_PAID_PART
_ENDED_PART = """
SELECT count(*), count(*) FILTER (
    WHERE to_on <= (%(now)s::timestamptz AT TIME ZONE %(zone)s)::date
) FROM own
"""
ENDED = _OWN + _ENDED_PART
