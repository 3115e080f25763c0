"""SQL of customers: the words they are found by, and that a merge is one step deep."""

# Letters without accents, in small: "Zoë Müller" is found as "zoe muller". The whole e-mail
# address and the digits of a phone number are words too.
WORDS = """
CREATE FUNCTION customers_folded(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT regexp_replace(normalize(lower(said), NFKD), '[\u0300-\u036f]', '', 'g')
$$;

CREATE FUNCTION customers_words(name varchar, email varchar, phone varchar) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public AS $$
    SELECT array_to_tsvector(ARRAY(
        SELECT DISTINCT left(word, 254) FROM unnest(
            regexp_split_to_array(
                public.customers_folded(name || ' ' || email), '[^[:alnum:]]+'
            ) || ARRAY[public.customers_folded(email), regexp_replace(phone, '[^0-9]', '', 'g')]
        ) AS word
        WHERE word <> ''
    ))
$$;
"""
WORDS_AWAY = """
DROP FUNCTION customers_words(varchar, varchar, varchar);
DROP FUNCTION customers_folded(text);
"""

# The root of a root is itself, whoever writes: what follows a merge need look only once.
ROOTS = """
CREATE FUNCTION customers_root_is_one_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n JOIN customers_customer root
            ON root.tenant_id = n.tenant_id AND root.id = n.root_id
        WHERE n.root_id <> n.id AND root.root_id <> root.id
    ) OR EXISTS (
        SELECT FROM new_rows n JOIN customers_customer member
            ON member.tenant_id = n.tenant_id AND member.root_id = n.id
        WHERE n.root_id <> n.id
    ) THEN
        RAISE EXCEPTION 'the root of a customer must be a root itself'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customers_root_is_one_step';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER customers_root_is_one_step_insert AFTER INSERT ON customers_customer
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION customers_root_is_one_step();
CREATE TRIGGER customers_root_is_one_step_update AFTER UPDATE ON customers_customer
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION customers_root_is_one_step();
"""
ROOTS_AWAY = """
DROP TRIGGER customers_root_is_one_step_insert ON customers_customer;
DROP TRIGGER customers_root_is_one_step_update ON customers_customer;
DROP FUNCTION customers_root_is_one_step();
"""
