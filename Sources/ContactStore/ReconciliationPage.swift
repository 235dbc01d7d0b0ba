public import ProtectedIdentity

/// A page of the reconciliation.
public struct ReconciliationPage: Sendable, Hashable {
    /// Which contacts are looked at, and behind which one the page begins.
    public enum Start: Sendable, Hashable {
        /// All of them, by their keys.
        case all(after: ContactPlace?)
        /// Those that were changed at a moment or after it, by their times.
        case changed(since: Timestamp, after: ChangePlace?)
    }

    /// A contact's place in the order of the keys, in the store's own words: a company's table may hold keys and tenants that no
    /// event can name.
    public struct ContactPlace: Sendable, Hashable {
        /// Whose contact.
        public let tenant: String
        /// Its key.
        public let id: String

        /// The place of the contact `id` of `tenant`.
        public init(tenant: String, id: String) {
            self.tenant = tenant
            self.id = id
        }
    }

    /// A contact's place among those that were changed.
    public struct ChangePlace: Sendable, Hashable {
        /// When it was changed, in the store's own words.
        public let changedAt: String
        /// Which it is.
        public let contact: ContactPlace

        /// The place of `contact`.
        public init(changedAt: String, contact: ContactPlace) {
            self.changedAt = changedAt
            self.contact = contact
        }
    }

    /// Where it begins.
    public let start: Start
    /// How many contacts it has at most.
    public let limit: Int

    /// A page of up to `limit` contacts.
    public init(from start: Start, limit: Int) {
        self.start = start
        self.limit = max(1, limit)
    }

    /// The page's successor, where this one was full: behind the last contact that was found.
    public func next(behind last: ContactPlace?, changedAt: String?, found: Int) -> Start? {
        guard found >= limit, let last else { return nil }
        switch start {
        case .all: return .all(after: last)
        case .changed(let since, _):
            return changedAt.map { .changed(since: since, after: ChangePlace(changedAt: $0, contact: last)) }
        }
    }
}

/// What a look through a page has found.
public struct ScannedPage: Sendable, Hashable {
    /// How many contacts were looked at.
    public let count: Int
    /// Those for which there seems to be something to do.
    public let candidates: [ContactKey]
    /// Where the next page begins; nil where this was the last one.
    public let next: ReconciliationPage.Start?

    /// The result of a look.
    public init(count: Int, candidates: [ContactKey], next: ReconciliationPage.Start?) {
        self.count = count
        self.candidates = candidates
        self.next = next
    }
}
