extension Registry {
    /// What somebody would write who has nothing else in mind: clear the customers of a batch by their numbers, and their
    /// addresses, and journal the events. No look-up of what is known, no other contacts of the person, no decision, no lock
    /// order, no outcome to publish, no answer.
    ///
    /// - Parameter everything: whether it also remembers persons and contacts, so that every table is left with the rows that
    ///   the store leaves.
    static func byHand(size: Int, everything: Bool) -> String {
        """
        WITH place AS MATERIALIZED (
            SELECT nextval('benchmark.next') AS first, setval('benchmark.next', currval('benchmark.next') + \(size), false)
        ), events AS MATERIALIZED (
            SELECT n, p.national_id, e.form, md5('person' || n)::uuid AS person
            FROM place, LATERAL generate_series(first + 1, first + \(size)) AS n
            JOIN benchmark.people AS p ON p.customer_id = n,
            LATERAL (VALUES (p.national_id), (substr(p.national_id, 3, 6) || '-' || substr(p.national_id, 9))) AS e(form)
        ), cleared AS (
            UPDATE benchmark.customer AS c SET national_id = NULL, first_name = NULL, last_name = '-', street = NULL,
                postal_code = NULL, city = NULL, protected_identity = true, updated_at = now()
            FROM events WHERE c.tenant = 'nordic-sport' AND c.national_id = events.form
            RETURNING c.tenant, c.customer_id, events.person
        ), addresses AS (
            UPDATE benchmark.delivery_address AS d SET recipient = NULL, street = NULL, postal_code = NULL, city = NULL
            FROM cleared WHERE d.customer_id = cleared.customer_id RETURNING 1
        )\(everything ? remembering : "")
        INSERT INTO benchmark_worker.journal (key, content, outcome, home_group, home_topic, home_partition, home_offset,
            slice, redrives, decided_at)
        SELECT md5('event' || n)::uuid, decode(repeat(md5(n::text), 2), 'hex'), decode(repeat(md5(n::text), 8), 'hex'),
            'workers', 'events', 0, n, 1, 0, now()
        FROM events WHERE form = national_id ON CONFLICT (key) DO NOTHING;
        """
    }

    private static let remembering = """
        , names AS (
            INSERT INTO benchmark_worker.aliases (id, digest, kind, person)
            SELECT person, decode(repeat(md5(n::text), 2), 'hex'), 0, person FROM events WHERE form = national_id
            ON CONFLICT (id) DO NOTHING
        ), words AS (
            INSERT INTO benchmark_worker.register_words (person, registry, observed_at, is_protected)
            SELECT person, 'SPAR', now(), true FROM events WHERE form = national_id
            ON CONFLICT (person, registry) DO UPDATE SET observed_at = excluded.observed_at
        ), contacts AS (
            INSERT INTO benchmark_worker.contacts (tenant, contact_id, person, is_protected)
            SELECT tenant, customer_id::text, person, true FROM cleared
            ON CONFLICT (tenant, contact_id) DO UPDATE SET is_protected = true
        )
        """

    /// Without this the statement reads whole tables at small batches, and would be no match.
    static let planner = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off"
}
