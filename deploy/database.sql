-- The database of the portal, made by a superuser after roles.sql. Safe to run again. For psql.
SELECT 'CREATE DATABASE portal OWNER portal_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'portal') \gexec

REVOKE ALL ON DATABASE portal FROM PUBLIC;
GRANT CONNECT ON DATABASE portal TO portal_app, portal_eraser;

-- What the owner makes, the app may read and write; each wall in the migrations takes away again (append-only).
\connect portal
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO portal_app, portal_eraser;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_app;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner GRANT USAGE, SELECT ON SEQUENCES TO portal_app;

-- The server's own log never holds a value: no statement with names in it, no row that broke a constraint.
ALTER DATABASE portal SET log_min_error_statement = 'panic';
ALTER DATABASE portal SET log_error_verbosity = 'terse';
