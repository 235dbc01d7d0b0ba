/// What the scheduled selection needs to know of a protected contact. Nothing of the person.
public struct ScheduledContact: Hashable, Sendable {
    /// Its key.
    public let key: ContactKey
    /// Whether the registry still has it.
    public let exists: Bool
    /// Whether the store remembers it as protected.
    public let isProtected: Bool
    /// When it may be deleted, where that is scheduled.
    public let deletionNotBefore: Timestamp?
    /// The scheduled time of which the person is known to have been told. One of an earlier schedule counts for nothing.
    public let noticeSentFor: Timestamp?

    /// What a store has loaded of a contact.
    public init(
        key: ContactKey, exists: Bool, isProtected: Bool, deletionNotBefore: Timestamp?, noticeSentFor: Timestamp?
    ) {
        self.key = key
        self.exists = exists
        self.isProtected = isProtected
        self.deletionNotBefore = deletionNotBefore
        self.noticeSentFor = noticeSentFor
    }
}
