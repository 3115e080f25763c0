"""The statements of the loader: COPY into temporary tables, then one INSERT a table.

`(SELECT tenant)` is for the planner, as in the event loader (`event_sql`).
"""

from __future__ import annotations

STAGE = """
CREATE TEMPORARY TABLE stage_response (
    response_id uuid, interaction_id uuid, customer_id uuid,
    identity_kind text, identity_namespace text, identity_value text, customer_name text,
    key text, content_hash text, survey_id uuid, survey_title text,
    channel_id uuid, touchpoint_id uuid, language text,
    answered_at timestamptz, is_zone_assumed boolean, weight numeric, answers jsonb,
    state text, started_at timestamptz, revised_at timestamptz
) ON COMMIT DROP
"""
STAGE_RATING = """
CREATE TEMPORARY TABLE stage_rating (
    rating_id uuid, response_id uuid, question_key text, metric_id uuid, value smallint,
    touchpoint_id uuid, channel_id uuid
) ON COMMIT DROP
"""
STAGE_COMMENT = """
CREATE TEMPORARY TABLE stage_comment (
    verbatim_id uuid, response_id uuid, question_key text, body text, language text
) ON COMMIT DROP
"""
DROP_STAGES = "DROP TABLE IF EXISTS stage_response, stage_rating, stage_comment"

RESPONSE_TYPES = (
    *("uuid", "uuid", "uuid"),
    *("text", "text", "text", "text"),
    *("text", "text", "uuid", "text"),
    *("uuid", "uuid", "text"),
    *("timestamptz", "bool", "numeric", "jsonb"),
    *("text", "timestamptz", "timestamptz"),
)
RATING_TYPES = ("uuid", "uuid", "text", "uuid", "int2", "uuid", "uuid")
COMMENT_TYPES = ("uuid", "uuid", "text", "text", "text")

# Claim the keys; what was there already leaves the stage and is told.
CLAIM = """
WITH claimed AS (
    INSERT INTO customers_ingestkey
        (id, tenant_id, source, key, object_kind, object_id, content_hash, batch_id)
    SELECT interaction_id, %(tenant)s, %(source)s, key, 'response', response_id, content_hash,
        %(batch)s
    FROM stage_response ORDER BY key, response_id
    ON CONFLICT (tenant_id, source, key) DO NOTHING
    RETURNING object_id
)
DELETE FROM stage_response
WHERE response_id NOT IN (SELECT object_id FROM claimed)
RETURNING key, content_hash
"""
STORED_HASHES = """
SELECT key, content_hash FROM customers_ingestkey
WHERE tenant_id = (SELECT %(tenant)s::uuid) AND source = %(source)s AND key = ANY(%(keys)s)
"""

DEFER_IDENTITIES = "SET CONSTRAINTS customers_identity_customer_id DEFERRED"
IDENTITIES = """
INSERT INTO customers_identity (id, tenant_id, customer_id, kind, namespace, value)
SELECT DISTINCT ON (identity_kind, identity_namespace, identity_value)
    customer_id, %(tenant)s, customer_id, identity_kind, identity_namespace, identity_value
FROM stage_response WHERE identity_value IS NOT NULL
ORDER BY identity_kind, identity_namespace, identity_value, response_id
ON CONFLICT (tenant_id, kind, namespace, value) DO NOTHING
"""
CUSTOMERS = """
INSERT INTO customers_customer
    (id, tenant_id, root_id, kind, display_name, email, language, attributes, first_seen_at,
     last_seen_at, batch_id)
SELECT DISTINCT ON (s.customer_id) s.customer_id, %(tenant)s, s.customer_id, 'known',
    s.customer_name, CASE WHEN s.identity_kind = 'email' THEN s.identity_value ELSE '' END,
    s.language, '{}', min(s.answered_at) OVER theirs, max(s.answered_at) OVER theirs, %(batch)s
FROM stage_response s
JOIN customers_identity i ON i.tenant_id = (SELECT %(tenant)s::uuid) AND i.kind = s.identity_kind
    AND i.namespace = s.identity_namespace AND i.value = s.identity_value
    AND i.customer_id = s.customer_id
WHERE NOT EXISTS (
    SELECT FROM customers_customer c
    WHERE c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = s.customer_id
)
WINDOW theirs AS (PARTITION BY s.customer_id)
ORDER BY s.customer_id
"""
CHECK_IDENTITIES = "SET CONSTRAINTS customers_identity_customer_id IMMEDIATE"
KNOWN_CUSTOMERS = """
UPDATE stage_response s SET customer_id = i.customer_id
FROM customers_identity i
WHERE i.tenant_id = (SELECT %(tenant)s::uuid) AND i.kind = s.identity_kind
    AND i.namespace = s.identity_namespace AND i.value = s.identity_value
    AND i.customer_id <> s.customer_id
"""
# Who answers was seen. As with events, a change a person and day is enough for lists.
SEEN = """
WITH seen AS (
    SELECT c.root_id AS id, min(s.answered_at) AS first, max(s.answered_at) AS last
    FROM stage_response s
    JOIN customers_customer c
        ON c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = s.customer_id
    GROUP BY c.root_id
), locked AS MATERIALIZED (
    SELECT c.id, seen.first, seen.last
    FROM seen JOIN customers_customer c
        ON c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = seen.id
    WHERE c.erased_at IS NULL AND (
        c.first_seen_at IS NULL OR seen.first < c.first_seen_at
        OR c.last_seen_at < date_trunc('day', seen.last)
    )
    ORDER BY c.id FOR NO KEY UPDATE OF c
)
UPDATE customers_customer c
SET first_seen_at = least(c.first_seen_at, locked.first),
    last_seen_at = greatest(c.last_seen_at, locked.last)
FROM locked WHERE c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = locked.id
"""
INTERACTIONS = """
INSERT INTO customers_interaction
    (id, tenant_id, customer_id, kind, name, occurred_at, received_at, day, channel_id,
     touchpoint_id, title, props, source, batch_id)
SELECT interaction_id, %(tenant)s, customer_id, 'response', 'survey answered', answered_at,
    %(now)s, (answered_at AT TIME ZONE %(zone)s)::date, channel_id, touchpoint_id, survey_title,
    '{}', %(source)s, %(batch)s
FROM stage_response
"""
RESPONSES = """
INSERT INTO feedback_response
    (id, tenant_id, survey_id, customer_id, interaction_id, channel_id, touchpoint_id, language,
     answered_at, received_at, day, is_zone_assumed, state, answers, weight, source, batch_id,
     started_at, revised_at)
SELECT response_id, %(tenant)s, survey_id, customer_id, interaction_id, channel_id,
    touchpoint_id, language, answered_at, %(now)s, (answered_at AT TIME ZONE %(zone)s)::date,
    is_zone_assumed, state, answers, weight, %(source)s, %(batch)s, started_at, revised_at
FROM stage_response
"""
RATINGS = """
INSERT INTO feedback_rating
    (id, tenant_id, response_id, metric_id, question_key, value, survey_id, touchpoint_id,
     channel_id, weight, answered_at, day, state, reason, recorded_at)
SELECT r.rating_id, %(tenant)s, r.response_id, r.metric_id, r.question_key, r.value,
    s.survey_id, coalesce(r.touchpoint_id, s.touchpoint_id),
    coalesce(r.channel_id, s.channel_id), s.weight, s.answered_at,
    (s.answered_at AT TIME ZONE %(zone)s)::date, 'counted', '', %(now)s
FROM stage_rating r JOIN stage_response s USING (response_id)
"""
RATINGS_BY_METRIC = """
SELECT r.metric_id, count(*) FROM stage_rating r JOIN stage_response s USING (response_id)
GROUP BY r.metric_id
"""
VERBATIMS = """
INSERT INTO feedback_verbatim (id, tenant_id, response_id, question_key, text, language)
SELECT c.verbatim_id, %(tenant)s, c.response_id, c.question_key, c.body, c.language
FROM stage_comment c JOIN stage_response s USING (response_id)
"""
