public import ProtectedIdentity

/// A page of the scheduled selection.
public struct SelectionPage: Sendable, Hashable {
    /// Behind which contact a page begins.
    public enum Start: Sendable, Hashable {
        /// Contacts that are due, by their times; nil: from the first.
        case due(after: DuePlace?)
        /// Protected contacts without a schedule, by their keys, for policies that have become `delete`; nil: from the first.
        case unscheduled(after: ContactKey?)
    }

    /// A contact's place among those that are due.
    public struct DuePlace: Sendable, Hashable {
        /// When it may be deleted.
        public let notBefore: Timestamp
        /// Which it is.
        public let key: ContactKey

        /// The place of the contact `key`.
        public init(notBefore: Timestamp, key: ContactKey) {
            self.notBefore = notBefore
            self.key = key
        }
    }

    /// Where it begins.
    public let start: Start
    /// How many contacts it has at most.
    public let limit: Int

    /// A page of up to `limit` contacts.
    public init(from start: Start = .due(after: nil), limit: Int) {
        self.start = start
        self.limit = max(1, limit)
    }
}

/// What a page of the selection has come to.
public struct SelectedPage: Sendable {
    /// What is to be published now; the caller's until its lease is over.
    public let messages: [OwedMessage]
    /// How many contacts met what.
    public let counts: SelectionCounts
    /// Where the next page of the same kind begins; nil where this was the last one.
    public let next: SelectionPage.Start?

    /// The result of a page.
    public init(messages: [OwedMessage], counts: SelectionCounts, next: SelectionPage.Start?) {
        self.messages = messages
        self.counts = counts
        self.next = next
    }
}

/// How much stands as not known to be published.
public struct OwedCounts: Sendable, Hashable {
    /// Slices of workers, those in flight included.
    public let slices: Int
    /// Messages of operations, likewise.
    public let messages: Int

    /// Counts of both.
    public init(slices: Int, messages: Int) {
        self.slices = slices
        self.messages = messages
    }
}

extension SelectionPage {
    /// The page behind this one, where this one was full. Contacts may have been left out, so it is told from what was found.
    public func next(behind last: ScheduledContact?, found: Int) -> Start? {
        guard found >= limit, let last else { return nil }
        switch start {
        case .due:
            guard let notBefore = last.deletionNotBefore else { return nil }
            return .due(after: DuePlace(notBefore: notBefore, key: last.key))
        case .unscheduled: return .unscheduled(after: last.key)
        }
    }
}
