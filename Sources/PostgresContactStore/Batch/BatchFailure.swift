internal import ContactStore

/// Why a batch's transaction came to nothing.
enum BatchFailure: Error {
    /// Something has changed between looking and locking, or another worker was first: the same again, at once.
    case again
    /// The server or the connection.
    case postgres(PostgresError)
    /// What the store has to say itself.
    case store(StoreError)
}

extension PostgresConnection {
    /// Runs statements of a batch in one round trip.
    mutating func run(_ statements: [Statement]) throws(BatchFailure) -> [PostgresResult] {
        do throws(PostgresError) {
            return try run(statements, deadline: PostgresContactStore.deadline)
        } catch {
            throw .postgres(error)
        }
    }
}
