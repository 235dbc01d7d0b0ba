/// Where a map and the database disagree.
public struct MapProblem: Sendable, Hashable, CustomStringConvertible {
    /// The key of the configuration that leads to it.
    public let key: String
    /// What is wrong, in the map's own terms.
    public let problem: String
    /// The way out: SQL that would mend it, or what to write instead.
    public let advice: String
    /// How bad it is.
    public enum Severity: Sendable, Hashable {
        /// It could not work.
        case wrong
        /// It would work, and every batch would read a whole table.
        case slow
        /// It works, and deserves a look.
        case warning
    }

    /// How bad it is.
    public let severity: Severity
    /// Whether the worker could run all the same.
    public var isWarning: Bool { severity == .warning }

    /// The key of the whole map.
    public static let root = "store.contacts"

    init(_ key: String, _ problem: String, _ advice: String, _ severity: Severity = .wrong) {
        self.key = key
        self.problem = problem
        self.advice = advice
        self.severity = severity
    }

    /// One line.
    public var description: String { "\(key): \(problem). \(advice)" }
}
