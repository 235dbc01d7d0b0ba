/// Where a map and the database disagree.
public struct MapProblem: Sendable, Hashable, CustomStringConvertible {
    /// The key of the configuration that leads to it.
    public let key: String
    /// What is wrong, in the map's own terms.
    public let problem: String
    /// The way out: SQL that would mend it, or what to write instead.
    public let advice: String
    /// Whether the worker could run all the same.
    public let isWarning: Bool

    /// The key of the whole map.
    public static let root = "store.contacts"

    init(_ key: String, _ problem: String, _ advice: String, isWarning: Bool = false) {
        self.key = key
        self.problem = problem
        self.advice = advice
        self.isWarning = isWarning
    }

    /// One line.
    public var description: String { "\(key): \(problem). \(advice)" }
}
