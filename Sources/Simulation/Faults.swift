/// What may go wrong in a simulated world.
public enum Fault: String, Sendable, CaseIterable {
    /// A process dies and comes back.
    case crash
    /// A process stands still, often for longer than its session, and goes on as if nothing had happened.
    case pause
    /// A worker leaves in good order, and another comes later.
    case restart
    /// The store fails before it begins.
    case storeRefused
    /// The store fails before it commits, and rolls back.
    case storeRolledBack
    /// The store commits, and nobody is told.
    case storeReplyLost
    /// The broker refuses a request of a transaction.
    case requestRefused
    /// The producer meets a fatal error.
    case producerFatal
    /// Nobody knows whether a transaction was committed.
    case commitReplyLost
    /// The broker does not tell where a partition stands.
    case lookUpRefused
}
