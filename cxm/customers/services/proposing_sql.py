"""The statements that group customers by what they share; only known people, none erased.

Each gives a row for every group: roots and names of its people, or nulls where more share it
than `most`.
"""

from __future__ import annotations

_GROUP = """
SELECT CASE WHEN count(*) <= %(most)s THEN array_agg(p.root_id ORDER BY p.root_id) END,
    CASE WHEN count(*) <= %(most)s THEN array_agg(p.display_name ORDER BY p.root_id) END
FROM people p
GROUP BY p.sign HAVING count(*) > 1
ORDER BY count(*), p.sign LIMIT %(groups)s
"""
_ROOT = """
JOIN customers_customer c ON c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id = i.customer_id
JOIN customers_customer r ON r.tenant_id = (SELECT %(tenant)s::uuid) AND r.id = c.root_id
    AND r.kind = 'known' AND r.erased_at IS NULL
"""

# As `likeness.plain_mailbox`: without dots, and without what follows a plus.
SAME_MAILBOX = f"""
WITH people AS (
    SELECT DISTINCT c.root_id, r.display_name,
        replace(split_part(split_part(lower(i.value), '@', 1), '+', 1), '.', '')
            || '@' || split_part(lower(i.value), '@', 2) AS sign
    FROM customers_identity i {_ROOT}
    WHERE i.tenant_id = (SELECT %(tenant)s::uuid) AND i.kind = 'email' AND NOT i.is_shared
        AND i.value ~ '^[^@+]+(\\+[^@]*)?@[^@]+$'
) {_GROUP}
"""  # noqa: S608 - constant parts

# As `likeness.plain_phone`: the last nine digits. A number may be told without identifying.
SAME_PHONE = f"""
WITH numbers AS (
    SELECT customer_id, value FROM customers_identity
    WHERE tenant_id = (SELECT %(tenant)s::uuid) AND kind = 'phone' AND NOT is_shared
    UNION
    SELECT id, phone FROM customers_customer
    WHERE tenant_id = (SELECT %(tenant)s::uuid) AND phone <> ''
), people AS (
    SELECT DISTINCT c.root_id, r.display_name,
        right(regexp_replace(i.value, '[^0-9]', '', 'g'), 9) AS sign
    FROM numbers i {_ROOT}
    WHERE length(regexp_replace(i.value, '[^0-9]', '', 'g')) >= 7
) {_GROUP}
"""  # noqa: S608 - constant parts

SAME_COMPANY = f"""
WITH people AS (
    SELECT DISTINCT c.root_id, r.display_name,
        i.company_id::text || ' ' || customers_folded(r.display_name) AS sign
    FROM customers_companymember i {_ROOT}
    WHERE i.tenant_id = (SELECT %(tenant)s::uuid) AND r.display_name <> ''
) {_GROUP}
"""  # noqa: S608 - constant parts

# Pairs decided about before stay decided, also where the two have been merged with others since.
PROPOSE = """
WITH room AS (
    SELECT greatest(0, %(most)s - count(*)) AS places FROM customers_mergeproposal
    WHERE tenant_id = (SELECT %(tenant)s::uuid) AND state = 'open'
), decided AS (
    SELECT least(a.root_id, b.root_id) AS first, greatest(a.root_id, b.root_id) AS second
    FROM customers_mergeproposal p
    JOIN customers_customer a ON a.tenant_id = (SELECT %(tenant)s::uuid) AND a.id = p.first_id
    JOIN customers_customer b ON b.tenant_id = (SELECT %(tenant)s::uuid) AND b.id = p.second_id
    WHERE p.tenant_id = (SELECT %(tenant)s::uuid)
)
INSERT INTO customers_mergeproposal
    (id, tenant_id, first_id, second_id, reason, evidence, state, at)
SELECT asked.id, %(tenant)s, asked.first, asked.second, %(reason)s, '{}', 'open', %(now)s
FROM unnest(%(ids)s::uuid[], %(firsts)s::uuid[], %(seconds)s::uuid[])
    AS asked(id, first, second)
WHERE NOT EXISTS (
    SELECT FROM decided d WHERE d.first = asked.first AND d.second = asked.second
)
ORDER BY asked.first, asked.second
LIMIT (SELECT places FROM room)
ON CONFLICT (tenant_id, first_id, second_id) DO NOTHING
"""
