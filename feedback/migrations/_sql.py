"""SQL of feedback: the scale of a rating, and search in what people wrote."""

SCALE_CHECK = """
CREATE FUNCTION feedback_rating_on_scale() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT r.value, m.key, m.scale_min, m.scale_max INTO wrong
    FROM new_rows r JOIN metrics_metric m ON m.tenant_id = r.tenant_id AND m.id = r.metric_id
    WHERE r.value NOT BETWEEN m.scale_min AND m.scale_max
        OR (r.value - m.scale_offset) % m.scale_step <> 0
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% is not on the scale % to % of metric %',
            wrong.value, wrong.scale_min, wrong.scale_max, wrong.key
            USING ERRCODE = 'check_violation', CONSTRAINT = 'feedback_rating_on_scale';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER feedback_rating_on_scale_insert AFTER INSERT ON feedback_rating
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_rating_on_scale();
CREATE TRIGGER feedback_rating_on_scale_update AFTER UPDATE ON feedback_rating
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_rating_on_scale();

CREATE FUNCTION metrics_scale_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the scale of a metric never changes: make another metric'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'metrics_metric_scale_is_fixed';
END
$$;
CREATE TRIGGER metrics_metric_scale_is_fixed
    BEFORE UPDATE OF scale_min, scale_max, scale_step, scale_offset ON metrics_metric
    FOR EACH ROW WHEN (
        (OLD.scale_min, OLD.scale_max, OLD.scale_step, OLD.scale_offset)
        IS DISTINCT FROM (NEW.scale_min, NEW.scale_max, NEW.scale_step, NEW.scale_offset)
    ) EXECUTE FUNCTION metrics_scale_is_fixed();
"""
SCALE_CHECK_AWAY = """
DROP TRIGGER feedback_rating_on_scale_insert ON feedback_rating;
DROP TRIGGER feedback_rating_on_scale_update ON feedback_rating;
DROP FUNCTION feedback_rating_on_scale();
DROP TRIGGER metrics_metric_scale_is_fixed ON metrics_metric;
DROP FUNCTION metrics_scale_is_fixed();
"""

# The text search operator is not leakproof, so below row-level security it cannot use an index:
# this one function runs as the owner and takes the tenant from the binding itself.
SEARCH = """
CREATE INDEX feedback_verbatim_words ON feedback_verbatim USING gin (tenant_id, words);

CREATE FUNCTION search_verbatims(wanted text)
RETURNS TABLE (response_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT DISTINCT v.response_id FROM public.feedback_verbatim v
    WHERE v.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
        AND v.words @@ websearch_to_tsquery('simple', wanted)
$$;
"""
SEARCH_AWAY = """
DROP FUNCTION search_verbatims(text);
DROP INDEX feedback_verbatim_words;
"""

# Looked up before the tenant is known: a write key is all that an event client sends.
WRITE_KEYS = """
CREATE INDEX feedback_writekey_hash ON feedback_writekey (key_hash);

CREATE FUNCTION door_write_key(hash text)
RETURNS TABLE (
    tenant_id uuid, write_key_id uuid, event_source_id uuid, last_used_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT k.tenant_id, k.id, k.event_source_id, k.last_used_at
    FROM public.feedback_writekey k JOIN public.feedback_eventsource s
        ON s.tenant_id = k.tenant_id AND s.id = k.event_source_id
    WHERE k.key_hash = hash AND k.revoked_at IS NULL AND s.archived_at IS NULL
        AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
$$;
"""
WRITE_KEYS_AWAY = """
DROP FUNCTION door_write_key(text);
DROP INDEX feedback_writekey_hash;
"""

# Looked up before the tenant is known: the address is all that tells whose webhook it is.
SENDER_ADDRESSES = """
CREATE INDEX feedback_eventsource_address ON feedback_eventsource (address)
    WHERE address <> '';

CREATE FUNCTION door_sender(wanted text)
RETURNS TABLE (tenant_id uuid, event_source_id uuid, kind text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT s.tenant_id, s.id, s.kind FROM public.feedback_eventsource s
    WHERE s.address = wanted AND s.address <> '' AND s.archived_at IS NULL
$$;
"""
SENDER_ADDRESSES_AWAY = """
DROP FUNCTION door_sender(text);
DROP INDEX feedback_eventsource_address;
"""

# Who was promised that nobody learns who they are stays unknown, whatever writes to the tables.
ANONYMITY = """
CREATE FUNCTION feedback_survey_keeps_promise() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ranks text[] := ARRAY['named', 'confidential', 'anonymous'];
BEGIN
    IF (
        array_position(ranks, NEW.anonymity::text) < array_position(ranks, OLD.anonymity::text)
        OR NEW.anonymity = 'anonymous' AND (
            OLD.anonymity <> 'anonymous' OR NEW.least_shown < OLD.least_shown
        )
    ) AND (
        EXISTS (SELECT FROM feedback_response r
            WHERE r.tenant_id = NEW.tenant_id AND r.survey_id = NEW.id)
        OR EXISTS (SELECT FROM feedback_surveypass p
            WHERE p.tenant_id = NEW.tenant_id AND p.survey_id = NEW.id)
    ) THEN
        RAISE EXCEPTION 'people have answered: who can be known behind answers stays as it is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'feedback_survey_keeps_promise';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER feedback_survey_keeps_promise
    BEFORE UPDATE OF anonymity, least_shown ON feedback_survey
    FOR EACH ROW WHEN (
        (OLD.anonymity, OLD.least_shown) IS DISTINCT FROM (NEW.anonymity, NEW.least_shown)
    ) EXECUTE FUNCTION feedback_survey_keeps_promise();

CREATE FUNCTION feedback_response_names_nobody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM feedback_survey s
        WHERE s.anonymity = 'anonymous' AND EXISTS (
            SELECT FROM new_rows r
            WHERE r.tenant_id = s.tenant_id AND r.survey_id = s.id AND NOT r.is_anonymous
        )
    ) THEN
        RAISE EXCEPTION 'an anonymous survey takes only answers that lead to nobody'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'feedback_response_names_nobody';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER feedback_response_names_nobody_insert AFTER INSERT ON feedback_response
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_response_names_nobody();
CREATE TRIGGER feedback_response_names_nobody_update AFTER UPDATE ON feedback_response
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_response_names_nobody();
"""
ANONYMITY_AWAY = """
DROP TRIGGER feedback_survey_keeps_promise ON feedback_survey;
DROP FUNCTION feedback_survey_keeps_promise();
DROP TRIGGER feedback_response_names_nobody_insert ON feedback_response;
DROP TRIGGER feedback_response_names_nobody_update ON feedback_response;
DROP FUNCTION feedback_response_names_nobody();
"""
