#!/bin/bash
# Run by the postgres image, once, when it makes its database: the example of crm.sql, with passwords for its three roles.
set -euo pipefail

psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --no-psqlrc --quiet --file /examples/crm.sql < /examples/contacts.csv

psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
\getenv owner CRM_PASSWORD
\getenv worker WORKER_PASSWORD
\getenv deletions DELETIONS_PASSWORD
ALTER ROLE crm PASSWORD :'owner';
ALTER ROLE protected_identity_worker PASSWORD :'worker';
ALTER ROLE protected_identity_deletions PASSWORD :'deletions';
SQL
