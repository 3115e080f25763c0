"""The rules of the tenancy floor, one query each; every row that comes back is a finding."""

from __future__ import annotations

# What the rules speak about; put in front of each of them. Of guarded tables, `policy` is what
# the server must make of their policy; it may name the inner column, which is cut out.
SUBJECTS = """
    WITH relations AS (
        SELECT c.* FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    ), tenant_tables AS (
        SELECT c.oid, c.relname AS name, c.relrowsecurity, c.relforcerowsecurity,
            a.attnum AS tenant
        FROM relations c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
            AND NOT a.attisdropped
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
    ), guarded_tables AS (
        SELECT g.*, '(' || key || ' = ( SELECT (NULLIF(current_setting('
            '''app.tenant_id''::text, true), ''''::text))::uuid))' AS policy
        FROM (
            SELECT oid, name, relrowsecurity, relforcerowsecurity, 'tenant_id' AS key
            FROM tenant_tables
            UNION ALL
            SELECT oid, relname, relrowsecurity, relforcerowsecurity, 'id' FROM relations
            WHERE relname = 'tenants_tenant'
        ) g
    ), policies AS (
        SELECT p.*,
            regexp_replace(pg_get_expr(polqual, polrelid), ' AS "?nullif"?', '') AS reads,
            regexp_replace(pg_get_expr(polwithcheck, polrelid), ' AS "?nullif"?', '') AS writes
        FROM pg_policy p
    ), definers AS (
        SELECT p.proconfig,
            p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    )
"""

# Asked first: without the role, the rules about its rights would raise.
ROLE_MISSING = "SELECT %(role)s::text WHERE to_regrole(%(role)s) IS NULL"
RULES: dict[str, str] = {
    "global-table": """
        SELECT c.relname, 'has no tenant_id and is not on the list of global tables'
        FROM relations c
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
            AND c.relname <> ALL (%(global_tables)s)
            AND c.oid NOT IN (SELECT oid FROM tenant_tables)
        ORDER BY 1""",
    "row-security": """
        SELECT name, CASE WHEN relrowsecurity THEN 'does not force row-level security on its owner'
            ELSE 'has row-level security switched off' END
        FROM guarded_tables t
        WHERE NOT (relrowsecurity AND relforcerowsecurity) ORDER BY 1""",
    "policy-count": """
        SELECT name, format('has %%s policies instead of one', count(p.oid))
        FROM guarded_tables t LEFT JOIN pg_policy p ON p.polrelid = t.oid
        GROUP BY name HAVING count(p.oid) <> 1 ORDER BY 1""",
    "policy-text": """
        SELECT t.name, format('policy %%s does not say exactly: rows of the bound tenant, for '
            'everybody, for reading and writing', p.polname)
        FROM guarded_tables t JOIN policies p ON p.polrelid = t.oid
        WHERE NOT p.polpermissive OR p.polcmd <> '*' OR p.polroles <> '{0}'
            OR p.reads <> t.policy OR coalesce(p.writes, '') <> t.policy
        ORDER BY 1""",
    "primary-key": """
        SELECT t.name, 'has a primary key other than (tenant_id, id)'
        FROM tenant_tables t
        WHERE NOT EXISTS (
            SELECT FROM pg_constraint k WHERE k.conrelid = t.oid AND k.contype = 'p'
                AND (SELECT array_agg(a.attname ORDER BY u.ord) FROM
                    unnest(k.conkey) WITH ORDINALITY u (num, ord)
                    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = u.num)
                    = ARRAY['tenant_id', 'id']::name[]
        ) ORDER BY 1""",
    "index": """
        SELECT i.relname, format('%%s of %%s does not begin with tenant_id',
            CASE WHEN x.indisunique THEN 'a unique rule' ELSE 'an index' END, t.name)
        FROM tenant_tables t
        JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
        WHERE x.indkey[0] <> t.tenant
            AND (x.indisunique OR i.relname <> ALL (%(door_indexes)s)) ORDER BY 1""",
    "door-index": """
        SELECT wanted, 'is on the list of door indexes but does not exist'
        FROM unnest(%(door_indexes)s::text[]) wanted
        WHERE to_regclass('public.' || quote_ident(wanted)) IS NULL ORDER BY 1""",
    "reference": """
        SELECT k.conname, format('the reference from %%s to %%s can leave the tenant: it must '
            'begin with tenant_id on both sides', source.relname, target.relname)
        FROM pg_constraint k
        JOIN pg_class source ON source.oid = k.conrelid
        JOIN pg_class target ON target.oid = k.confrelid
        JOIN tenant_tables t ON t.oid = k.confrelid
        LEFT JOIN tenant_tables s ON s.oid = k.conrelid
        WHERE k.contype = 'f' AND NOT coalesce(k.conkey[1] = s.tenant AND k.confkey[1] = t.tenant
            AND cardinality(k.conkey) > 1, false)
        ORDER BY 1""",
    "reference-missing": """
        SELECT wanted, 'is declared as a reference within the tenant, but the database does not '
            'hold it to that'
        FROM unnest(%(references)s::text[]) wanted
        WHERE NOT EXISTS (
            SELECT FROM pg_constraint k JOIN tenant_tables t ON t.oid = k.conrelid
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.conkey[2]
            WHERE k.contype = 'f' AND k.convalidated AND k.conkey[1] = t.tenant
                AND wanted = t.name || '.' || a.attname
        ) ORDER BY 1""",
    "partition-grant": """
        SELECT c.relname, format('is a partition that %%s may use directly, past the policy of '
            'its parent', %(role)s::text)
        FROM relations c
        WHERE c.relispartition AND c.relkind IN ('r', 'p')
            AND has_table_privilege(%(role)s, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
        ORDER BY 1""",
    "materialized-view": """
        SELECT c.relname, format('is a materialized view that %%s may read: it knows no row-level '
            'security', %(role)s::text)
        FROM relations c
        WHERE c.relkind = 'm' AND has_table_privilege(%(role)s, c.oid, 'SELECT') ORDER BY 1""",
    "view": """
        SELECT c.relname, 'is a view that reads as its owner: make it WITH (security_invoker)'
        FROM relations c
        WHERE c.relkind = 'v'
            AND NOT coalesce(c.reloptions::text[] && ARRAY[
                'security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)
            AND NOT EXISTS (SELECT FROM pg_depend d
                WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
        ORDER BY 1""",
    "role": """
        SELECT r.rolname, 'the role of the application may not be ' || fault
        FROM pg_roles r, LATERAL (VALUES
            (r.rolsuper, 'a superuser'),
            (r.rolbypassrls, 'past row-level security (BYPASSRLS)'),
            (r.rolcreaterole, 'able to make roles (CREATEROLE)'),
            (r.rolcreatedb, 'able to make databases (CREATEDB)'),
            (r.rolreplication, 'able to replicate (REPLICATION)'),
            (EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid), 'a member of others'),
            (EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relpersistence <> 't'),
                'the owner of tables'),
            (EXISTS (SELECT FROM pg_proc p WHERE p.proowner = r.oid), 'the owner of functions'),
            (EXISTS (SELECT FROM pg_database d WHERE d.datdba = r.oid
                AND d.datname = current_database()), 'the owner of the database'),
            (has_schema_privilege(r.oid, 'public', 'CREATE'), 'able to make tables'),
            (has_parameter_privilege(r.oid, 'session_replication_role', 'SET'),
                'able to switch references off')
        ) faults (is_so, fault)
        WHERE r.rolname = %(role)s AND is_so ORDER BY 2""",
    "set-config": """
        SELECT 'set_config', format('%%s may call it, and injected SQL could change the tenant in '
            'the middle of a statement', rolname)
        FROM pg_roles WHERE rolname = %(role)s
            AND has_function_privilege(oid, 'pg_catalog.set_config(text,text,boolean)', 'EXECUTE')
        """,
    "definer-function": """
        SELECT name, 'runs as its owner and is not on the list of such functions'
        FROM definers WHERE name <> ALL (%(definers)s)
        UNION ALL
        SELECT name, 'runs as its owner without a pinned search path'
        FROM definers WHERE NOT coalesce(
            proconfig @> ARRAY['search_path=pg_catalog, public'], false)
        UNION ALL
        SELECT wanted, 'is on the list of functions that run as their owner but does not exist'
        FROM unnest(%(definers)s::text[]) wanted
        WHERE wanted NOT IN (SELECT name FROM definers)
        ORDER BY 1, 2""",
    "grant": """
        SELECT c.relname, format('%%s may %%s on it', %(role)s::text,
            string_agg(privilege, ', ' ORDER BY privilege))
        FROM relations c, unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']) privilege
        WHERE c.relkind IN ('r', 'p') AND has_table_privilege(%(role)s, c.oid, privilege)
        GROUP BY c.relname ORDER BY 1""",
    "append-only": """
        SELECT c.relname, format('%%s may change or remove what was written there',
            %(role)s::text)
        FROM relations c
        WHERE c.relname = ANY (%(append_only)s) AND (
            has_table_privilege(%(role)s, c.oid, 'DELETE, TRUNCATE')
            OR has_any_column_privilege(%(role)s, c.oid, 'UPDATE'))
        ORDER BY 1""",
}
