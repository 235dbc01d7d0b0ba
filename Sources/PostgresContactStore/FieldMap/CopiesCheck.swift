/// Looks for what keeps a copy of cleared values outside the tables themselves: triggers that may write history, logical
/// replication, archived logs, and a server log that shows parameters. Warnings all: only their owner can judge them.
struct CopiesCheck {
    let catalog: Catalog

    func findings(_ connection: inout PostgresConnection) throws(PostgresError) -> [MapProblem] {
        let results = try connection.run(
            [
                Statement(Self.triggers, arrays: [catalog.oids]), Statement(Self.publications, arrays: [catalog.oids]),
                Statement(Self.settings), Statement(Self.slots),
                Statement(Self.rules, arrays: [catalog.oids]),
            ], deadline: .seconds(30))
        var findings: [MapProblem] = []
        func warn(_ problem: String, _ advice: String) {
            findings.append(MapProblem(MapProblem.root, problem, advice, .warning))
        }
        for row in results[0].rows {
            let (table, name) = (results[0].text(row, 0) ?? "", results[0].text(row, 1) ?? "")
            warn(
                "trigger \(name) fires when a contact in \(table) is cleared, and may keep the old values",
                "Look at what it writes; a history table is to be mapped, or cleared by its owner")
        }
        for row in results[4].rows {
            let (table, name) = (results[4].text(row, 0) ?? "", results[4].text(row, 1) ?? "")
            warn(
                "rule \(name) rewrites changes of \(table), and may keep the old values",
                "Look at what it writes; a history table is to be mapped, or cleared by its owner")
        }
        for row in results[1].rows {
            let (table, name) = (results[1].text(row, 0) ?? "", results[1].text(row, 1) ?? "")
            let identity =
                results[1].boolean(row, 2) ? ", old values included (REPLICA IDENTITY FULL)" : ""
            warn(
                "publication \(name) sends every change of \(table) to its subscribers\(identity)",
                "See to it that each subscriber clears what it keeps")
        }
        var values: [String: String] = [:]
        for row in results[2].rows { values[results[2].text(row, 0) ?? ""] = results[2].text(row, 1) }
        if Self.logsParameters(values) {
            warn(
                "the server logs statements with their parameters, among them the numbers that are looked for",
                "As superuser: ALTER ROLE \(catalog.role) SET log_parameter_max_length = 0;")
        }
        // A role that may not see which modules are loaded sees their settings.
        for module in ["auto_explain", "pgaudit"] where values.keys.contains(where: { $0.hasPrefix(module + ".") }) {
            warn("\(module) is loaded and may log parameters", "Keep it from logging parameters for this role")
        }
        if values["archive_mode", default: "off"] != "off" {
            warn(
                "the write-ahead log is archived: what is cleared now stands in it until the archive expires",
                "Let archives and base backups expire as your retention says")
        }
        for row in results[3].rows {
            let name = results[3].text(row, 0) ?? ""
            warn(
                "replication slot \(name) keeps the write-ahead log, old values included, until it is read",
                "Drop a slot that nobody reads: SELECT pg_drop_replication_slot('\(name)');")
        }
        return findings
    }

    private static func logsParameters(_ values: [String: String]) -> Bool {
        let isLogged =
            ["mod", "all"].contains(values["log_statement", default: "none"])
            || values["log_min_duration_statement", default: "-1"] != "-1"
            || values["log_min_duration_sample", default: "-1"] != "-1"
            || values["log_transaction_sample_rate", default: "0"] != "0"
        return isLogged && values["log_parameter_max_length", default: "-1"] != "0"
    }

    /// The tables and their partitions.
    private static let mapped = """
        SELECT id::oid FROM unnest($1::bigint[]) AS w(id)
        UNION SELECT p.relid FROM unnest($1::bigint[]) AS w(id) CROSS JOIN LATERAL pg_partition_tree(w.id::oid::regclass) AS p
        """
    private static let rules = """
        SELECT r.ev_class::regclass::text, r.rulename::text FROM pg_catalog.pg_rewrite r
        WHERE r.ev_class IN (\(mapped)) AND r.ev_type IN ('2', '4') AND r.ev_enabled <> 'D' ORDER BY 1, 2
        """
    private static let triggers = """
        SELECT t.tgrelid::regclass::text, t.tgname::text FROM pg_catalog.pg_trigger t
        WHERE t.tgrelid IN (\(mapped)) AND NOT t.tgisinternal
            AND t.tgenabled <> 'D' AND t.tgname <> \(literal(Guard.trigger)) ORDER BY 1, 2
        """
    private static let publications = """
        SELECT c.oid::regclass::text, p.pubname::text, c.relreplident = 'f' FROM pg_catalog.pg_publication_tables p
        JOIN pg_catalog.pg_namespace n ON n.nspname = p.schemaname
        JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename
        WHERE c.oid IN (\(mapped)) ORDER BY 1, 2
        """
    private static let settings = """
        SELECT name, setting FROM pg_catalog.pg_settings WHERE name IN ('log_statement', 'log_min_duration_statement',
            'log_min_duration_sample', 'log_transaction_sample_rate', 'log_parameter_max_length', 'archive_mode')
            OR name LIKE 'pgaudit.%' OR name LIKE 'auto_explain.%'
        """
    private static let slots = "SELECT slot_name::text FROM pg_catalog.pg_replication_slots WHERE NOT active ORDER BY 1"
}
