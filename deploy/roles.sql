-- The database and its two roles: `owner` runs migrations, `app` is what the web and the worker sign in as.
-- bin/making.py runs this file for the embedded PostgreSQL. On a server of your own (PostgreSQL 15 or newer), as its superuser:
--   psql -f deploy/roles.sql    (it asks for the two passwords)
\if :{?owner_password}
\else
\prompt 'A password for owner: ' owner_password
\prompt 'A password for app: ' app_password
\endif
CREATE ROLE owner LOGIN CREATEDB PASSWORD :'owner_password';
CREATE ROLE app LOGIN PASSWORD :'app_password';
CREATE DATABASE logistics OWNER owner;
-- What `app` may do inside, migrations grant (migrations/env.py): rows, but no DDL, no TRUNCATE, no triggers. Not even temporary tables:
REVOKE ALL ON DATABASE logistics FROM PUBLIC;
GRANT CONNECT ON DATABASE logistics TO app;
