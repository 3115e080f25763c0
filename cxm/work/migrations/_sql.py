"""SQL of background work: which tenants have something due."""

DUE = """
CREATE FUNCTION work_due(at timestamptz)
RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT DISTINCT tenant_id FROM public.work_outbox WHERE state = 'waiting' AND due_at <= at
$$;

CREATE FUNCTION work_scheduled(at timestamptz)
RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT DISTINCT tenant_id FROM public.work_schedule WHERE next_at <= at
$$;
"""
DUE_AWAY = "DROP FUNCTION work_due(timestamptz); DROP FUNCTION work_scheduled(timestamptz);"
