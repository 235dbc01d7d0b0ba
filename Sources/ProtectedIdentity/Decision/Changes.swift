/// All that a store has to save for a batch, set by set.
public struct Changes: Sendable {
    /// A contact's new state.
    public struct Contact: Hashable, Sendable {
        /// Whether it is to be cleared. What was cleared is never restored.
        public var clears = false
        /// The mark that it is to carry.
        public var isMarked: Bool

        /// A contact that is to carry a mark or not.
        public init(clears: Bool = false, isMarked: Bool) {
            self.clears = clears
            self.isMarked = isMarked
        }
    }

    /// A journal row to write.
    public struct Journal: Hashable, Sendable {
        /// The event identity.
        public let key: EventKey
        /// The row, to stand in the slice of its home's partition.
        public let row: JournalRow
        /// Whether it takes the place of the row of an earlier attempt.
        public let replaces: Bool
    }

    /// Contacts to clear, mark or unmark.
    public var contacts: [ContactKey: Contact] = [:]
    /// Persons that turned out to be one: everything of the first now belongs to the second. In this order.
    public var merges: [(from: PersonID, into: PersonID)] = []
    /// New aliases.
    public var aliases: [PersonAlias: PersonID] = [:]
    /// Contacts to be remembered for a person.
    public var links: [ContactKey: PersonID] = [:]
    /// Persons whose registers have said something new; their complete words.
    public var persons: [PersonID: Person] = [:]
    /// Deletions to schedule, with their times; `nil` cancels one.
    public var deletions: [ContactKey: Timestamp?] = [:]
    /// Contacts to be deleted, with all that hangs on them, or made nobody's where the registry keeps its rows; and to be
    /// forgotten, but for the names of their persons.
    public var deleted: Set<ContactKey> = []
    /// Contacts that the registry no longer has, to be forgotten likewise.
    public var gone: Set<ContactKey> = []
    /// Journal rows to write.
    public var journal: [Journal] = []
    /// Rows whose outcome is published again by their home record: they move to this batch's slice.
    public var moved: [(key: EventKey, coordinates: RecordCoordinates)] = []

    /// Outcomes of contacts that were reconciled, to stand as owed until they are known to be published.
    public var owed: [SelectionDecision.Owed] = []

    init() {}

    /// Each person that was merged into another, with the one that is left in the end: a person that others were merged
    /// into may itself be merged later.
    public var mergeTargets: [PersonID: PersonID] {
        var targets: [PersonID: PersonID] = [:]
        for (from, into) in merges {
            for (earlier, target) in targets where target == from { targets[earlier] = into }
            targets[from] = into
        }
        return targets
    }
}

/// What a decided record leads to.
public enum Verdict: Hashable, Sendable {
    /// The outcome is to be published, with its commands.
    case publish(StoredOutcome)
    /// Nothing is: the same identity was or will be published from another record.
    case duplicate
    /// Nothing is: it has been published from here.
    case alreadyPublished
}
