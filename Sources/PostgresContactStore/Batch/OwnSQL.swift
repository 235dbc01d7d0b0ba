/// The statements on the worker's own tables.
struct OwnSQL: Sendable {
    let schema: SchemaName

    // MARK: Persons

    // `OFFSET 0` keeps the planner from turning a join around: an index is asked for each row of `w`, also where the plan
    // was made when the table was empty.

    /// `$1` ids: digest, kind and person of each alias that is remembered.
    var findAliases: String {
        """
        SELECT a.digest, a.kind, a.person FROM unnest($1::uuid[]) AS w(id)
        CROSS JOIN LATERAL (SELECT * FROM \(schema("aliases")) AS a WHERE a.id = w.id OFFSET 0) AS a
        """
    }

    /// `$1` persons: digest, kind and person of all their aliases, the first one (unless it is another's by now) and the rest.
    var aliasesOfPersons: String {
        """
        SELECT a.digest, a.kind, a.person FROM unnest($1::uuid[]) AS w(person) CROSS JOIN LATERAL (
            SELECT * FROM \(schema("aliases")) AS f WHERE f.id = w.person AND f.person = w.person
            UNION ALL
            SELECT * FROM \(schema("aliases")) AS r WHERE r.person = w.person AND r.person <> r.id OFFSET 0
        ) AS a
        """
    }

    /// Writes names ahead that nobody is remembered by yet, `$1` ids, `$2` digests, `$3` kinds, `$4` persons; tells which were
    /// new. Waits for a worker that does the same.
    var holdAliases: String {
        """
        INSERT INTO \(schema("aliases")) (id, digest, kind, person)
        SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::smallint[], $4::uuid[]) ON CONFLICT (id) DO NOTHING RETURNING id
        """
    }

    /// Locks `$1` ids in their order.
    var lockAliases: String {
        """
        SELECT 1 FROM unnest($1::uuid[]) AS w(id) JOIN \(schema("aliases")) AS a ON a.id = w.id
        ORDER BY a.id FOR UPDATE OF a
        """
    }

    /// `$1` persons: person, register, time and word.
    var words: String {
        """
        SELECT r.person, r.registry, r.observed_at, r.is_protected FROM unnest($1::uuid[]) AS w(person)
        CROSS JOIN LATERAL (SELECT * FROM \(schema("register_words")) AS r WHERE r.person = w.person OFFSET 0) AS r
        """
    }

    /// `$1` departed persons, `$2` those that are left: three statements.
    var merges: [String] {
        let pairs = "unnest($1::uuid[], $2::uuid[]) AS w(departed, person)"
        return [
            """
            UPDATE \(schema("aliases")) AS a SET person = w.person FROM \(pairs) WHERE a.person = w.departed
            """,
            """
            UPDATE \(schema("contacts")) AS k SET person = w.person FROM \(pairs) WHERE k.person = w.departed
            """,
            """
            DELETE FROM \(schema("register_words")) AS r USING \(pairs) WHERE r.person = w.departed
            """,
        ]
    }

    /// `$1` ids, `$2` digests, `$3` kinds, `$4` persons.
    var saveAliases: String {
        """
        INSERT INTO \(schema("aliases")) AS a (id, digest, kind, person)
        SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::smallint[], $4::uuid[])
        ON CONFLICT (id) DO UPDATE SET person = excluded.person
        """
    }

    /// `$1` ids that were written ahead for nothing.
    var dropAliases: String {
        "DELETE FROM \(schema("aliases")) AS a USING unnest($1::uuid[]) AS w(id) WHERE a.id = w.id"
    }

    // What is new is inserted plainly: to ask for a conflict costs a third of an insertion. If another worker was first after
    // all, the violation of the key tells (``PostgresError/isConflict(in:)``), and the batch begins again.

    /// `$1` persons, `$2` registers, `$3` times, `$4` words, `$5` when they were learnt.
    var insertWords: String {
        """
        INSERT INTO \(schema("register_words")) (person, registry, observed_at, is_protected, learnt_at)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::boolean[], $5::timestamptz[])
        """
    }

    /// Likewise, of persons that are remembered.
    var saveWords: String {
        """
        \(insertWords) ON CONFLICT (person, registry) DO UPDATE
        SET observed_at = excluded.observed_at, is_protected = excluded.is_protected, learnt_at = excluded.learnt_at
        """
    }

    /// `$1` tenants, `$2` ids, `$3` persons, `$4` marks, `$5` times of deletion.
    var insertContacts: String {
        """
        INSERT INTO \(schema("contacts")) (tenant, contact_id, person, is_protected, deletion_not_before)
        SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::boolean[], $5::timestamptz[])
        """
    }

    /// Likewise, of contacts that are remembered.
    var saveContacts: String {
        """
        \(insertContacts) ON CONFLICT (tenant, contact_id) DO UPDATE
        SET person = excluded.person, is_protected = excluded.is_protected,
            deletion_not_before = excluded.deletion_not_before
        """
    }

    // MARK: Deletions

    /// `$1` requests: the contacts that they asked for.
    var findRequested: String {
        """
        SELECT k.deletion_request, k.tenant, k.contact_id, k.deletion_requested_for, k.person, k.notice_sent_for
        FROM unnest($1::uuid[]) AS w(request)
        CROSS JOIN LATERAL (
            SELECT * FROM \(schema("contacts")) AS c WHERE c.deletion_request = w.request OFFSET 0
        ) AS k WHERE k.deletion_requested_for IS NOT NULL
        """
    }

    /// `$1` tenants, `$2` ids.
    var forgetContacts: String {
        """
        DELETE FROM \(schema("contacts")) AS k USING unnest($1::text[], $2::text[]) AS w(tenant, id)
        WHERE k.tenant = w.tenant AND k.contact_id = w.id
        """
    }

    // MARK: Journal

    /// `$1` keys: the rows, and whether each stands in an unpublished slice.
    var findJournal: String {
        """
        SELECT j.key, j.content, j.outcome, j.home_group, j.home_topic, j.home_partition, j.home_offset, j.redrives,
            EXISTS (SELECT 1 FROM \(schema("unpublished_slices")) AS s WHERE s.id = j.slice)
        FROM unnest($1::uuid[]) AS w(key)
        CROSS JOIN LATERAL (SELECT * FROM \(schema("journal")) AS j WHERE j.key = w.key OFFSET 0) AS j
        """
    }

    /// Ten columns as they stand in the table; `$4` is one group for all.
    var insertJournal: String { insertJournal(onConflict: "") }

    var replaceJournal: String {
        insertJournal(
            onConflict: """
                ON CONFLICT (key) DO UPDATE SET content = excluded.content, outcome = excluded.outcome, home_group = excluded.home_group,
                    home_topic = excluded.home_topic, home_partition = excluded.home_partition,
                    home_offset = excluded.home_offset, slice = excluded.slice, redrives = excluded.redrives,
                    decided_at = excluded.decided_at
                """)
    }

    private func insertJournal(onConflict action: String) -> String {
        """
        INSERT INTO \(schema("journal")) (key, content, outcome, home_group, home_topic, home_partition, home_offset,
            slice, redrives, decided_at)
        SELECT w.key, w.content, w.outcome, $4::text, w.topic, w.partition::integer, w.offset_, w.slice,
            w.redrives::integer, w.decided_at
        FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
            $9::bigint[], $10::timestamptz[])
            AS w(key, content, outcome, topic, partition, offset_, slice, redrives, decided_at)
        \(action)
        """
    }

    /// `$1` keys, `$2` the slices that they move to.
    var moveJournal: String {
        """
        UPDATE \(schema("journal")) AS j SET slice = w.slice FROM unnest($1::uuid[], $2::bigint[]) AS w(key, slice)
        WHERE j.key = w.key
        """
    }

    // MARK: Slices and progress

    /// `$1` ids, each higher than all that were given before.
    var takeSliceIDs: String {
        "SELECT nextval('\(schema("slice_ids").replacing("'", with: "''"))') FROM generate_series(1, $1::bigint)"
    }

    /// `$1` ids, `$2` one group, `$3` topics, `$4` partitions, `$5` first and `$6` last offsets.
    var insertSlices: String {
        """
        INSERT INTO \(schema("unpublished_slices")) (id, group_id, topic, partition, first_offset, last_offset)
        SELECT w.id, $2::text, w.topic, w.partition::integer, w.first, w.last
        FROM unnest($1::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
            AS w(id, topic, partition, first, last)
        """
    }

    /// Forgets slices: `$1` ids and all before them, `$2` one group, `$3` topics, `$4` partitions, `$5` last offsets.
    var settleSlices: String {
        """
        DELETE FROM \(schema("unpublished_slices")) AS s
        USING unnest($1::bigint[], $3::text[], $4::bigint[], $5::bigint[]) AS w(id, topic, partition, last)
        WHERE s.id <= w.id AND s.group_id = $2::text AND s.topic = w.topic AND s.partition = w.partition
            AND s.last_offset <= w.last
        """
    }

    var standingSlices: String {
        """
        SELECT id, group_id, topic, partition, first_offset, last_offset FROM \(schema("unpublished_slices")) ORDER BY id
        """
    }

    /// `$1` one group, `$2` topics, `$3` partitions, `$4` the offsets behind what is applied; never less than was known.
    var advanceProgress: String {
        """
        INSERT INTO \(schema("progress")) AS p (group_id, topic, partition, applied_to)
        SELECT $1::text, w.topic, w.partition::integer, w.applied_to
        FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS w(topic, partition, applied_to)
        ON CONFLICT (group_id, topic, partition) DO UPDATE SET applied_to = greatest(p.applied_to, excluded.applied_to)
        """
    }

    /// `$1` one group, `$2` topics, `$3` partitions, `$4` offsets: the partitions of which less is applied.
    var findSetBack: String {
        """
        SELECT w.topic, w.partition, coalesce(p.applied_to, 0), w.follows
        FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS w(topic, partition, follows)
        LEFT JOIN \(schema("progress")) AS p
            ON p.group_id = $1::text AND p.topic = w.topic AND p.partition = w.partition::integer
        WHERE coalesce(p.applied_to, 0) < w.follows
        """
    }

    /// `$1` one group, `$2` topics, `$3` partitions.
    var findProgress: String {
        """
        SELECT p.topic, p.partition, p.applied_to FROM unnest($2::text[], $3::bigint[]) AS w(topic, partition)
        JOIN \(schema("progress")) AS p
            ON p.group_id = $1::text AND p.topic = w.topic AND p.partition = w.partition::integer
        """
    }

    /// The ids of digest keys and how many rows bear them. A digest is the length of the key's id, the id, and 32 bytes.
    var digestKeyUse: String {
        """
        SELECT convert_from(substr(digest, 2, length(digest) - 33), 'UTF8') AS key, count(*) FROM (
            SELECT digest FROM \(schema("aliases")) UNION ALL SELECT content FROM \(schema("journal"))
        ) AS digests GROUP BY key
        """
    }
}
