public import ProtectedIdentity

/// A page of the purge of persons.
public struct PersonPage: Sendable, Hashable {
    /// A person's place among those whom the registers have called not protected.
    public struct Place: Sendable, Hashable {
        /// When a register's word was learnt.
        public let learntAt: Timestamp
        /// Of whom.
        public let person: PersonID

        /// The place of `person`.
        public init(learntAt: Timestamp, person: PersonID) {
            self.learntAt = learntAt
            self.person = person
        }
    }

    /// Before which moment the latest word must have been learnt.
    public let learntBefore: Timestamp
    /// Where the page begins; nil: with the oldest.
    public let start: Place?
    /// How many words it looks at, at most.
    public let limit: Int

    /// A page of up to `limit` words.
    public init(learntBefore: Timestamp, from start: Place? = nil, limit: Int) {
        self.learntBefore = learntBefore
        self.start = start
        self.limit = max(1, limit)
    }

    /// The page behind `place`.
    public func next(from place: Place) -> PersonPage {
        PersonPage(learntBefore: learntBefore, from: place, limit: limit)
    }
}

/// What a page of the purge of persons has come to.
public struct PurgedPersons: Sendable, Hashable {
    /// How many persons are forgotten.
    public let count: Int
    /// Where the next page begins; nil where this was the last one.
    public let next: PersonPage.Place?

    /// The result of a page.
    public init(count: Int, next: PersonPage.Place?) {
        self.count = count
        self.next = next
    }
}

/// How much the purge would forget.
public struct PurgeableCounts: Sendable, Hashable {
    /// Journal rows.
    public let journalRows: Int
    /// Persons.
    public let persons: Int

    /// Counts of both.
    public init(journalRows: Int, persons: Int) {
        self.journalRows = journalRows
        self.persons = persons
    }
}
