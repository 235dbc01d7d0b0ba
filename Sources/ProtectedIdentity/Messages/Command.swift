/// What a downstream worker is asked to do with one contact.
public struct Command: Sendable, Hashable {
    /// What is asked.
    public enum Action: Sendable, Hashable {
        /// Tell the person that the contact will be deleted, and from when on. The notice never says why.
        case requestNotification(
            template: String, termsUrl: String, supportContact: String, deletionNotBefore: Timestamp)
        /// Delete the contact: the notice period is over.
        case requestDeletion
        /// Do not delete it: the protection was lifted.
        case cancelDeletion
    }

    /// The template of the notice before a deletion.
    public static let deletionNotice = "deletion-notice"

    /// The reason for which a deletion is asked, the only one that there is.
    public static let deletionReason = "protected-identity"

    /// The contact's key, in published form.
    public var contactID: ContactID
    /// What is asked.
    public var action: Action

    /// A command on one contact.
    public init(contactID: ContactID, action: Action) {
        self.contactID = contactID
        self.action = action
    }

    /// The type of the command.
    public var commandType: CommandType {
        switch action {
        case .requestNotification: .notificationRequested
        case .requestDeletion: .deletionRequested
        case .cancelDeletion: .deletionCancelled
        }
    }

    /// The CloudEvents type of the command.
    public var type: String { commandType.rawValue }
}

/// The CloudEvents types of commands.
public enum CommandType: String, Sendable, Hashable, CaseIterable {
    /// Tell the person.
    case notificationRequested = "protected-identity.notification.requested.v1"
    /// Delete the contact.
    case deletionRequested = "protected-identity.deletion.requested.v1"
    /// Do not delete it.
    case deletionCancelled = "protected-identity.deletion.cancelled.v1"
}
