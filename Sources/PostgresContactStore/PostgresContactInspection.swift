public import ContactStore

/// What an operator wants to know of a registry in PostgreSQL before a worker runs on it, taken beside workers that may be
/// running. It changes nothing.
public struct PostgresContactInspection: Sendable {
    /// The server, its version, and whether the connection is encrypted.
    public let server: String
    /// Whether the connection is encrypted.
    public let isEncrypted: Bool
    /// The version of the worker's own tables, or what is wrong with them.
    public let layout: Result<Int, StoreError>
    /// Where the map and the tables disagree, and what may keep copies of cleared values.
    public let findings: [MapProblem]
    /// Whether the guard's triggers are installed.
    public let isGuarded: Bool
    /// How many slices are not known to be published; nil where the worker's tables cannot be read.
    public let unpublished: Int?
    /// How many rows bear the id of each digest key, as ``ContactStore/digestKeyUse()`` has it.
    public let digestKeyUse: [String: Int]

    /// Looks into the registry.
    ///
    /// - Throws: ``StoreError`` where the server cannot be reached or does not let this role in.
    public init(_ settings: PostgresContactStore.Settings) throws(StoreError) {
        let failure = StoreFailure(target: settings.target)
        self = try failure.translating { () throws(PostgresError) in try Self(settings, failure) }
    }

    private init(_ settings: PostgresContactStore.Settings, _ failure: StoreFailure) throws(PostgresError) {
        var connection = try PostgresContactStore.connect(settings)
        let version = connection.serverVersion
        server = "\(settings.target.masked): PostgreSQL \(version / 10_000).\(version % 10_000)"
        isEncrypted = connection.isEncrypted
        let catalog = try Catalog.read(settings.map, &connection)
        var check = MapCheck(
            settings.map, catalog: catalog, schema: settings.schema, deletion: settings.deletes ? .warning : nil)
        check.checkTables()
        try check.checkConstants(&connection)
        if version < 130_000 {
            check.note("table", "the server is older than PostgreSQL 13", "Upgrade it")
        }
        if try connection.run([Statement("SELECT pg_is_in_recovery()")], deadline: .seconds(30))[0].boolean(0, 0) {
            check.findings.append(
                MapProblem(
                    "store.url", "the server is a read-only standby",
                    "Name the primary, or several hosts and target_session_attrs=read-write"))
        }
        if let fault = try Migrator.fault(&connection, schema: settings.schema) {
            layout = .failure(.unusable(fault))
            (unpublished, digestKeyUse) = (nil, [:])
        } else {
            layout = .success(Migration.all.count)
            let before = check.findings.count
            try check.checkOwnTables(&connection)
            (unpublished, digestKeyUse) =
                check.findings.count == before ? try Self.contents(settings.schema, &connection) : (nil, [:])
        }
        findings = check.findings + (try CopiesCheck(catalog: catalog).findings(&connection))
        let triggers = try connection.run(
            [
                Statement(
                    "SELECT count(*) FROM pg_catalog.pg_trigger WHERE tgname = \(literal(Guard.trigger)) "
                        + "AND tgrelid::bigint = ANY ($1::bigint[]) AND tgenabled <> 'D'", arrays: [catalog.oids])
            ], deadline: .seconds(30))
        isGuarded = triggers[0].integer(0, 0) == Set(settings.map.tables).count
    }

    private static func contents(
        _ schema: SchemaName, _ connection: inout PostgresConnection
    ) throws(PostgresError) -> (Int?, [String: Int]) {
        let results = try connection.run(
            [
                Statement("SELECT count(*) FROM \(schema("unpublished_slices"))"),
                Statement(OwnSQL(schema: schema).digestKeyUse),
            ], deadline: .seconds(600))
        let use = results[1].rows.map { (results[1].text($0, 0) ?? "", Int(results[1].integer($0, 1))) }
        return (Int(results[0].integer(0, 0)), Dictionary(use, uniquingKeysWith: +))
    }
}
