public import ProtectedIdentity

/// The names of the topics that the worker writes.
public struct OutgoingTopics: Sendable, Hashable {
    /// What became of each event.
    public var outcomes: String
    /// Commands for the notification workers.
    public var notifications: String
    /// Commands for the deletion workers.
    public var deletions: String
    /// Records that were set aside.
    public var quarantine: String

    /// Four topics; the defaults are the contract's.
    public init(
        outcomes: String = "protected-identity.outcomes", notifications: String = "protected-identity.notifications",
        deletions: String = "protected-identity.deletions", quarantine: String = "protected-identity.quarantine"
    ) {
        self.outcomes = outcomes
        self.notifications = notifications
        self.deletions = deletions
        self.quarantine = quarantine
    }

    /// All four.
    public var all: [String] {
        [outcomes, notifications, deletions, quarantine]
    }

    /// The topic of a destination.
    public subscript(destination: EncodedMessage.Destination) -> String {
        switch destination {
        case .outcomes: outcomes
        case .notifications: notifications
        case .deletions: deletions
        case .quarantine: quarantine
        }
    }
}
