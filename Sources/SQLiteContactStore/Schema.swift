internal import GRDB

/// The tables of the embedded registry, version by version. A migration that was released is never changed.
enum Schema {
    /// Marks the file as ours ("PIdc"), so that another application's database is never taken for an empty one of ours.
    static let applicationID: Int32 = 0x5049_6463

    /// Every version with its statements.
    static let versions: [(name: String, sql: String)] = [
        ("1 registry and journal", registryAndJournal), ("2 operations", operations),
        ("3 reconciliation", reconciliation), ("4 replays", replays),
    ]

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for version in versions {
            migrator.registerMigration(version.name) { database in
                try database.execute(sql: version.sql)
            }
        }
        return migrator
    }

    /// Personal values stand in `contact_details` alone, and that is so for the sake of their end.
    ///
    /// `secure_delete` zeroes what is deleted, but it forgets the copies that are left in the unused part of a page when
    /// rows move: after a page was split or merged, a value that was cleared later could still be read from the file. So
    /// these rows never move. They are only ever appended (an append fills a new page and copies nothing), never deleted,
    /// and a value is cleared by a blob of zeros of the same length, which SQLite writes over the old bytes in their
    /// place. A text is a value, a blob is one that was cleared.
    ///
    /// No index holds a number, for the same reason. `number_bucket` is the last ten digits modulo 65,521: some 600
    /// people who may have lived share one, so what is left of it in an index page tells nobody's number, while a
    /// look-up has to read about 15 rows of a million contacts.
    ///
    /// The journal has a rowid of its own beside the unique key. As a table WITHOUT ROWID its rows, with some 300 bytes
    /// each, would lie all over the tree: 1,000 of them took 100 ms where these take 30 (at 400,000 rows).
    private static let registryAndJournal = """
        PRAGMA application_id = \(applicationID);

        CREATE TABLE contact_details (
            id INTEGER PRIMARY KEY,
            number ANY,
            first_name ANY,
            last_name ANY,
            care_of ANY,
            street ANY,
            postal_code ANY,
            city ANY,
            email ANY,
            phone ANY
        ) STRICT;

        CREATE TABLE contacts (
            tenant TEXT NOT NULL,
            id TEXT NOT NULL,
            country TEXT NOT NULL,
            number_bucket INTEGER,
            is_protected INTEGER NOT NULL DEFAULT 0 CHECK (is_protected IN (0, 1)),
            person BLOB,
            deletion_not_before INTEGER,
            details INTEGER NOT NULL UNIQUE REFERENCES contact_details (id),
            last_import INTEGER,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            PRIMARY KEY (tenant, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX contacts_by_number ON contacts (tenant, country, number_bucket) WHERE number_bucket IS NOT NULL;
        CREATE INDEX contacts_by_person ON contacts (person) WHERE person IS NOT NULL;

        CREATE VIEW contact_list AS
            SELECT tenant, contacts.id AS contact_id, country, is_protected,
                CASE typeof(number) WHEN 'text' THEN number END AS number,
                CASE typeof(first_name) WHEN 'text' THEN first_name END AS first_name,
                CASE typeof(last_name) WHEN 'text' THEN last_name END AS last_name,
                CASE typeof(care_of) WHEN 'text' THEN care_of END AS care_of,
                CASE typeof(street) WHEN 'text' THEN street END AS street,
                CASE typeof(postal_code) WHEN 'text' THEN postal_code END AS postal_code,
                CASE typeof(city) WHEN 'text' THEN city END AS city,
                CASE typeof(email) WHEN 'text' THEN email END AS email,
                CASE typeof(phone) WHEN 'text' THEN phone END AS phone,
                deletion_not_before, number_bucket, person, created_at, updated_at
            FROM contacts JOIN contact_details ON contact_details.id = contacts.details;

        CREATE TABLE imports (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            imported_at INTEGER NOT NULL,
            contacts INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE unfinished_tasks (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

        CREATE TABLE aliases (
            kind INTEGER NOT NULL,
            digest BLOB NOT NULL,
            person BLOB NOT NULL,
            PRIMARY KEY (kind, digest)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX aliases_by_person ON aliases (person, kind);

        CREATE TABLE register_words (
            person BLOB NOT NULL,
            registry TEXT NOT NULL,
            observed_at INTEGER NOT NULL,
            is_protected INTEGER NOT NULL CHECK (is_protected IN (0, 1)),
            PRIMARY KEY (person, registry)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE journal (
            id INTEGER PRIMARY KEY,
            key BLOB NOT NULL UNIQUE CHECK (length(key) = 16),
            content BLOB NOT NULL,
            outcome BLOB NOT NULL,
            home_group TEXT NOT NULL,
            home_topic TEXT NOT NULL,
            home_partition INTEGER NOT NULL,
            home_offset INTEGER NOT NULL,
            slice INTEGER NOT NULL,
            redrives INTEGER NOT NULL,
            decided_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE unpublished_slices (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            group_id TEXT NOT NULL,
            topic TEXT NOT NULL,
            partition INTEGER NOT NULL,
            first_offset INTEGER NOT NULL,
            last_offset INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE progress (
            group_id TEXT NOT NULL,
            topic TEXT NOT NULL,
            partition INTEGER NOT NULL,
            applied_to INTEGER NOT NULL,
            PRIMARY KEY (group_id, topic, partition)
        ) STRICT, WITHOUT ROWID;
        """

    /// A request and a notice each hold for one schedule, so a schedule that is dropped or set anew ends them by itself. An
    /// owed message that needs a schedule is no longer true without it. What was learnt before this version counts from the
    /// upgrade on.
    private static let operations = """
        ALTER TABLE contacts ADD COLUMN deletion_requested_for INTEGER;
        ALTER TABLE contacts ADD COLUMN deletion_request BLOB;
        ALTER TABLE contacts ADD COLUMN notice_sent_for INTEGER;
        CREATE INDEX contacts_due ON contacts (deletion_not_before, tenant, id)
            WHERE deletion_not_before IS NOT NULL AND deletion_requested_for IS NOT deletion_not_before;
        CREATE INDEX contacts_unscheduled ON contacts (tenant, id) WHERE is_protected AND deletion_not_before IS NULL;
        CREATE INDEX contacts_by_request ON contacts (deletion_request) WHERE deletion_request IS NOT NULL;

        CREATE TABLE owed_messages (
            id BLOB PRIMARY KEY,
            tenant TEXT NOT NULL,
            contact_id TEXT NOT NULL,
            schedule INTEGER,
            message BLOB NOT NULL,
            leased_until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX owed_messages_by_lease ON owed_messages (leased_until);

        ALTER TABLE register_words ADD COLUMN learnt_at INTEGER NOT NULL DEFAULT 0;
        UPDATE register_words SET learnt_at = unixepoch() * 1000000;
        CREATE INDEX register_words_by_age ON register_words (learnt_at, person) WHERE NOT is_protected;
        CREATE INDEX journal_by_age ON journal (decided_at);
        """

    private static let reconciliation = """
        CREATE INDEX contacts_by_change ON contacts (updated_at, tenant, id);
        CREATE TABLE reconciliations (id INTEGER PRIMARY KEY CHECK (id = 1), begun_at INTEGER NOT NULL) STRICT;
        """

    /// A row for each partition that an unfinished replay reads; and a row for each gap that nobody has closed.
    private static let replays = """
        CREATE TABLE replays (
            id TEXT NOT NULL,
            group_id TEXT NOT NULL,
            request BLOB NOT NULL,
            begun_at INTEGER NOT NULL,
            topic TEXT NOT NULL,
            partition INTEGER NOT NULL,
            first_offset INTEGER NOT NULL,
            end_offset INTEGER NOT NULL,
            PRIMARY KEY (id, topic, partition)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE gaps (
            group_id TEXT NOT NULL,
            topic TEXT NOT NULL,
            partition INTEGER NOT NULL,
            first_offset INTEGER NOT NULL,
            end_offset INTEGER NOT NULL,
            PRIMARY KEY (group_id, topic, partition, first_offset)
        ) STRICT, WITHOUT ROWID;
        """
}
