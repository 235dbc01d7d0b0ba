-- The replays that have not come to their end: a row for each partition that one reads.
CREATE TABLE replays (
    id text NOT NULL,
    group_id text NOT NULL,
    request bytea NOT NULL,
    begun_at timestamptz NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    first_offset bigint NOT NULL,
    end_offset bigint NOT NULL,
    PRIMARY KEY (id, topic, partition)
);

-- What groups are beyond and nothing is known of, until somebody has read it: whatever is applied behind it.
CREATE TABLE gaps (
    group_id text COLLATE "C" NOT NULL,
    topic text COLLATE "C" NOT NULL,
    partition integer NOT NULL,
    first_offset bigint NOT NULL,
    end_offset bigint NOT NULL,
    PRIMARY KEY (group_id, topic, partition, first_offset)
);
