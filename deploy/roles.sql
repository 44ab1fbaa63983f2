-- The three roles of the portal. Safe to run again; no passwords here (docker-compose sets them from secrets).
--   portal_owner   owns the database and its tables; runs migrations, never serves a request
--   portal_app     the web and worker processes; owns nothing, so row-level security always holds for it
--   portal_eraser  may delete the erasable companions of ledger entries, and nothing else
SET client_min_messages = warning;

DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['portal_owner', 'portal_app', 'portal_eraser'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', role_name);
        END IF;
        -- Also when the role was there already: a wall that somebody loosened by hand is put back.
        EXECUTE format(
            'ALTER ROLE %I NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION LOGIN', role_name
        );
    END LOOP;
END
$$;

-- The owner may step into the eraser's role for a command, but does not carry its rights around.
GRANT portal_eraser TO portal_owner WITH INHERIT FALSE, SET TRUE;
