/// What follows from a page of the scheduled selection, to be saved in one transaction.
public struct SelectionDecision: Sendable {
    /// A message to be published, the contact that it is about, and the schedule without which it is no longer true.
    public struct Owed: Hashable, Sendable {
        /// What is to be published.
        public let message: OwedMessage
        /// Whom it is about, by the registry's own key.
        public let contact: ContactKey
        /// The scheduled time that has to stand for the message to be published; nil where it is true anyhow.
        public let schedule: Timestamp?
    }

    /// Schedules to set, or to drop where nil.
    public var deletions: [ContactKey: Timestamp?] = [:]
    /// Contacts to mark as asked to be deleted.
    public var requests: [ContactKey: DeletionRequest] = [:]
    /// What is to be published, and stands as owed until it is known to be.
    public var owed: [Owed] = []
    /// How many contacts met what.
    public var counts = SelectionCounts()

    init() {}

    mutating func owe(_ message: OwedMessage, of contact: ContactKey, schedule: Timestamp?) {
        owed.append(Owed(message: message, contact: contact, schedule: schedule))
    }
}

/// The mark that a contact was asked to be deleted. It holds for one schedule: where that is dropped or set anew, it lapses
/// by itself.
public struct DeletionRequest: Hashable, Sendable {
    /// The `ce_id` of the request.
    public let id: UUIDv5
    /// The scheduled time that was over.
    public let schedule: Timestamp
}

/// How many contacts of a selection met what.
public struct SelectionCounts: Hashable, Sendable {
    /// Asked to be deleted.
    public var requested = 0
    /// Scheduled for a deletion with its notice, since the tenant's policy has become `delete`.
    public var scheduled = 0
    /// Off the schedule, since the tenant's policy has become `keep`.
    public var cancelled = 0
    /// Due, but nobody knows that the person has been told.
    public var unnotified = 0
    /// Off the schedule, since the registry no longer has them or they are no longer protected.
    public var gone = 0
    /// Left as they are.
    public var left = 0

    /// Nothing counted.
    public init() {}

    /// The sums.
    public static func + (first: Self, second: Self) -> Self {
        var sum = first
        sum.requested += second.requested
        sum.scheduled += second.scheduled
        sum.cancelled += second.cancelled
        sum.unnotified += second.unnotified
        sum.gone += second.gone
        sum.left += second.left
        return sum
    }
}
