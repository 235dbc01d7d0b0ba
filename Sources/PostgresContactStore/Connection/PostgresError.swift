/// Why the server or the connection did not do as asked. It holds codes and names of the database's own things, never a
/// value and never a server's message, which may quote one.
struct PostgresError: Error, Hashable, Sendable, CustomStringConvertible {
    enum Kind: Hashable, Sendable {
        /// No connection could be made; the text is libpq's, which knows no value yet.
        case unreachable(String)
        /// The connection broke: whether a commit under way has happened, nobody knows.
        case lost
        /// No answer within the deadline; the connection was given up.
        case deadline
        /// The server refuses a statement.
        case server(SQLState)
        /// The answer is not what the statement promises: another layout of the tables, or a defect of this program.
        case unexpected(String)
    }

    let kind: Kind
    /// The table that the server names, `schema.table`, where it does.
    var table: String?
    /// The column or constraint that the server names, where it does.
    var detail: String?

    init(_ kind: Kind, table: String? = nil, detail: String? = nil) {
        self.kind = kind
        self.table = table
        self.detail = detail
    }

    var state: SQLState? {
        if case .server(let state) = kind { state } else { nil }
    }

    /// Whether a row that was to be new is there already, in one of the worker's own tables: another worker was first.
    func isConflict(in schema: SchemaName) -> Bool {
        state == .uniqueViolation && table?.hasPrefix("\(schema).") == true
    }

    var description: String {
        let place = [table.map { "table \($0)" }, detail].compactMap { $0 }.joined(separator: ", ")
        let suffix = place.isEmpty ? "" : " (\(place))"
        return switch kind {
        case .unreachable(let text): text
        case .lost: "the connection to the server broke"
        case .deadline: "the server did not answer in time"
        case .server(let state): "the server reports SQLSTATE \(state)\(suffix)"
        case .unexpected(let text): text
        }
    }
}
