"""What the database does itself for links that are opened before their tenant is known."""

DOOR = """
CREATE INDEX collaboration_sharelink_hash ON collaboration_sharelink (token_hash);

CREATE FUNCTION door_share_link(hash text)
RETURNS TABLE (tenant_id uuid, link_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT l.tenant_id, l.id FROM public.collaboration_sharelink l
    WHERE l.token_hash = hash AND l.revoked_at IS NULL AND l.expires_at > clock_timestamp()
$$;
"""
DOOR_AWAY = """
DROP FUNCTION door_share_link(text);
DROP INDEX collaboration_sharelink_hash;
"""
