public import ProtectedIdentity

/// What a registry tells somebody who changes nothing: where it stands, and what is known of an event or a contact. No personal
/// value is in any answer.
public protocol RegistryInspection: Sendable {
    /// How much there is to do.
    func backlog(at now: Timestamp) throws(StoreError) -> RegistryBacklog

    /// What the journal has of an event; nil where it has never met it, or has forgotten it.
    ///
    /// - Parameter keys: under which the journal may know it, as ``ProtectedIdentity/DigestKeyring/eventKeys(of:)`` has them.
    func journalRow(_ keys: [EventKey]) throws(StoreError) -> JournalRow?

    /// What is known of a contact.
    ///
    /// - Parameter reconciliation: the keys by which a contact is recognised that nobody has linked to a person yet.
    func standing(of contact: ContactKey, _ reconciliation: Reconciliation) throws(StoreError) -> ContactStanding
}

/// How much a registry has to do.
public struct RegistryBacklog: Sendable, Hashable {
    /// Contacts whose notice is over and whose deletion nobody has asked for yet.
    public let deletionsDue: Int
    /// What is not known to be published.
    public let owed: OwedCounts
    /// What groups are beyond, and nothing is known of.
    public let gaps: [PartitionGap]
    /// The replays that have not come to their end, the oldest first.
    public let replays: [ReplayProgress]

    /// A backlog.
    public init(deletionsDue: Int, owed: OwedCounts, gaps: [PartitionGap] = [], replays: [ReplayProgress] = []) {
        self.deletionsDue = deletionsDue
        self.owed = owed
        self.gaps = gaps
        self.replays = replays
    }
}

/// How far a replay is that has not come to its end: it runs, or waits for `--resume`.
public struct ReplayProgress: Sendable, Hashable {
    /// Its name.
    public let id: String
    /// The topics that it reads.
    public let topics: [String]
    /// When it began.
    public let begunAt: Timestamp
    /// Offsets that are applied, of ``total``.
    public let read: Int64
    /// Offsets that it is to read.
    public let total: Int64

    /// A replay's progress.
    public init(id: String, topics: [String], begunAt: Timestamp, read: Int64, total: Int64) {
        self.id = id
        self.topics = topics
        self.begunAt = begunAt
        self.read = read
        self.total = total
    }
}

/// What is known of a contact, without a personal value.
public struct ContactStanding: Sendable, Hashable {
    /// The three times that a deletion has.
    public struct Deletion: Sendable, Hashable {
        /// When it may be deleted, where that is scheduled.
        public let notBefore: Timestamp?
        /// For which schedule the deletion was asked for.
        public let requestedFor: Timestamp?
        /// For which schedule the person is known to have been told.
        public let noticeSentFor: Timestamp?

        /// A deletion's times.
        public init(notBefore: Timestamp? = nil, requestedFor: Timestamp? = nil, noticeSentFor: Timestamp? = nil) {
            self.notBefore = notBefore
            self.requestedFor = requestedFor
            self.noticeSentFor = noticeSentFor
        }
    }

    /// Whether the registry has it.
    public let exists: Bool
    /// Whether it bears the mark.
    public let isMarked: Bool
    /// Which of the fields to clear hold something.
    public let holding: Set<ClearableField>
    /// What each register has last said of its person; empty where nobody is remembered.
    public let registers: [String: ProtectionStatus]
    /// When it may be deleted, and what has come of that.
    public let deletion: Deletion

    /// What is known of a contact.
    ///
    /// - Parameters:
    ///   - snapshot: what was found of it and of the persons that it may be.
    public init(of contact: ContactKey, in snapshot: Snapshot, deletion: Deletion) {
        let record = snapshot.contacts[contact]
        exists = record != nil
        isMarked = record?.mark == .standing
        holding = record?.holding ?? []
        var words: [String: RegisterWord] = [:]
        for person in snapshot.persons.values { words.merge(person.words) { $0.folded(with: $1) } }
        registers = words.mapValues(\.status)
        self.deletion = deletion
    }
}
