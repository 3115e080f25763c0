"""SQL of the rollups: the triggers that write every change of a rating to the ledger."""


def _ledger(rows: str) -> str:
    return f"""
        INSERT INTO analytics_ratingdelta (
            tenant_id, metric_id, survey_id, touchpoint_id, channel_id, day, position, n, w, wn, ww
        )
        SELECT r.tenant_id, r.metric_id, r.survey_id, r.touchpoint_id, r.channel_id, r.day,
            (r.value - m.scale_offset) / m.scale_step, sum(r.sign),
            coalesce(sum(r.sign * r.weight), 0),
            coalesce(sum(r.sign) FILTER (WHERE r.weight IS NOT NULL), 0),
            coalesce(sum(r.sign * r.weight * r.weight), 0)
        FROM ({rows}) r
        JOIN metrics_metric m ON m.tenant_id = r.tenant_id AND m.id = r.metric_id
        WHERE r.state = 'counted'
        GROUP BY 1, 2, 3, 4, 5, 6, 7
        HAVING sum(r.sign) <> 0 OR sum(r.sign * r.weight) <> 0
            OR sum(r.sign * r.weight * r.weight) <> 0
            OR count(r.weight) FILTER (WHERE r.sign = 1)
                <> count(r.weight) FILTER (WHERE r.sign = -1)"""


_CHANGED = (
    "SELECT 1 AS sign, new_rows.* FROM new_rows UNION ALL SELECT -1, old_rows.* FROM old_rows"
)
LEDGER = f"""
ALTER TABLE analytics_ratingdelta ALTER COLUMN id SET DEFAULT gen_random_uuid();
ALTER TABLE analytics_ratingday ALTER COLUMN id SET DEFAULT gen_random_uuid();

CREATE FUNCTION analytics_rating_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {_ledger("SELECT 1 AS sign, new_rows.* FROM new_rows")};
    RETURN NULL;
END
$$;
CREATE FUNCTION analytics_rating_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {_ledger("SELECT -1 AS sign, old_rows.* FROM old_rows")};
    RETURN NULL;
END
$$;
CREATE FUNCTION analytics_rating_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {_ledger(_CHANGED)};
    RETURN NULL;
END
$$;

CREATE TRIGGER analytics_rating_added AFTER INSERT ON feedback_rating
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION analytics_rating_added();
CREATE TRIGGER analytics_rating_removed AFTER DELETE ON feedback_rating
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION analytics_rating_removed();
CREATE TRIGGER analytics_rating_changed AFTER UPDATE ON feedback_rating
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION analytics_rating_changed();

CREATE FUNCTION analytics_unfolded() RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT DISTINCT tenant_id FROM public.analytics_ratingdelta
$$;
"""
LEDGER_AWAY = """
DROP FUNCTION analytics_unfolded();
DROP TRIGGER analytics_rating_added ON feedback_rating;
DROP TRIGGER analytics_rating_removed ON feedback_rating;
DROP TRIGGER analytics_rating_changed ON feedback_rating;
DROP FUNCTION analytics_rating_added();
DROP FUNCTION analytics_rating_removed();
DROP FUNCTION analytics_rating_changed();
"""
