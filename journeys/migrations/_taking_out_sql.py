"""SQL of taking texts out of the history of maps: the one function that may."""

from __future__ import annotations

# What holds words of people, and nothing that the map hangs together by.
FIELDS = (
    "alt",
    "condition",
    "description",
    "grade_reason",
    "note",
    "presenter_note",
    "tags",
    "text",
    "title",
    "url",
)
_NAMES = ", ".join(f"'{name}'" for name in FIELDS)


def _blank(value: str) -> str:
    """Give what stands where *value* was: a mark for texts, nothing for addresses and tags."""
    return f"""CASE
        WHEN name = 'url' AND jsonb_typeof({value}) = 'string' THEN '""'::jsonb
        WHEN jsonb_typeof({value}) = 'string' AND {value} <> '""'::jsonb
            THEN '"[taken out]"'::jsonb
        WHEN jsonb_typeof({value}) = 'array' THEN '[]'::jsonb
        ELSE {value} END"""


# Nobody else may change what was written down of maps, so it runs as the owner. It takes the tenant
# from the binding, knows the fields itself and writes no word but its own; what stands on the map
# now was set by operation *kept*, whose value stays there and in versions since.
TAKE_OUT = f"""
CREATE FUNCTION journeys_take_out(of_map uuid, element uuid, name text, kept integer)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
#variable_conflict use_variable
DECLARE
    tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    times integer;
    more integer;
BEGIN
    IF name IS NULL OR name <> ALL (ARRAY[{_NAMES}]) THEN
        RAISE EXCEPTION 'nothing is taken out of this field' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE public.journeys_mapop o
    SET before = {_blank("o.before")},
        after = CASE WHEN o.seq = kept THEN o.after ELSE {_blank("o.after")} END
    WHERE o.tenant_id = tenant AND o.map_id = of_map AND o.lineage = element
        AND o.deed = 'set' AND o.field = name;
    GET DIAGNOSTICS times = ROW_COUNT;
    UPDATE public.journeys_mapop o
    SET after = jsonb_set(
        o.after, ARRAY['values', name], {_blank("(o.after -> 'values' -> name)")}
    )
    WHERE o.tenant_id = tenant AND o.map_id = of_map AND o.lineage = element
        AND o.deed = 'create' AND o.seq <> kept AND o.after -> 'values' ? name;
    GET DIAGNOSTICS more = ROW_COUNT;
    UPDATE public.journeys_snapshot s
    SET document = jsonb_set(s.document, ARRAY['elements'], (
        SELECT jsonb_agg(
            CASE WHEN line ->> 'id' = element::text AND line -> 'values' ? name
                AND coalesce(line -> 'revs' ->> name, line -> 'revs' ->> 'created', '0') <> kept::text
            THEN jsonb_set(line, ARRAY['values', name], {_blank("(line -> 'values' -> name)")})
            ELSE line END ORDER BY place
        )
        FROM jsonb_array_elements(s.document -> 'elements') WITH ORDINALITY AS found (line, place)
    ))
    WHERE s.tenant_id = tenant AND s.map_id = of_map AND s.document @> jsonb_build_object(
        'elements', jsonb_build_array(jsonb_build_object('id', element::text))
    );
    RETURN times + more;
END
$$;
"""
TAKE_OUT_AWAY = "DROP FUNCTION journeys_take_out(uuid, uuid, text, integer);"
