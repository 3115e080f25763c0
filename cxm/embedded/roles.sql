-- Roles and rights of the database cluster. A superuser runs this file, which may be repeated, in
-- template1 (so that databases made later inherit it) and in the database of the application.
-- Passwords are set by the caller.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cxm_owner') THEN
        CREATE ROLE cxm_owner;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cxm_app') THEN
        CREATE ROLE cxm_app;
    END IF;
END
$$;

-- Migrations, dumps and checks: owns the tables and sees the rows of all tenants.
ALTER ROLE cxm_owner
    LOGIN CREATEDB BYPASSRLS NOSUPERUSER NOCREATEROLE NOREPLICATION;
-- The web and the workers: owns nothing, bypasses nothing.
ALTER ROLE cxm_app
    LOGIN NOCREATEDB NOBYPASSRLS NOSUPERUSER NOCREATEROLE NOREPLICATION;

-- With the time zone already right, Django does not call set_config when it connects.
ALTER ROLE cxm_owner SET timezone = 'UTC';
ALTER ROLE cxm_app SET timezone = 'UTC';
ALTER ROLE cxm_app SET idle_in_transaction_session_timeout = '60s';

-- Injected SQL could otherwise change the tenant in the middle of a statement. pg_dump calls it.
REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO cxm_owner;

DO $$
DECLARE
    extension text;
BEGIN
    FOR extension IN
        SELECT name FROM pg_available_extensions
        WHERE name IN ('pg_trgm', 'btree_gin', 'unaccent')
        ORDER BY name
    LOOP
        EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I', extension);
    END LOOP;
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO cxm_owner;
GRANT USAGE ON SCHEMA public TO cxm_app;
ALTER DEFAULT PRIVILEGES FOR ROLE cxm_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO cxm_app;
ALTER DEFAULT PRIVILEGES FOR ROLE cxm_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO cxm_app;

-- Bulk loads go through temporary tables.
DO $$
BEGIN
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO cxm_app', current_database());
END
$$;
