import PostgresContactStore

/// Where the contact registry is, and how long event identities are remembered in it.
struct StoreConfiguration: Sendable, Equatable {
    /// Which store, and where.
    enum Location: Sendable, Equatable {
        /// The embedded registry, in this file.
        case sqlite(path: String)
        /// A company's tables in PostgreSQL.
        case postgres(PostgresContactStore.Settings)
    }

    var location: Location
    var journalRetention: Duration

    /// Reads the section; nil where something required is missing or wrong, which is noted.
    static func read(_ reading: inout ConfigurationReading) -> StoreConfiguration? {
        let location = readLocation(&reading)
        let retention = reading.duration("store.journalRetention", from: .seconds(1))
        guard let location, let retention else { return nil }
        return StoreConfiguration(location: location, journalRetention: retention)
    }

    private static let key = "store.url"
    private static let forms = """
        Write postgres://USER@HOST/DATABASE, or sqlite:///PATH, like sqlite:///var/lib/protected-identity/contacts.sqlite
        """

    private static func readLocation(_ reading: inout ConfigurationReading) -> Location? {
        guard let value = reading.sources.value(of: key), !value.text.isEmpty else {
            reading.problem(key, "is required", forms)
            return nil
        }
        let url = value.text
        if url.hasPrefix("postgres:") || url.hasPrefix("postgresql:") { return readPostgres(url, &reading) }
        reading.note(EffectiveValue(name: key, text: url, isSecret: false, origin: value.origin))
        for name in reading.sources.names(under: "\(FieldMapReading.root).", whole: true).prefix(1) {
            reading.problem(
                "\(FieldMapReading.root).\(name)", "belongs to PostgreSQL, and store.url names another store",
                "Remove store.contacts")
        }
        return readSQLite(url, &reading)
    }

    private static func readPostgres(_ url: String, _ reading: inout ConfigurationReading) -> Location? {
        var target: ConnectionTarget?
        do throws(ConnectionTarget.InvalidURI) {
            let parsed = try ConnectionTarget(uri: url)
            reading.note(
                EffectiveValue(name: key, text: parsed.masked, isSecret: false, origin: reading.sources.origin(of: key))
            )
            target = parsed
        } catch {
            // The URL is not quoted: it may hold a password.
            reading.problem(
                key, "is not a connection URI that libpq can read",
                "\(forms). In a password, write / ? @ : and % as %2F %3F %40 %3A and %25, or leave it to PGPASSWORD")
        }
        let schema = reading.value("store.schema", expected: "small letters, digits and _, beginning with a letter") {
            SchemaName($0)
        }
        let map = FieldMapReading.read(&reading)
        guard let target, let schema, let map else { return nil }
        return .postgres(PostgresContactStore.Settings(target: target, schema: schema, map: map))
    }

    private static func readSQLite(_ url: String, _ reading: inout ConfigurationReading) -> Location? {
        if !url.hasPrefix("sqlite:") {
            reading.problem(key, "is not the URL of a store", forms)
        } else if !url.hasPrefix("sqlite:///") {
            reading.problem(key, "three slashes come before the path, which is absolute", forms)
        } else if url.hasSuffix("/") || url.contains("?") || url.contains("#") {
            reading.problem(key, "does not end with the name of a file", forms)
        } else {
            // An absolute path with a slash too many, as some tools write it, is the same file.
            return .sqlite(path: "/" + url.dropFirst("sqlite://".count).drop { $0 == "/" })
        }
        return nil
    }
}
