-- The worker's own tables. No personal value stands in them: of a number only a keyed digest is kept.

-- Names under which persons are remembered: keyed digests of a number (kind 0) or of a contact's id (kind 1), found by their
-- last sixteen bytes. A person is called by the first of their names, so that most names need no second index.
-- The rows are the locks of workers that decide about the same person at once.
CREATE TABLE aliases (
    id uuid PRIMARY KEY,
    digest bytea NOT NULL,
    kind smallint NOT NULL CHECK (kind IN (0, 1)),
    person uuid NOT NULL
);
CREATE INDEX aliases_by_person ON aliases (person) WHERE person <> id;

-- The latest word of each register on a person; an event without a register counts under the empty name.
CREATE TABLE register_words (
    person uuid NOT NULL,
    registry text COLLATE "C" NOT NULL,
    observed_at timestamptz NOT NULL,
    is_protected boolean NOT NULL,
    PRIMARY KEY (person, registry)
);

-- What is remembered of contacts, by the registry's own keys.
CREATE TABLE contacts (
    tenant text COLLATE "C" NOT NULL,
    contact_id text COLLATE "C" NOT NULL,
    person uuid,
    is_protected boolean NOT NULL,
    deletion_not_before timestamptz,
    PRIMARY KEY (tenant, contact_id)
);
CREATE INDEX contacts_by_person ON contacts (person) WHERE person IS NOT NULL;
CREATE INDEX contacts_by_deletion ON contacts (deletion_not_before) WHERE deletion_not_before IS NOT NULL;

-- One row for each event identity.
CREATE TABLE journal (
    key uuid PRIMARY KEY,
    content bytea NOT NULL,
    outcome bytea NOT NULL,
    home_group text NOT NULL,
    home_topic text NOT NULL,
    home_partition integer NOT NULL,
    home_offset bigint NOT NULL,
    slice bigint NOT NULL,
    redrives integer NOT NULL,
    decided_at timestamptz NOT NULL
);

-- Shares of partitions whose outcomes are not known to be in Kafka: as many rows as are in flight.
CREATE SEQUENCE slice_ids;
CREATE TABLE unpublished_slices (
    id bigint PRIMARY KEY,
    group_id text COLLATE "C" NOT NULL,
    topic text COLLATE "C" NOT NULL,
    partition integer NOT NULL,
    first_offset bigint NOT NULL,
    last_offset bigint NOT NULL
);

-- How far each group has applied each partition.
CREATE TABLE progress (
    group_id text COLLATE "C" NOT NULL,
    topic text COLLATE "C" NOT NULL,
    partition integer NOT NULL,
    applied_to bigint NOT NULL,
    PRIMARY KEY (group_id, topic, partition)
);

-- Both are rewritten with every batch; without room on their pages each rewrite would add to their indexes.
ALTER TABLE progress SET (fillfactor = 50);
ALTER TABLE unpublished_slices SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
