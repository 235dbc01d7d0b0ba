-- What scheduled operations remember: what was asked, what is owed, and since when something is known.

-- A request and a notice each hold for one schedule, so a schedule that is dropped or set anew ends them by itself.
ALTER TABLE contacts ADD COLUMN deletion_requested_for timestamptz;
ALTER TABLE contacts ADD COLUMN deletion_request uuid;
ALTER TABLE contacts ADD COLUMN notice_sent_for timestamptz;

-- What is asked already does not lie in the way of what is due.
DROP INDEX contacts_by_deletion;
CREATE INDEX contacts_due ON contacts (deletion_not_before, tenant, contact_id)
    WHERE deletion_not_before IS NOT NULL AND deletion_requested_for IS DISTINCT FROM deletion_not_before;
CREATE INDEX contacts_unscheduled ON contacts (tenant, contact_id) WHERE is_protected AND deletion_not_before IS NULL;
CREATE INDEX contacts_by_request ON contacts (deletion_request) WHERE deletion_request IS NOT NULL;

-- Messages that are not known to be in Kafka, each until its sender knows. One that needs a schedule is no longer true
-- without it.
CREATE TABLE owed_messages (
    id uuid PRIMARY KEY,
    tenant text COLLATE "C" NOT NULL,
    contact_id text COLLATE "C" NOT NULL,
    schedule timestamptz,
    message bytea NOT NULL,
    leased_until timestamptz NOT NULL
);
CREATE INDEX owed_messages_by_lease ON owed_messages (leased_until);

-- When a word was learnt: a late event may come for as long after that as a topic keeps it. What was known before counts from
-- the upgrade on.
ALTER TABLE register_words ADD COLUMN learnt_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX register_words_by_age ON register_words (learnt_at, person) WHERE NOT is_protected;

-- The rows of a batch have one time, of which the index keeps one entry for many rows.
CREATE INDEX journal_by_age ON journal (decided_at);
