-- The database and its two roles: `owner` runs migrations, `app` is what the web and the worker sign in as.
-- bin/postgres.py runs this file for the embedded PostgreSQL. On a server of your own (PostgreSQL 15 or newer), as its superuser:
--   psql -v owner_password=... -v app_password=... -f deploy/roles.sql
CREATE ROLE owner LOGIN CREATEDB PASSWORD :'owner_password';
CREATE ROLE app LOGIN PASSWORD :'app_password';
CREATE DATABASE logistics OWNER owner;
-- No temporary tables and no schemas for anybody but the owner.
REVOKE ALL ON DATABASE logistics FROM PUBLIC;
GRANT CONNECT ON DATABASE logistics TO app;

\connect logistics
-- Rows, but no DDL, no TRUNCATE and no trigger rights: what is append-only stays so whatever the application does.
ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO app;
