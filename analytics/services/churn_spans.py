"""Counting when each customer was one, by one definition of churn, from the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from analytics.models import ChurnDefinitionVersion
from analytics.rules.churn import ContractEnd, Inactivity, read_churn_rule
from analytics.services.contract_sql import CONTRACTS
from analytics.services.turns import take_turns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from analytics.models import ChurnDefinition
    from analytics.rules.churn import ChurnRule

MEMORY = "64MB"

# What somebody did, whichever of their rows it was recorded on. Visitors are no customers yet.
# Why it ended is one word or line; a property that holds more than one thing names no reason.
_ACTS = """
WITH acts AS MATERIALIZED (
    SELECT c.root_id AS customer_id, i.occurred_at AS at, i.name = ANY(%(ends)s::text[]) AS is_end,
        CASE WHEN i.name = ANY(%(ends)s::text[])
            AND jsonb_typeof(i.props -> %(why)s::text) NOT IN ('object', 'array')
        THEN rtrim(left(btrim(
            regexp_replace(i.props ->> %(why)s::text, '[[:space:]]+', ' ', 'g')
        ), 120)) END AS why
    FROM customers_interaction i
    JOIN customers_customer c ON c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = i.customer_id
    JOIN customers_customer r ON r.tenant_id = (SELECT %(tenant)s::uuid) AND r.id = c.root_id
        AND r.kind = 'known' AND r.erased_at IS NULL
    WHERE i.tenant_id = (SELECT %(tenant)s::uuid) AND i.deleted_at IS NULL
        AND i.occurred_at <= %(now)s
        AND (
            i.name = ANY(%(ends)s::text[])
            OR CASE WHEN %(is_any)s THEN i.actor = 'customer' AND i.direction <> 'out'
                AND i.kind NOT IN ('note', 'merge', 'invitation')
            ELSE i.name = ANY(%(names)s::text[]) END
        )
), """

# A new span wherever the silence before was longer than the rule allows.
_INACTIVITY = """
silence AS (
    SELECT customer_id, at, lag(at) OVER (PARTITION BY customer_id ORDER BY at) AS before
    FROM acts
), numbered AS (
    SELECT customer_id, at,
        count(*) FILTER (WHERE before IS NULL OR at > before + %(gap)s::interval)
            OVER (PARTITION BY customer_id ORDER BY at) AS number
    FROM silence
), found AS (
    SELECT customer_id, min(at) AS from_at,
        CASE WHEN max(at) + %(gap)s::interval < %(now)s
            THEN max(at) + %(gap)s::interval END AS to_at, '' AS reason
    FROM numbered GROUP BY customer_id, number
), """

# A new span after each end, of which each has one at most. What comes at the same moment belongs
# before the end, unless it is a chosen start: then it begins the next span. Grace keeps out only
# what was not chosen.
_CANCELLATION = """
seen AS (
    SELECT customer_id, at, is_end, why, count(*) FILTER (WHERE is_end) OVER earlier AS ended,
        max(at) FILTER (WHERE is_end) OVER earlier AS last_end
    FROM acts
    WINDOW earlier AS (
        PARTITION BY customer_id ORDER BY at, is_end = %(is_any)s
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
), found AS (
    SELECT customer_id, min(at) FILTER (WHERE NOT is_end) AS from_at,
        min(at) FILTER (WHERE is_end) AS to_at,
        coalesce(max(why) FILTER (WHERE is_end), '') AS reason
    FROM seen
    WHERE is_end OR last_end IS NULL OR NOT %(is_any)s OR at > last_end + %(gap)s::interval
    GROUP BY customer_id, ended
), """

# Where each person was met first: the least of moments (in ms) with the place of a touchpoint or
# channel in the list of all behind it. One pass without sorting; no least of rows has an index.
_MET = """
touchpoint_places AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM touchpoints_touchpoint
    WHERE tenant_id = (SELECT %(tenant)s::uuid)
), channel_places AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM touchpoints_channel
    WHERE tenant_id = (SELECT %(tenant)s::uuid)
), met_at AS (
    SELECT c.root_id AS customer_id,
        min((i.ms << 20) + t.place) & 1048575 AS touchpoint,
        min((i.ms << 20) + h.place) & 1048575 AS channel
    FROM (
        SELECT customer_id, touchpoint_id, channel_id,
            floor(date_part('epoch', occurred_at) * 1000)::bigint AS ms
        FROM customers_interaction
        WHERE tenant_id = (SELECT %(tenant)s::uuid) AND deleted_at IS NULL
    ) i
    JOIN customers_customer c ON c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = i.customer_id
    LEFT JOIN touchpoint_places t ON t.id = i.touchpoint_id
    LEFT JOIN channel_places h ON h.id = i.channel_id
    GROUP BY c.root_id
), met AS (
    SELECT m.customer_id, t.id AS touchpoint_id, h.id AS channel_id
    FROM met_at m
    LEFT JOIN touchpoint_places t ON t.place = m.touchpoint
    LEFT JOIN channel_places h ON h.place = m.channel
), """

# What differs is written, what is the same is not touched.
_WRITE = """
numbered_spans AS (
    SELECT customer_id, from_at, to_at, reason,
        row_number() OVER (PARTITION BY customer_id ORDER BY from_at) AS number
    FROM found WHERE from_at IS NOT NULL
), wanted AS MATERIALIZED (
    SELECT w.*, met.touchpoint_id, met.channel_id
    FROM numbered_spans w LEFT JOIN met ON met.customer_id = w.customer_id AND w.number = 1
), dropped AS (
    DELETE FROM analytics_churnspan s
    WHERE s.tenant_id = (SELECT %(tenant)s::uuid) AND s.definition_id = %(definition)s
        AND NOT EXISTS (
            SELECT 1 FROM wanted w WHERE w.customer_id = s.customer_id AND w.number = s.number
        )
    RETURNING 1
), written AS (
    INSERT INTO analytics_churnspan AS s
        (id, tenant_id, definition_id, customer_id, number, from_at, to_at, reason,
        touchpoint_id, channel_id)
    SELECT cxm_uuid7(), %(tenant)s, %(definition)s, customer_id, number, from_at, to_at, reason,
        touchpoint_id, channel_id
    FROM wanted ORDER BY customer_id, number
    ON CONFLICT (tenant_id, definition_id, customer_id, number) DO UPDATE
    SET from_at = excluded.from_at, to_at = excluded.to_at, reason = excluded.reason,
        touchpoint_id = excluded.touchpoint_id, channel_id = excluded.channel_id
    WHERE (s.from_at, s.to_at, s.reason, s.touchpoint_id, s.channel_id)
        IS DISTINCT FROM (excluded.from_at, excluded.to_at, excluded.reason,
            excluded.touchpoint_id, excluded.channel_id)
    RETURNING 1
)
SELECT (SELECT count(*) FROM wanted), (SELECT count(*) FROM written),
    (SELECT count(*) FROM dropped), (SELECT count(*) FROM found WHERE from_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Recounted:
    """How many *spans* there are, how many were *written* anew and *dropped*, and lone ends.

    *lone_ends* are cancellations of people who were no customers at that time: nobody knows from
    when on they were, so no span holds them.
    """

    spans: int
    written: int
    dropped: int
    lone_ends: int


@transaction.atomic
def recount_spans(*, definition: ChurnDefinition, now: datetime) -> Recounted:
    """Count the spans of *definition* by its rule in force, and write what has changed.

    Everything is counted from the timeline, or from the contracts, each time, so late, corrected,
    joined and removed facts end up where they belong. Two counts of one definition take turns;
    who changes the definition does not wait for them. *definition* is read again when it is its
    turn.
    """
    take_turns("churn-spans", definition.pk)
    definition.refresh_from_db(fields=["version", "title", "archived_at"])
    rule = rule_of(definition)
    statement = _statement(rule)
    own = {"tenant": definition.tenant_id, "definition": definition.pk, "now": now}
    values = {**own, **_values(rule), "zone": definition.tenant.time_zone}
    with connection.cursor() as cursor:
        # Millions of rows are put in order: in memory where there is some.
        cursor.execute(f"SET LOCAL work_mem = '{MEMORY}'")
        cursor.execute(statement, values)
        found = Recounted(*cursor.fetchone())
        cursor.execute("SET LOCAL work_mem TO DEFAULT")
    return found


def rule_of(definition: ChurnDefinition) -> ChurnRule:
    """Read the rule that is in force."""
    versions = ChurnDefinitionVersion.objects.for_tenant(definition.tenant_id)
    version = versions.get(definition=definition, number=definition.version)
    return read_churn_rule(definition.kind, version.config)


def _statement(rule: ChurnRule) -> str:
    if isinstance(rule, ContractEnd):
        return CONTRACTS + _MET + _WRITE
    own = _INACTIVITY if isinstance(rule, Inactivity) else _CANCELLATION
    return _ACTS + own + _MET + _WRITE


def _values(rule: ChurnRule) -> dict[str, Any]:
    if isinstance(rule, ContractEnd):
        return {"plans": list(rule.plans), "grace": rule.grace_days}
    if isinstance(rule, Inactivity):
        return _bounds((), rule.names, rule.days)
    return _bounds(rule.ends, rule.starts, rule.grace_days, why=rule.reason)


def _bounds(
    ends: Sequence[str], names: Sequence[str], days: int, *, why: str = ""
) -> dict[str, Any]:
    # Hours, so that no day is shorter than another where the clocks change.
    gap = f"{24 * days} hours"
    return {"ends": list(ends), "names": list(names), "is_any": not names, "gap": gap, "why": why}
