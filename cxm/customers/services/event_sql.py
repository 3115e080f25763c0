"""The statements of the event loader: a few sets in, a few sets out, whatever their size.

They find the tenant by `(SELECT tenant)`, which hides from the planner which one it is. The
statistics of a table list the tenants that had rows when they were taken; of any other, as every
new one is, PostgreSQL would expect one row and then read all its rows again for each that comes.
"""

from __future__ import annotations

# Those who make identities or customers take turns, a tenant at a time: two loads that meet the
# same new person at once would make two of them.
TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended(%(tenant)s::text, 718))"

CLAIM = """
INSERT INTO customers_ingestkey
    (id, tenant_id, source, key, object_kind, object_id, content_hash, batch_id)
SELECT asked.id, %(tenant)s, %(source)s, asked.key, 'event', asked.id, '', %(batch)s
FROM unnest(%(ids)b::uuid[], %(keys)b::text[]) AS asked(id, key) ORDER BY asked.key
ON CONFLICT (tenant_id, source, key) DO NOTHING
RETURNING object_id
"""

OWNERS = """
SELECT i.kind, i.namespace, i.value, i.is_shared, i.customer_id, c.root_id,
    coalesce(root.kind, c.kind) = 'known'
FROM unnest(%(kinds)b::text[], %(namespaces)b::text[], %(values)b::text[])
    AS asked(kind, namespace, value)
JOIN customers_identity i ON i.tenant_id = (SELECT %(tenant)s::uuid) AND i.kind = asked.kind
    AND i.namespace = asked.namespace AND i.value = asked.value
JOIN customers_customer c ON c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = i.customer_id
LEFT JOIN customers_customer root ON c.root_id <> c.id
    AND root.tenant_id = (SELECT %(tenant)s::uuid) AND root.id = c.root_id
"""
GROUPS = """
SELECT c.root_id, count(*), array_agg(DISTINCT i.namespace) FILTER (WHERE i.kind = 'external')
FROM customers_customer c
JOIN customers_identity i ON i.tenant_id = (SELECT %(tenant)s::uuid) AND i.customer_id = c.id
WHERE c.tenant_id = (SELECT %(tenant)s::uuid) AND c.root_id = ANY(%(roots)s)
GROUP BY c.root_id
"""
# With the moments when they were seen: a row that is changed in the transaction that made it has
# all its references checked again.
NEW_CUSTOMERS = """
INSERT INTO customers_customer
    (id, tenant_id, root_id, kind, display_name, email, language, attributes, first_seen_at,
     last_seen_at, batch_id)
SELECT asked.id, %(tenant)s, asked.id, asked.kind, '', '', '', '{}', asked.first, asked.last,
    %(batch)s
FROM unnest(%(ids)b::uuid[], %(kinds)b::text[], %(firsts)b::timestamptz[],
    %(lasts)b::timestamptz[]) AS asked(id, kind, first, last)
ORDER BY asked.id
"""
NEW_IDENTITIES = """
INSERT INTO customers_identity
    (id, tenant_id, customer_id, kind, namespace, value, is_shared, source)
SELECT asked.id, %(tenant)s, asked.customer_id, asked.kind, asked.namespace, asked.value,
    asked.is_shared, %(source)s
FROM unnest(%(ids)b::uuid[], %(customers)b::uuid[], %(kinds)b::text[], %(namespaces)b::text[],
    %(values)b::text[], %(shared)b::bool[])
    AS asked(id, customer_id, kind, namespace, value, is_shared)
ORDER BY asked.kind, asked.namespace, asked.value
"""
MOVE_IDENTITIES = """
UPDATE customers_identity i SET customer_id = asked.customer_id, is_shared = true
FROM unnest(%(customers)b::uuid[], %(kinds)b::text[], %(namespaces)b::text[], %(values)b::text[])
    AS asked(customer_id, kind, namespace, value)
WHERE i.tenant_id = (SELECT %(tenant)s::uuid) AND i.kind = asked.kind
    AND i.namespace = asked.namespace AND i.value = asked.value
"""
BECOME_KNOWN = """
UPDATE customers_customer SET kind = 'known'
WHERE tenant_id = (SELECT %(tenant)s::uuid) AND id = ANY(%(ids)s) AND kind <> 'known'
"""
MERGES = """
INSERT INTO customers_customermerge (id, tenant_id, survivor_id, absorbed_id, rule, evidence, at)
SELECT asked.id, %(tenant)s, asked.survivor, asked.absorbed, asked.rule, asked.evidence, %(now)s
FROM unnest(%(ids)b::uuid[], %(survivors)b::uuid[], %(absorbed)b::uuid[], %(rules)b::text[],
    %(evidence)s::jsonb[]) AS asked(id, survivor, absorbed, rule, evidence)
"""
MOVE_ROOTS = """
UPDATE customers_customer c SET root_id = moved.survivor
FROM unnest(%(absorbed)b::uuid[], %(survivors)b::uuid[]) AS moved(absorbed, survivor)
WHERE c.tenant_id = (SELECT %(tenant)s::uuid) AND c.root_id = moved.absorbed
"""
PROPOSALS = """
INSERT INTO customers_mergeproposal
    (id, tenant_id, first_id, second_id, reason, evidence, state, at)
SELECT asked.id, %(tenant)s, asked.first, asked.second, 'conflict', asked.evidence, 'open', %(now)s
FROM unnest(%(ids)b::uuid[], %(firsts)b::uuid[], %(seconds)b::uuid[], %(evidence)s::jsonb[])
    AS asked(id, first, second, evidence)
ORDER BY asked.first, asked.second
ON CONFLICT (tenant_id, first_id, second_id) DO NOTHING
"""

# Those whose profile changes, and those not seen on that day yet: a row a person and day is
# enough for lists, and the timeline knows better. Locked in the order of their ids.
SEEN = """
WITH locked AS MATERIALIZED (
    SELECT c.id, seen.first, seen.last
    FROM unnest(%(ids)b::uuid[], %(firsts)b::timestamptz[], %(lasts)b::timestamptz[])
        AS seen(id, first, last)
    JOIN customers_customer c ON c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = seen.id
    WHERE c.erased_at IS NULL AND (
        c.id = ANY(%(told)b::uuid[]) OR c.first_seen_at IS NULL OR seen.first < c.first_seen_at
        OR c.last_seen_at < date_trunc('day', seen.last)
    )
    ORDER BY c.id FOR NO KEY UPDATE OF c
)
UPDATE customers_customer c
SET first_seen_at = least(c.first_seen_at, seen.first),
    last_seen_at = greatest(c.last_seen_at, seen.last)
FROM locked seen
WHERE c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = seen.id
RETURNING c.id, c.display_name, c.email, c.phone, c.language, c.time_zone, c.attributes
"""
PROFILES = """
UPDATE customers_customer c
SET display_name = told.display_name, email = told.email, phone = told.phone,
    language = told.language, time_zone = told.time_zone, attributes = told.attributes
FROM unnest(%(ids)b::uuid[], %(names)b::text[], %(emails)b::text[], %(phones)b::text[],
    %(languages)b::text[], %(zones)b::text[], %(attributes)s::jsonb[])
    AS told(id, display_name, email, phone, language, time_zone, attributes)
WHERE c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = told.id
"""
CURRENT_VALUES = """
SELECT customer_id, key, value, valid_from FROM customers_attributevalue
WHERE tenant_id = (SELECT %(tenant)s::uuid) AND customer_id = ANY(%(ids)s) AND replaced_at IS NULL
"""
REPLACE_VALUES = """
UPDATE customers_attributevalue v SET replaced_at = %(now)s
FROM unnest(%(customers)b::uuid[], %(keys)b::text[]) AS told(customer_id, key)
WHERE v.tenant_id = (SELECT %(tenant)s::uuid) AND v.customer_id = told.customer_id
    AND v.key = told.key AND v.replaced_at IS NULL
"""
NEW_VALUES = """
INSERT INTO customers_attributevalue
    (id, tenant_id, customer_id, key, value, valid_from, recorded_at, replaced_at, source, batch_id)
SELECT told.id, %(tenant)s, told.customer_id, told.key, told.value, told.valid_from, %(now)s,
    CASE WHEN told.is_current THEN NULL ELSE %(now)s END, %(source)s, %(batch)s
FROM unnest(%(ids)b::uuid[], %(customers)b::uuid[], %(keys)b::text[], %(values)s::jsonb[],
    %(since)b::timestamptz[], %(current)b::bool[])
    AS told(id, customer_id, key, value, valid_from, is_current)
"""
NEW_DEFINITIONS = """
INSERT INTO customers_attributedef (id, tenant_id, key, title, scope, type, personal)
SELECT asked.id, %(tenant)s, asked.key, asked.key, %(scope)s, 'unmapped', 'personal'
FROM unnest(%(ids)b::uuid[], %(keys)b::text[]) AS asked(id, key)
WHERE (SELECT count(*) FROM customers_attributedef WHERE tenant_id = %(tenant)s) < %(most)s
ORDER BY asked.key
ON CONFLICT (tenant_id, scope, key) DO NOTHING
"""

COMPANIES = """
INSERT INTO customers_company
    (id, tenant_id, name, namespace, external_id, attributes, changed_at, batch_id)
SELECT told.id, %(tenant)s, told.name, told.namespace, told.external_id, told.attributes, told.at,
    %(batch)s
FROM unnest(%(ids)b::uuid[], %(names)b::text[], %(namespaces)b::text[], %(keys)b::text[],
    %(attributes)s::jsonb[], %(at)b::timestamptz[])
    AS told(id, name, namespace, external_id, attributes, at)
ORDER BY told.namespace, told.external_id
ON CONFLICT (tenant_id, namespace, external_id) DO UPDATE SET
    name = CASE WHEN EXCLUDED.changed_at >= customers_company.changed_at AND EXCLUDED.name <> ''
        THEN EXCLUDED.name ELSE customers_company.name END,
    attributes = CASE WHEN EXCLUDED.changed_at >= customers_company.changed_at
        THEN customers_company.attributes || EXCLUDED.attributes
        ELSE EXCLUDED.attributes || customers_company.attributes END,
    changed_at = greatest(customers_company.changed_at, EXCLUDED.changed_at)
WHERE EXCLUDED.attributes <> '{}' OR EXCLUDED.name <> ''
"""
COMPANY_IDS = """
SELECT c.namespace, c.external_id, c.id
FROM unnest(%(namespaces)b::text[], %(keys)b::text[]) AS asked(namespace, external_id)
JOIN customers_company c ON c.tenant_id = (SELECT %(tenant)s::uuid)
    AND c.namespace = asked.namespace AND c.external_id = asked.external_id
"""
MEMBERS = """
INSERT INTO customers_companymember (id, tenant_id, company_id, customer_id, role, since, batch_id)
SELECT told.id, %(tenant)s, told.company_id, told.customer_id, '', told.since, %(batch)s
FROM unnest(%(ids)b::uuid[], %(companies)b::uuid[], %(customers)b::uuid[],
    %(since)b::timestamptz[]) AS told(id, company_id, customer_id, since)
ORDER BY told.company_id, told.customer_id
ON CONFLICT (tenant_id, company_id, customer_id) DO NOTHING
"""

STAGE = """
CREATE TEMPORARY TABLE stage_event (
    id uuid, customer_id uuid, company_id uuid, kind text, name text, occurred_at timestamptz,
    is_zone_assumed bool, direction text, actor text, channel_id uuid, touchpoint_id uuid,
    touchpoint_rule_id uuid, thread_key text, amount numeric, currency text, title text,
    body text, props jsonb
) ON COMMIT DROP
"""
DROP_STAGE = "DROP TABLE IF EXISTS stage_event"
STAGE_TYPES = (
    *("uuid", "uuid", "uuid", "text", "text", "timestamptz"),
    *("bool", "text", "text", "uuid", "uuid"),
    *("uuid", "text", "numeric", "text", "text"),
    *("text", "jsonb"),
)
INTERACTIONS = """
INSERT INTO customers_interaction
    (id, tenant_id, customer_id, company_id, kind, name, occurred_at, received_at, day,
     is_zone_assumed, direction, actor, channel_id, touchpoint_id, touchpoint_rule_id, thread_key,
     amount, currency, title, text, props, source, batch_id)
SELECT id, %(tenant)s, customer_id, company_id, kind, name, occurred_at, %(now)s,
    (occurred_at AT TIME ZONE %(zone)s)::date, is_zone_assumed, direction, actor, channel_id,
    touchpoint_id, touchpoint_rule_id, thread_key, amount, currency, title, body, props,
    %(source)s, %(batch)s
FROM stage_event
"""

KNOWN_NAMES = """
SELECT kind, name FROM customers_eventname
WHERE tenant_id = (SELECT %(tenant)s::uuid) AND source = %(source)s AND name = ANY(%(names)s)
"""
COUNT_NAMES = "SELECT count(*) FROM customers_eventname WHERE tenant_id = %(tenant)s"
EVENT_NAMES = """
INSERT INTO customers_eventname
    (id, tenant_id, source, kind, name, seen, unmatched, first_seen_at, last_seen_at)
SELECT told.id, %(tenant)s, %(source)s, told.kind, told.name, told.seen, told.unmatched,
    told.first_at, told.last_at
FROM unnest(%(ids)b::uuid[], %(kinds)b::text[], %(names)b::text[], %(seen)b::bigint[],
    %(unmatched)b::bigint[], %(firsts)b::timestamptz[], %(lasts)b::timestamptz[])
    AS told(id, kind, name, seen, unmatched, first_at, last_at)
ORDER BY told.kind, told.name
ON CONFLICT (tenant_id, source, kind, name) DO UPDATE SET
    seen = customers_eventname.seen + EXCLUDED.seen,
    unmatched = customers_eventname.unmatched + EXCLUDED.unmatched,
    first_seen_at = least(customers_eventname.first_seen_at, EXCLUDED.first_seen_at),
    last_seen_at = greatest(customers_eventname.last_seen_at, EXCLUDED.last_seen_at)
"""
