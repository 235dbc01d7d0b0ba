/// What goes wrong in a simulated world: thrown in by chance, or come about by itself.
public enum Fault: String, Sendable, CaseIterable {
    // Processes.
    /// A process dies and comes back.
    case crash
    /// A process stands still, often for longer than its session, and goes on as if nothing had happened.
    case pause
    /// A worker leaves in good order, and another comes later.
    case restart

    // The store.
    /// The store fails before it begins.
    case storeRefused
    /// The store fails before it commits, and rolls back: a deadlock, a serialization failure.
    case storeRolledBack
    /// The store commits, and nobody is told.
    case storeReplyLost
    /// The store is away for seconds.
    case storeOutage
    /// A worker's transaction runs while another one is in the middle of its own.
    case storeOverlap

    // Kafka.
    /// The broker refuses a request of a transaction.
    case requestRefused
    /// A request of a transaction takes seconds.
    case requestDelayed
    /// The producer meets a fatal error.
    case producerFatal
    /// Nobody knows whether a transaction was committed.
    case commitReplyLost
    /// The group takes no offsets from a member any more, and does not tell it why.
    case offsetsRefused
    /// The broker does not tell where a partition stands.
    case lookUpRefused
    /// The group's coordinator moves: for a while nobody keeps the group.
    case groupCoordinatorMove
    /// The transactions' coordinator moves: for a while none begins or ends.
    case transactionCoordinatorMove

    // People.
    /// The group is stopped, its offsets are moved back, and it is started again.
    case offsetsMovedBack
    /// Records are read again, beside the live group.
    case replay
    /// An older copy of the store takes its place.
    case storeRestored
    /// The events topic is deleted, and another one made under its name.
    case topicMadeAnew

    // What comes about by itself.
    /// Partitions are taken from a worker in the middle of its transaction.
    case revokedInTransaction
    /// A worker sends offsets while the group knows it by no name.
    case emptyMemberID
    /// A transaction meets the locks of another one.
    case lockMet
    /// The same identity stands at two places in the topic.
    case identityTwice
    /// An event comes after one that its register said later.
    case lateEvent
    /// The store refuses a record for good.
    case poison
}

/// Which faults strike, and which records are fed: all that the seed has in store, or a selection of it.
public struct FaultPlan: Hashable, Sendable {
    /// A fault at one of its opportunities, which are counted for each fault from 1.
    public struct Strike: Hashable, Comparable, Sendable, CustomStringConvertible {
        /// What strikes.
        public let fault: Fault
        /// At which of its opportunities.
        public let opportunity: Int

        /// The fault and its opportunity, such as `crash 2`.
        public var description: String { "\(fault.rawValue) \(opportunity)" }

        /// By fault, then by opportunity.
        public static func < (left: Strike, right: Strike) -> Bool {
            (left.fault.rawValue, left.opportunity) < (right.fault.rawValue, right.opportunity)
        }
    }

    /// The faults that strike; `nil` leaves it to chance.
    public var strikes: Set<Strike>?
    /// The records that are fed, by their place in the feed; `nil` means all.
    public var records: Set<Int>?

    /// Everything that the seed has in store.
    public init() {}
}
