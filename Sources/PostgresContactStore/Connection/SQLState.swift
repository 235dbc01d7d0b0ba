/// A SQLSTATE code (PostgreSQL's documentation, appendix A): five letters and digits, the first two of them its class.
///
/// It is all that is told of what a server reports: its messages quote values.
public struct SQLState: Hashable, Sendable, CustomStringConvertible {
    /// The five characters.
    public let code: String

    init(_ code: String) {
        self.code = code
    }

    /// The first two characters.
    public var errorClass: Substring { code.prefix(2) }

    /// The code.
    public var description: String { code }

    static let uniqueViolation = SQLState("23505")
    static let serializationFailure = SQLState("40001")
    static let deadlockDetected = SQLState("40P01")
    static let readOnlyTransaction = SQLState("25006")
    static let insufficientPrivilege = SQLState("42501")
    static let diskFull = SQLState("53100")
}
