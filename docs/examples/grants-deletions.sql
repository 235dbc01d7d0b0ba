-- What the deletion worker's role may do on the tables of crm.sql: what a worker may, and DELETE. Run by their owner, after
-- `migrate`. It was printed by
--
--   protected-identity migrate --config docs/examples/worker.yaml --grants-for protected_identity_deletions --with-deletions
--
-- and scripts/check-examples tells when that prints something else.
GRANT USAGE ON SCHEMA "protected_identity" TO "protected_identity_deletions";
GRANT SELECT, INSERT, UPDATE, DELETE ON "protected_identity"."aliases", "protected_identity"."register_words", "protected_identity"."contacts", "protected_identity"."journal", "protected_identity"."unpublished_slices", "protected_identity"."progress", "protected_identity"."owed_messages", "protected_identity"."reconciliations", "protected_identity"."replays", "protected_identity"."gaps" TO "protected_identity_deletions";
GRANT SELECT ON "protected_identity"."migrations" TO "protected_identity_deletions";
GRANT USAGE ON SEQUENCE "protected_identity"."slice_ids" TO "protected_identity_deletions";
GRANT USAGE ON SCHEMA "crm" TO "protected_identity_deletions";
GRANT SELECT ("customer_id", "tenant", "country", "email", "national_id", "birth_date", "care_of", "city", "first_name", "last_name", "postal_code", "street", "protected_identity", "updated_at") ON "crm"."customer" TO "protected_identity_deletions";
GRANT UPDATE ("national_id", "birth_date", "care_of", "city", "first_name", "last_name", "postal_code", "street", "protected_identity", "updated_at") ON "crm"."customer" TO "protected_identity_deletions";
GRANT SELECT ("customer_id", "city", "postal_code", "recipient", "street") ON "crm"."delivery_address" TO "protected_identity_deletions";
GRANT UPDATE ("city", "postal_code", "recipient", "street") ON "crm"."delivery_address" TO "protected_identity_deletions";
GRANT DELETE ON "crm"."delivery_address" TO "protected_identity_deletions";
GRANT DELETE ON "crm"."customer" TO "protected_identity_deletions";
