"""SQL of the tenancy floor: keys, the policy of the tenant table, and the doors."""

UUID7 = """
CREATE FUNCTION cxm_uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT (
        lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0')
        || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14)
    )::uuid
$$;
"""
UUID7_AWAY = "DROP FUNCTION cxm_uuid7();"

TENANT_POLICY = """
ALTER TABLE tenants_tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants_tenant FORCE ROW LEVEL SECURITY;
CREATE POLICY tenants_tenant_tenant ON tenants_tenant
    USING (id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));
"""
TENANT_POLICY_AWAY = "DROP POLICY tenants_tenant_tenant ON tenants_tenant;"

# What must be read before a tenant is known. Each function answers one question and runs as the
# owner of the tables; the search path is pinned so that nothing can be put in its way.
DOORS = """
CREATE FUNCTION door_memberships(person uuid)
RETURNS TABLE (tenant_id uuid, slug text, name text, membership_id uuid, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT t.id, t.slug::text, t.name::text, m.id, m.role::text
    FROM public.tenants_membership m JOIN public.tenants_tenant t ON t.id = m.tenant_id
    WHERE m.user_id = person AND m.is_active
    ORDER BY t.name, t.id
$$;

CREATE FUNCTION door_tenant(wanted text)
RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT id FROM public.tenants_tenant WHERE slug = wanted
$$;

CREATE FUNCTION door_api_key(wanted text)
RETURNS TABLE (tenant_id uuid, api_key_id uuid, secret_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT tenant_id, id, secret_hash::text FROM public.tenants_apikey
    WHERE public_id = wanted
$$;

CREATE FUNCTION door_invitation(hash text)
RETURNS TABLE (tenant_id uuid, invitation_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT tenant_id, id FROM public.tenants_invitation WHERE token_hash = hash
$$;

CREATE INDEX tenants_membership_user ON tenants_membership (user_id);
CREATE INDEX tenants_apikey_public_id ON tenants_apikey (public_id);
CREATE INDEX tenants_invitation_token ON tenants_invitation (token_hash);
"""
DOORS_AWAY = """
DROP FUNCTION door_memberships(uuid);
DROP FUNCTION door_tenant(text);
DROP FUNCTION door_api_key(text);
DROP FUNCTION door_invitation(text);
DROP INDEX tenants_membership_user;
DROP INDEX tenants_apikey_public_id;
DROP INDEX tenants_invitation_token;
"""
