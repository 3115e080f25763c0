"""What the database itself keeps true of maps."""

from __future__ import annotations

# Elements of one map refer to each other with the map in the key: (tenant, map, lineage).
WITHIN_MAPS = (
    ("journeys_step", "stage", "journeys_stage"),
    ("journeys_card", "lane", "journeys_lane"),
    ("journeys_card", "step_from", "journeys_step"),
    ("journeys_card", "step_to", "journeys_step"),
    ("journeys_flow", "from_step", "journeys_step"),
    ("journeys_flow", "to_step", "journeys_step"),
    ("journeys_steptouchpoint", "step", "journeys_step"),
    ("journeys_stepjourney", "step", "journeys_step"),
    ("journeys_steprole", "step", "journeys_step"),
)
WITH_LINEAGE = ("stage", "step", "lane", "card", "flow")
ELEMENTS = (
    *WITH_LINEAGE,
    "steptouchpoint",
    "stepjourney",
    "steprole",
    "mappersona",
)

REFERENCES = "".join(
    f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column} "
    f"FOREIGN KEY (tenant_id, map_id, {column}) "
    f"REFERENCES {target} (tenant_id, map_id, lineage);\n"
    for table, column, target in WITHIN_MAPS
) + "".join(
    f"ALTER TABLE journeys_{name} ADD CONSTRAINT journeys_{name}_lineage "
    "FOREIGN KEY (tenant_id, lineage) REFERENCES journeys_lineage (tenant_id, id);\n"
    for name in WITH_LINEAGE
)
REFERENCES += """
ALTER TABLE journeys_journeymap ADD CONSTRAINT journeys_map_baseline_of_journey
    FOREIGN KEY (tenant_id, journey_id, baseline_id)
    REFERENCES journeys_journeymap (tenant_id, journey_id, id);
"""
REFERENCES_AWAY = (
    "".join(
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column};\n"
        for table, column, _ in WITHIN_MAPS
    )
    + "".join(
        f"ALTER TABLE journeys_{name} DROP CONSTRAINT journeys_{name}_lineage;\n"
        for name in WITH_LINEAGE
    )
    + "ALTER TABLE journeys_journeymap DROP CONSTRAINT journeys_map_baseline_of_journey;\n"
)

# Looked at when a transaction ends, so that a batch may go through states in between.
NO_EMPTY_STAGE = """
CREATE FUNCTION journeys_no_empty_stage() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
BEGIN
    IF EXISTS (
        SELECT FROM public.journeys_stage s
        WHERE s.tenant_id = new.tenant_id AND s.map_id = new.map_id AND s.deleted_at IS NULL
            AND NOT EXISTS (
                SELECT FROM public.journeys_step p
                WHERE p.tenant_id = s.tenant_id AND p.map_id = s.map_id AND p.stage = s.lineage
                    AND p.deleted_at IS NULL
            )
    ) THEN
        RAISE EXCEPTION 'a stage holds no step' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER journeys_stage_not_empty AFTER INSERT OR UPDATE ON journeys_stage
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journeys_no_empty_stage();
CREATE CONSTRAINT TRIGGER journeys_step_leaves_none_empty
    AFTER UPDATE OF stage, deleted_at ON journeys_step
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journeys_no_empty_stage();
"""
NO_EMPTY_STAGE_AWAY = """
DROP TRIGGER journeys_step_leaves_none_empty ON journeys_step;
DROP TRIGGER journeys_stage_not_empty ON journeys_stage;
DROP FUNCTION journeys_no_empty_stage();
"""

# What was published does not change any more.
PUBLISHED_STAYS = """
CREATE FUNCTION journeys_published_stays() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
DECLARE
    one record;
BEGIN
    one := CASE WHEN tg_op = 'DELETE' THEN old ELSE new END;
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
""" + "".join(
    f"CREATE TRIGGER journeys_{name}_stays BEFORE INSERT OR UPDATE OR DELETE "
    f"ON journeys_{name} FOR EACH ROW EXECUTE FUNCTION journeys_published_stays();\n"
    for name in ELEMENTS
)
PUBLISHED_STAYS_AWAY = (
    "".join(f"DROP TRIGGER journeys_{name}_stays ON journeys_{name};\n" for name in ELEMENTS)
    + "DROP FUNCTION journeys_published_stays();\n"
)
