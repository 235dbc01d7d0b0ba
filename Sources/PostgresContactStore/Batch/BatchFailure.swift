internal import ContactStore
internal import ProtectedIdentity

/// Why a batch's transaction came to nothing.
enum BatchFailure: Error {
    /// Something has changed between looking and locking, or another worker was first: the same again, at once.
    case again
    /// Likewise, and these are to be locked with the rest from the beginning.
    case againLocking(Locks)
    /// The server or the connection.
    case postgres(PostgresError)
    /// What the store has to say itself.
    case store(StoreError)
}

/// What a transaction locks: names of persons, and contacts.
struct Locks: Sendable {
    var aliases: Set<PersonAlias> = []
    var contacts: Set<ContactKey> = []

    mutating func formUnion(_ other: Locks) {
        aliases.formUnion(other.aliases)
        contacts.formUnion(other.contacts)
    }
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
