"""SQL of what was published: it stays, and what was deleted before that can be emptied."""

from __future__ import annotations

# What was deleted is no part of what was published. A text may still be taken out of it.
PUBLISHED_STAYS = """
CREATE OR REPLACE FUNCTION journeys_published_stays() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
DECLARE
    one record;
BEGIN
    one := CASE WHEN tg_op = 'DELETE' THEN old ELSE new END;
    IF tg_op = 'UPDATE' AND to_jsonb(old) ->> 'deleted_at' IS NOT NULL
        AND to_jsonb(new) ->> 'deleted_at' = to_jsonb(old) ->> 'deleted_at'
        AND old.map_id = new.map_id
    THEN
        RETURN new;
    END IF;
    IF EXISTS (
        SELECT FROM public.journeys_journeymap m
        WHERE m.tenant_id = one.tenant_id AND m.id = one.map_id
            AND m.status IN ('published', 'retired')
    ) THEN
        RAISE EXCEPTION 'the map is published' USING ERRCODE = 'check_violation';
    END IF;
    RETURN one;
END
$$;
"""
