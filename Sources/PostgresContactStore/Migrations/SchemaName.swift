/// The schema of the worker's own tables.
public struct SchemaName: Hashable, Sendable, CustomStringConvertible {
    /// The name, letter by letter.
    public let name: String

    /// Fails unless the name is 1 to 63 small letters, digits and underscores, the first of them a letter.
    public init?(_ name: String) {
        let bytes = name.utf8
        guard (1...63).contains(bytes.count), let first = bytes.first, (0x61...0x7A).contains(first),
            bytes.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }),
            !name.hasPrefix("pg_")
        else { return nil }
        self.name = name
    }

    private init(valid name: String) {
        self.name = name
    }

    /// `protected_identity`.
    public static let standard = SchemaName(valid: "protected_identity")

    /// One of the worker's tables or functions, in SQL.
    func callAsFunction(_ thing: String) -> String { "\(quoted(name)).\(quoted(thing))" }

    /// The name.
    public var description: String { name }
}
