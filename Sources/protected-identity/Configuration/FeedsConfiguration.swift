import ProtectedIdentity
import RegisterFeeds

/// What stands where in lists that are fed: `feed csv` and `feed jsonl`.
struct FeedsConfiguration: Sendable, Equatable {
    /// The names and values.
    var mapping: FieldMapping
    /// Whose numbers stand in them; unset: `--country` says so.
    var country: Country?

    /// Reads the section; nil where something is wrong, which is noted.
    static func read(_ reading: inout ConfigurationReading) -> FeedsConfiguration? {
        let before = reading.problems.count
        let encoding: FeedEncoding? = reading.choice("feeds.encoding")
        let separator = reading.value("feeds.separator", expected: "one of , ; tab and pipe", parse: separator)
        let country: Country? = reading.choice("feeds.country")
        let mapping = FieldMapping(
            number: reading.name("feeds.number"), otherNumbers: reading.list("feeds.otherNumbers"),
            contactID: reading.name("feeds.contactId"), status: reading.name("feeds.status"),
            observedAt: reading.name("feeds.observedAt"), protectedValues: reading.list("feeds.protected"),
            notProtectedValues: reading.list("feeds.notProtected"), encoding: encoding ?? .utf8,
            separator: separator ?? UInt8(ascii: ","))
        let both = Set(mapping.protectedValues).intersection(mapping.notProtectedValues)
        if !both.isEmpty {
            reading.problem(
                "feeds.notProtected", "holds values that feeds.protected holds too",
                "Name each value once; one that is named nowhere means protected")
        }
        let names = mapping.names
        if Set(names).count < names.count {
            reading.problem("feeds.status", "two keys name the same column", "Give each a column of its own")
        }
        return reading.problems.count == before ? FeedsConfiguration(mapping: mapping, country: country) : nil
    }

    /// What is missing for lists to be read.
    var missing: [String] {
        (mapping.status == nil ? ["feeds.status"] : [])
            + (mapping.number == nil && mapping.contactID == nil ? ["feeds.number or feeds.contactId"] : [])
    }

    private static func separator(_ text: String) -> UInt8? {
        switch text {
        case "tab", "\t", "\\t": UInt8(ascii: "\t")
        case "pipe", "|": UInt8(ascii: "|")
        case ",", ";": text.utf8.first
        default: nil
        }
    }
}

extension ConfigurationReading {
    /// The name of a column, if there is one.
    fileprivate mutating func name(_ key: String) -> String? {
        value(key, expected: "the name of a column, or of a member") { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
    }

    /// Values, separated by commas.
    fileprivate mutating func list(_ key: String) -> [String] {
        (text(key)?.text ?? "").split(separator: ",").map { $0.trimming(while: \.isWhitespace) }.filter { !$0.isEmpty }
    }
}
