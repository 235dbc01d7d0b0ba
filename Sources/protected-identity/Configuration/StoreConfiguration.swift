/// Where the contact registry is, and how long event identities are remembered in it.
struct StoreConfiguration: Sendable, Equatable {
    /// Which store, and where.
    enum Location: Sendable, Equatable {
        /// The embedded registry, in this file.
        case sqlite(path: String)
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

    private static func readLocation(_ reading: inout ConfigurationReading) -> Location? {
        let key = "store.url"
        let form = "Write sqlite:///PATH, like sqlite:///var/lib/protected-identity/contacts.sqlite"
        guard let url = reading.text(key)?.text else {
            reading.problem(key, "is required", form)
            return nil
        }
        // The URL is not quoted in any problem: one of PostgreSQL may hold a password.
        if url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") {
            reading.problem(key, "PostgreSQL is not available in this version", form)
        } else if !url.hasPrefix("sqlite:") {
            reading.problem(key, "is not the URL of a store", form)
        } else if !url.hasPrefix("sqlite:///") {
            reading.problem(key, "three slashes come before the path, which is absolute", form)
        } else if url.hasSuffix("/") || url.contains("?") || url.contains("#") {
            reading.problem(key, "does not end with the name of a file", form)
        } else {
            // An absolute path with a slash too many, as some tools write it, is the same file.
            return .sqlite(path: "/" + url.dropFirst("sqlite://".count).drop { $0 == "/" })
        }
        return nil
    }
}
