/// The statements of operations on the worker's own tables.
struct OperationsSQL: Sendable {
    let schema: SchemaName

    // MARK: Selection

    private var scheduled: String {
        """
        SELECT k.tenant, k.contact_id, k.is_protected, k.deletion_not_before, k.notice_sent_for
        FROM \(schema("contacts")) AS k
        """
    }

    /// Contacts whose time, `$1`, has come and that were not asked yet, behind `$2` time, `$3` tenant, `$4` id; `$5` at most.
    var due: String {
        """
        \(scheduled) WHERE k.deletion_not_before <= $1 AND k.deletion_not_before IS NOT NULL
            AND k.deletion_requested_for IS DISTINCT FROM k.deletion_not_before
            AND (k.deletion_not_before, k.tenant, k.contact_id) > ($2, $3 COLLATE "C", $4 COLLATE "C")
        ORDER BY k.deletion_not_before, k.tenant, k.contact_id LIMIT $5 FOR UPDATE SKIP LOCKED
        """
    }

    /// Protected contacts without a schedule, behind `$1` tenant and `$2` id; `$3` at most.
    var unscheduled: String {
        """
        \(scheduled) WHERE k.is_protected AND k.deletion_not_before IS NULL
            AND (k.tenant, k.contact_id) > ($1 COLLATE "C", $2 COLLATE "C")
        ORDER BY k.tenant, k.contact_id LIMIT $3 FOR UPDATE SKIP LOCKED
        """
    }

    /// `$1` tenants, `$2` ids, `$3` schedules, NULL where there is to be none.
    var setSchedules: String {
        """
        UPDATE \(schema("contacts")) AS k SET deletion_not_before = w.schedule
        FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS w(tenant, id, schedule)
        WHERE k.tenant = w.tenant AND k.contact_id = w.id
        """
    }

    /// `$1` tenants, `$2` ids, `$3` schedules, `$4` the requests.
    var markRequested: String {
        """
        UPDATE \(schema("contacts")) AS k SET deletion_requested_for = w.schedule, deletion_request = w.request
        FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::uuid[]) AS w(tenant, id, schedule, request)
        WHERE k.tenant = w.tenant AND k.contact_id = w.id
        """
    }

    /// `$1` tenants, `$2` ids, `$3` the schedules that the notices told.
    var noteNotices: String {
        """
        UPDATE \(schema("contacts")) AS k SET notice_sent_for = w.schedule
        FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS w(tenant, id, schedule)
        WHERE k.tenant = w.tenant AND k.contact_id = w.id AND k.deletion_not_before = w.schedule
        """
    }

    // MARK: Inspection

    /// How many deletions are due at `$1`.
    var countDue: String {
        """
        SELECT count(*) FROM \(schema("contacts")) AS k WHERE k.deletion_not_before <= $1
            AND k.deletion_not_before IS NOT NULL AND k.deletion_requested_for IS DISTINCT FROM k.deletion_not_before
        """
    }

    /// `$1` tenant, `$2` id: when the contact may be deleted, for which schedule that was asked, for which it was told.
    var deletion: String {
        """
        SELECT k.deletion_not_before, k.deletion_requested_for, k.notice_sent_for FROM \(schema("contacts")) AS k
        WHERE k.tenant = $1 COLLATE "C" AND k.contact_id = $2 COLLATE "C"
        """
    }

    // MARK: Notices

    /// Contacts of `$1` tenants whose time lies from `$2` to `$3` and that were not asked to be deleted: tenant and id.
    var scheduledBetween: String {
        """
        SELECT k.tenant, k.contact_id FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS w(tenant, first, last)
        CROSS JOIN LATERAL (
            SELECT * FROM \(schema("contacts")) AS c WHERE c.deletion_not_before BETWEEN w.first AND w.last
                AND c.deletion_not_before IS NOT NULL
                AND c.deletion_requested_for IS DISTINCT FROM c.deletion_not_before AND c.tenant = w.tenant OFFSET 0
        ) AS k
        """
    }

    /// Leases to the caller the notice of `$1` tenant, `$2` id and `$3` schedule for `$4` milliseconds, where it may go out.
    var takeNotice: String {
        """
        UPDATE \(schema("contacts")) AS k SET notice_leased_until = clock_timestamp() + $4 * interval '1 millisecond'
        WHERE k.tenant = $1 COLLATE "C" AND k.contact_id = $2 COLLATE "C" AND k.is_protected
            AND k.deletion_not_before = $3 AND k.notice_sent_for IS DISTINCT FROM $3
            AND (k.notice_leased_until IS NULL OR k.notice_leased_until < clock_timestamp())
        RETURNING true
        """
    }

    /// Ends the lease of the notice of `$1` tenant and `$2` id.
    var giveBackNotice: String {
        """
        UPDATE \(schema("contacts")) AS k SET notice_leased_until = NULL
        WHERE k.tenant = $1 COLLATE "C" AND k.contact_id = $2 COLLATE "C"
        """
    }

    // MARK: What is owed

    /// `$1` ids, `$2` tenants, `$3` contacts, `$4` schedules, `$5` messages, `$6` leases. What is owed already stays as it is.
    var insertOwed: String {
        """
        INSERT INTO \(schema("owed_messages")) (id, tenant, contact_id, schedule, message, leased_until)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::bytea[], $6::timestamptz[])
        ON CONFLICT (id) DO UPDATE SET leased_until = excluded.leased_until
        """
    }

    /// Forgets what is no longer true and whose lease is over at `$1`.
    var dropUntrue: String {
        """
        DELETE FROM \(schema("owed_messages")) AS o WHERE o.leased_until <= $1 AND o.schedule IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM \(schema("contacts")) AS k
                WHERE k.tenant = o.tenant AND k.contact_id = o.contact_id AND k.deletion_not_before = o.schedule)
        """
    }

    /// Leases until `$2` what is owed and whose lease is over at `$1`; `$3` at most.
    var takeOwed: String {
        """
        UPDATE \(schema("owed_messages")) AS o SET leased_until = $2 WHERE o.id = ANY (ARRAY(
            SELECT f.id FROM \(schema("owed_messages")) AS f WHERE f.leased_until <= $1
            ORDER BY f.leased_until LIMIT $3 FOR UPDATE SKIP LOCKED
        )) RETURNING o.message
        """
    }

    /// `$1` ids.
    var settleOwed: String {
        "DELETE FROM \(schema("owed_messages")) AS o USING unnest($1::uuid[]) AS w(id) WHERE o.id = w.id"
    }

    var countOwed: String {
        """
        SELECT (SELECT count(*) FROM \(schema("unpublished_slices"))), (SELECT count(*) FROM \(schema("owed_messages")))
        """
    }

    // MARK: Reconciliation

    var lastReconciliation: String { "SELECT begun_at FROM \(schema("reconciliations"))" }

    /// `$1` when it began.
    var noteReconciliation: String {
        """
        INSERT INTO \(schema("reconciliations")) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET begun_at = excluded.begun_at
        """
    }

    // MARK: Gaps

    /// `$1` groups, `$2` topics, `$3` partitions, `$4` first offsets, `$5` those behind the last.
    var noteGaps: String {
        """
        INSERT INTO \(schema("gaps")) AS g (group_id, topic, partition, first_offset, end_offset)
        SELECT w.group_id, w.topic, w.partition::integer, w.first, max(w.behind)
        FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
            AS w(group_id, topic, partition, first, behind)
        GROUP BY w.group_id, w.topic, w.partition, w.first
        ON CONFLICT (group_id, topic, partition, first_offset)
            DO UPDATE SET end_offset = greatest(g.end_offset, excluded.end_offset)
        """
    }

    var allGaps: String {
        """
        SELECT group_id, topic, partition, first_offset, end_offset FROM \(schema("gaps"))
        ORDER BY group_id, topic, partition, first_offset
        """
    }

    /// `$1` one group, `$2` topics, `$3` partitions, `$4` first offsets.
    var dropGaps: String {
        """
        DELETE FROM \(schema("gaps")) AS g
        USING unnest($2::text[], $3::bigint[], $4::bigint[]) AS w(topic, partition, first)
        WHERE g.group_id = $1::text AND g.topic = w.topic AND g.partition = w.partition::integer
            AND g.first_offset = w.first
        """
    }

    /// `$1` one group, `$2` topics, `$3` partitions, `$4` first offsets, `$5` those behind the last: what was applied up to
    /// somewhere within counts as applied up to the end.
    var advanceProgressWithin: String {
        """
        INSERT INTO \(schema("progress")) AS p (group_id, topic, partition, applied_to)
        SELECT $1::text, w.topic, w.partition::integer, w.behind
        FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) AS w(topic, partition, first, behind)
        LEFT JOIN \(schema("progress")) AS k
            ON k.group_id = $1::text AND k.topic = w.topic AND k.partition = w.partition::integer
        WHERE coalesce(k.applied_to, 0) BETWEEN w.first AND w.behind
        ON CONFLICT (group_id, topic, partition) DO UPDATE SET applied_to = greatest(p.applied_to, excluded.applied_to)
        """
    }

    // MARK: Replays

    /// `$1` ids of slices.
    var outcomesInSlices: String {
        """
        SELECT j.outcome, j.home_group, j.home_topic, j.home_partition, j.home_offset, j.slice
        FROM \(schema("journal")) AS j WHERE j.slice = ANY ($1::bigint[])
        ORDER BY j.home_topic, j.home_partition, j.home_offset
        """
    }

    var unfinishedReplays: String {
        """
        SELECT id, group_id, request, begun_at, topic, partition, first_offset, end_offset FROM \(schema("replays"))
        ORDER BY begun_at, id
        """
    }

    /// How far each unfinished replay's group is in what it is to read. No topic's name has a comma.
    var replayProgress: String {
        """
        SELECT r.id, string_agg(DISTINCT r.topic, ','), min(r.begun_at),
            sum(greatest(0, least(r.end_offset, coalesce(p.applied_to, 0)) - r.first_offset))::bigint,
            sum(r.end_offset - r.first_offset)::bigint
        FROM \(schema("replays")) AS r
        LEFT JOIN \(schema("progress")) AS p ON (p.group_id, p.topic, p.partition) = (r.group_id, r.topic, r.partition)
        GROUP BY r.id ORDER BY 3, 1
        """
    }

    /// `$1` id, `$2` group, `$3` request, `$4` when it began, `$5` topics, `$6` partitions, `$7` first and `$8` end offsets.
    var rememberReplay: String {
        """
        INSERT INTO \(schema("replays"))
        SELECT $1, $2, $3, $4, w.topic, w.partition::integer, w.first, w.end_
        FROM unnest($5::text[], $6::bigint[], $7::bigint[], $8::bigint[]) AS w(topic, partition, first, end_)
        WHERE NOT EXISTS (SELECT 1 FROM \(schema("replays")) AS r WHERE r.id = $1)
        ON CONFLICT DO NOTHING
        """
    }

    /// `$1` id.
    var forgetProgress: String {
        """
        DELETE FROM \(schema("progress")) WHERE group_id IN (SELECT group_id FROM \(schema("replays")) WHERE id = $1)
        """
    }

    /// `$1` id.
    var forgetGaps: String {
        """
        DELETE FROM \(schema("gaps")) WHERE group_id IN (SELECT group_id FROM \(schema("replays")) WHERE id = $1)
        """
    }

    var forgetReplay: String { "DELETE FROM \(schema("replays")) WHERE id = $1" }

    // MARK: Purge

    private var isPublished: String {
        "NOT EXISTS (SELECT 1 FROM \(schema("unpublished_slices")) AS s WHERE s.id = j.slice)"
    }

    /// Rows that were decided before `$1`; `$2` at most.
    var purgeJournal: String {
        """
        DELETE FROM \(schema("journal")) AS d WHERE d.key = ANY (ARRAY(
            SELECT j.key FROM \(schema("journal")) AS j WHERE j.decided_at < $1 AND \(isPublished)
            ORDER BY j.decided_at LIMIT $2 FOR UPDATE SKIP LOCKED
        ))
        """
    }

    var countJournal: String {
        "SELECT count(*) FROM \(schema("journal")) AS j WHERE j.decided_at < $1 AND \(isPublished)"
    }

    /// Words *not protected* that were learnt before `$1`, behind `$2` time and `$3` person; `$4` at most.
    var oldWords: String {
        """
        SELECT r.learnt_at, r.person FROM \(schema("register_words")) AS r
        WHERE NOT r.is_protected AND r.learnt_at < $1 AND (r.learnt_at, r.person) > ($2, $3)
        ORDER BY r.learnt_at, r.person LIMIT $4
        """
    }

    /// Locks `$1` aliases that nobody else has; tells which.
    var lockFreeAliases: String {
        """
        SELECT a.id, a.person FROM unnest($1::uuid[]) AS w(id) JOIN \(schema("aliases")) AS a ON a.id = w.id
        ORDER BY a.id FOR UPDATE OF a SKIP LOCKED
        """
    }

    /// Whether `w.person` may be forgotten: nothing protects them, nothing was learnt since `$1`, no contact is theirs.
    private var mayBeForgotten: String {
        """
        NOT EXISTS (SELECT 1 FROM \(schema("register_words")) AS o
            WHERE o.person = w.person AND (o.is_protected OR o.learnt_at >= $1))
        AND NOT EXISTS (SELECT 1 FROM \(schema("contacts")) AS k WHERE k.person = w.person)
        """
    }

    /// Those of `$2` persons that may be forgotten, of whom nothing was learnt since `$1`.
    var forgettable: String { "SELECT w.person FROM unnest($2::uuid[]) AS w(person) WHERE \(mayBeForgotten)" }

    /// `$1` persons: two statements.
    var forgetPersons: [String] {
        [
            "DELETE FROM \(schema("register_words")) AS r USING unnest($1::uuid[]) AS w(person) WHERE r.person = w.person",
            """
            DELETE FROM \(schema("aliases")) AS a USING unnest($1::uuid[]) AS w(person)
            WHERE a.person = w.person AND (a.person <> a.id OR a.id = w.person)
            """,
        ]
    }

    var countPersons: String {
        """
        SELECT count(DISTINCT w.person) FROM \(schema("register_words")) AS w
        WHERE NOT w.is_protected AND w.learnt_at < $1 AND \(mayBeForgotten)
        """
    }
}
