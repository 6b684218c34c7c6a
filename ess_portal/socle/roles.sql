-- The three roles of the portal, for psql as superuser; may be run again. Used by the embedded server and by compose.
-- What belongs to template1 is inherited by every base made afterwards, the tests' included.
SELECT 'CREATE ROLE ess_proprietaire LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ess_proprietaire') \gexec
SELECT 'CREATE ROLE ess_app LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS NOINHERIT'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ess_app') \gexec
SELECT 'CREATE ROLE ess_lecture LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS NOINHERIT'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ess_lecture') \gexec

\connect template1
GRANT USAGE ON SCHEMA public TO ess_app, ess_lecture;
ALTER DEFAULT PRIVILEGES FOR ROLE ess_proprietaire IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ess_app;
ALTER DEFAULT PRIVILEGES FOR ROLE ess_proprietaire IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO ess_app;
ALTER DEFAULT PRIVILEGES FOR ROLE ess_proprietaire IN SCHEMA public GRANT SELECT ON TABLES TO ess_lecture;
ALTER DEFAULT PRIVILEGES FOR ROLE ess_proprietaire REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE ess_proprietaire IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO ess_app;

\connect postgres
SELECT 'CREATE DATABASE ess OWNER ess_proprietaire'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'ess') \gexec
REVOKE ALL ON DATABASE ess FROM PUBLIC;
GRANT CONNECT ON DATABASE ess TO ess_app, ess_lecture;
-- Imports stage what they read in temporary tables, private to their connection.
GRANT TEMPORARY ON DATABASE ess TO ess_app;
ALTER ROLE ess_lecture SET default_transaction_read_only = on;
