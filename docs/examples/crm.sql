-- An example of a registry that a company already has: customers of two tenants, and where their parcels go.
--
--   psql --dbname crm --file docs/examples/crm.sql < schemas/examples/contacts.csv
--
-- as a superuser, in a database of its own. The customers come from standard input; everybody in them is made up. Three
-- roles are made, without passwords: `crm` owns the tables and runs `protected-identity migrate`; `protected_identity_worker` is
-- the worker's, the sweep's and the notification worker's, and may do nothing before grants.sql; `protected_identity_deletions`
-- is the deletion worker's, and may do nothing before grants-deletions.sql. worker.yaml beside this file is the map of these
-- tables.
\set ON_ERROR_STOP on

BEGIN;

CREATE ROLE crm LOGIN;
CREATE ROLE protected_identity_worker LOGIN;
CREATE ROLE protected_identity_deletions LOGIN;
GRANT CREATE ON DATABASE :"DBNAME" TO crm;  -- `migrate` makes the schema protected_identity
CREATE SCHEMA crm AUTHORIZATION crm;
SET LOCAL ROLE crm;

CREATE TABLE crm.customer (
    customer_id text PRIMARY KEY,
    tenant text NOT NULL,
    country char(2) NOT NULL,  -- whose number it is: ten digits can be Swedish or Danish
    national_id text,
    first_name text,
    last_name text NOT NULL,  -- cannot be emptied: worker.yaml says what is written over it
    care_of text,
    street text,
    postal_code text,
    city text,
    email text,
    phone text,
    birth_date date,
    protected_identity boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE crm.delivery_address (
    address_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id text NOT NULL REFERENCES crm.customer ON DELETE CASCADE,
    recipient text,
    street text,
    postal_code text,
    city text
);

-- What the worker looks things up by. Without them every batch would read the whole table, and `check` says so.
CREATE INDEX ON crm.customer (tenant, national_id);
CREATE INDEX ON crm.customer (updated_at, customer_id);
CREATE INDEX ON crm.delivery_address (customer_id);

\copy crm.customer (customer_id, tenant, country, national_id, first_name, last_name, care_of, street, postal_code, city, email, phone) FROM pstdin WITH (FORMAT csv, HEADER)

INSERT INTO crm.delivery_address (customer_id, recipient, street, postal_code, city)
SELECT customer_id, concat_ws(' ', first_name, last_name), street, postal_code, city
FROM crm.customer
WHERE street IS NOT NULL
ORDER BY customer_id;

COMMIT;

ANALYZE crm.customer, crm.delivery_address;
