"""SQL of the search for customers: its indexes, the words it knows, and the one function."""

INDEXES = """
CREATE INDEX customers_customer_words ON customers_customer USING gin (tenant_id, words)
    WITH (gin_pending_list_limit = 1024)
    WHERE kind = 'known' AND erased_at IS NULL;
CREATE INDEX customers_customerword_like ON customers_customerword
    USING gin (tenant_id, word gin_trgm_ops);
"""
INDEXES_AWAY = """
DROP INDEX customers_customerword_like;
DROP INDEX customers_customer_words;
"""

# The vocabulary only grows: what is left of a person is taken out by erasing. Words come in their
# order, so that loaders at work at the same time wait for each other and never in a ring.
VOCABULARY = """
CREATE FUNCTION customers_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NOT EXISTS (
            SELECT FROM new_rows n JOIN old_rows o ON o.tenant_id = n.tenant_id AND o.id = n.id
            WHERE n.words <> o.words
        ) THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO customers_customerword (id, tenant_id, word)
    SELECT cxm_uuid7(), said.tenant_id, said.word
    FROM (
        SELECT DISTINCT n.tenant_id, word
        FROM new_rows n, unnest(tsvector_to_array(n.words)) AS word
        WHERE word ~ '^[[:alpha:]]{3,40}$'
    ) said
    WHERE NOT EXISTS (
        SELECT FROM customers_customerword known
        WHERE known.tenant_id = said.tenant_id AND known.word = said.word
    )
    ORDER BY said.tenant_id, said.word
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER customers_keep_words_insert AFTER INSERT ON customers_customer
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION customers_keep_words();
CREATE TRIGGER customers_keep_words_update AFTER UPDATE ON customers_customer
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION customers_keep_words();
"""
VOCABULARY_AWAY = """
DROP TRIGGER customers_keep_words_insert ON customers_customer;
DROP TRIGGER customers_keep_words_update ON customers_customer;
DROP FUNCTION customers_keep_words();
"""

# A phone number as typed, as it is kept, and, since nobody types the country of a neighbour, with
# every country before it or without its own. Empty for what is no phone number.
SPELLINGS = r"""
CREATE FUNCTION customers_phone_spellings(said text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, public AS $$
    SELECT CASE
        WHEN said !~ '^[+0-9 ()/.-]+$' OR length(digits) NOT BETWEEN 5 AND 20 THEN '{}'
        WHEN said ~ '^\s*(\+|00)' THEN ARRAY['+' || abroad, abroad] || ARRAY(
            SELECT trunk || substr(abroad, code + 1)
            FROM generate_series(1, 3) AS code, unnest(ARRAY['', '0']) AS trunk
            WHERE length(abroad) >= 10
        )
        ELSE ARRAY[digits, '+' || digits] || ARRAY(
            SELECT '+' || code || ltrim(digits, '0') FROM generate_series(1, 999) AS code
            WHERE length(digits) >= 7
        )
    END
    FROM (
        SELECT regexp_replace(replace(said, '(0)', ''), '[^0-9]', '', 'g') AS digits
    ) bare, LATERAL (SELECT regexp_replace(digits, '^00', '') AS abroad) stripped
$$;

CREATE FUNCTION customers_said_words(said text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, public AS $$
    SELECT ARRAY(
        SELECT part.word FROM regexp_split_to_table(
            public.customers_folded(said), '[^[:alnum:]]+'
        ) WITH ORDINALITY AS part (word, place)
        WHERE part.word <> '' ORDER BY part.place LIMIT 8
    )
$$;

CREATE FUNCTION customers_words_beginning(tenant uuid, beginning text) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    SELECT ARRAY(
        SELECT v.word FROM (
            SELECT w.word FROM public.customers_customerword w
            WHERE w.tenant_id = tenant AND w.word LIKE beginning || '%'
                AND length(beginning) <= 40
            LIMIT 1000
        ) v
        ORDER BY length(v.word), v.word LIMIT 40
    )
$$;

-- Two neighbours that changed places leave few trigrams standing: such words are looked up.
CREATE FUNCTION customers_words_like(tenant uuid, meant text) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, public
SET pg_trgm.similarity_threshold = 0.25 AS $$
    SELECT ARRAY(
        SELECT v.word FROM (
            SELECT w.word, 1 AS likeness FROM public.customers_customerword w
            WHERE w.tenant_id = tenant AND w.word = ANY (ARRAY(
                SELECT left(meant, i - 1) || substr(meant, i + 1, 1) || substr(meant, i, 1)
                    || substr(meant, i + 2)
                FROM generate_series(1, length(meant) - 1) i
            ))
            UNION ALL (
                SELECT w.word, similarity(w.word, meant)
                FROM public.customers_customerword w
                WHERE w.tenant_id = tenant AND w.word % meant
                ORDER BY 2 DESC, 1 LIMIT 8
            )
        ) v
        GROUP BY v.word ORDER BY max(v.likeness) DESC, v.word LIMIT 8
    )
    WHERE length(meant) BETWEEN 3 AND 40
$$;

CREATE FUNCTION customers_any_of(words text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public AS $$
    SELECT '(' || string_agg(quote_literal(word), ' | ') || ')' FROM unnest(words) AS word
$$;
"""
SPELLINGS_AWAY = """
DROP FUNCTION customers_any_of(text[]);
DROP FUNCTION customers_words_like(uuid, text);
DROP FUNCTION customers_words_beginning(uuid, text);
DROP FUNCTION customers_said_words(text);
DROP FUNCTION customers_phone_spellings(text);
"""

# The operators of text search and of trigrams are not leakproof, so below row-level security they
# cannot use an index: this one function runs as the owner and takes the tenant from the binding.
# No step takes more than some hundred rows, however many share a word.
SEARCH = r"""
CREATE FUNCTION search_customers(wanted text, most integer)
RETURNS TABLE (root uuid, rank integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    said text := lower(btrim(left(wanted, 200)));
    phones text[] := public.customers_phone_spellings(said);
    said_words text[] := public.customers_said_words(said);
    ends integer := cardinality(said_words);
    query tsquery;
    hits uuid[];
    roots uuid[] := '{}';
    ranks integer[] := '{}';
BEGIN
    RETURN QUERY
    SELECT r.id, 1
    FROM public.customers_identity i
    JOIN public.customers_customer c ON c.tenant_id = tenant AND c.id = i.customer_id
    JOIN public.customers_customer r ON r.tenant_id = tenant AND r.id = c.root_id
    WHERE i.tenant_id = tenant AND lower(i.value) = ANY (said || phones) AND r.erased_at IS NULL
    GROUP BY r.id, r.last_seen_at ORDER BY r.last_seen_at DESC NULLS LAST, r.id LIMIT most;
    IF FOUND OR ends = 0 THEN
        RETURN;
    END IF;

    IF length(said) >= 4 THEN
        roots := ARRAY(
            SELECT c.root_id FROM (
                SELECT i.customer_id FROM public.customers_identity i
                WHERE i.tenant_id = tenant AND (
                    lower(i.value) LIKE regexp_replace(said, '([\\%_])', '\\\1', 'g') || '%'
                    OR lower(i.value) LIKE phones[1] || '%'
                )
                LIMIT 500
            ) i
            JOIN public.customers_customer c ON c.tenant_id = tenant AND c.id = i.customer_id
            WHERE c.kind = 'known' AND c.erased_at IS NULL
        );
        ranks := array_fill(2, ARRAY[cardinality(roots)]);
    END IF;

    FOR step IN 3..5 LOOP
        EXIT WHEN cardinality(roots) >= CASE step WHEN 5 THEN 5 ELSE most END;
        query := (
            SELECT string_agg(public.customers_any_of(word
                || CASE WHEN step >= 4 AND place = ends
                    THEN public.customers_words_beginning(tenant, word) END
                || CASE WHEN step = 5 THEN public.customers_words_like(tenant, word) END
            ), ' & ')
            FROM unnest(said_words) WITH ORDINALITY AS part (word, place)
        )::tsquery;
        hits := ARRAY(
            SELECT c.root_id FROM public.customers_customer c
            WHERE c.tenant_id = tenant AND c.kind = 'known' AND c.erased_at IS NULL
                AND c.words @@ query
            LIMIT 500
        );
        roots := roots || hits;
        ranks := ranks || array_fill(step, ARRAY[cardinality(hits)]);
    END LOOP;

    RETURN QUERY
    SELECT r.id, min(hit.rank)
    FROM unnest(roots, ranks) AS hit (root, rank)
    JOIN public.customers_customer r ON r.tenant_id = tenant AND r.id = hit.root
    WHERE r.erased_at IS NULL
    GROUP BY r.id, r.display_name, r.last_seen_at
    ORDER BY min(hit.rank),
        CASE WHEN min(hit.rank) = 5
            THEN similarity(public.customers_folded(r.display_name), said) END DESC,
        r.last_seen_at DESC NULLS LAST, r.id
    LIMIT most;
END
$$;
"""
SEARCH_AWAY = "DROP FUNCTION search_customers(text, integer);"
