/// A notice before a deletion: whom it is about, and the scheduled time that it tells. There is one for each schedule.
public struct DeletionNotice: Hashable, Sendable {
    /// Whom it is about.
    public let contact: ContactKey
    /// The scheduled time that it tells.
    public let deletionNotBefore: Timestamp

    /// The notice before the deletion of `contact`.
    public init(contact: ContactKey, deletionNotBefore: Timestamp) {
        self.contact = contact
        self.deletionNotBefore = deletionNotBefore
    }
}

/// What has to be known before notices can go out.
public struct NoticeLookup: Sendable {
    /// A tenant's contacts of one schedule, where a command names its contact by a pseudonym.
    public struct Schedule: Hashable, Sendable {
        /// Whose contacts.
        public let tenant: TenantName
        /// The scheduled time that they have in common.
        public let deletionNotBefore: Timestamp

        /// The contacts of `tenant` that may be deleted from `deletionNotBefore` on.
        public init(tenant: TenantName, deletionNotBefore: Timestamp) {
            self.tenant = tenant
            self.deletionNotBefore = deletionNotBefore
        }
    }

    /// Journal rows.
    public var journalKeys: Set<EventKey> = []
    /// Contacts by their key.
    public var contacts: Set<ContactKey> = []
    /// Contacts by their schedule.
    public var schedules: Set<Schedule> = []

    /// What to look up.
    public init(
        journalKeys: Set<EventKey> = [], contacts: Set<ContactKey> = [], schedules: Set<Schedule> = []
    ) {
        self.journalKeys = journalKeys
        self.contacts = contacts
        self.schedules = schedules
    }
}

/// What a store has found for notices.
public struct NoticeSnapshot: Sendable {
    /// Journal rows by their key.
    public var journal: [EventKey: JournalRow] = [:]
    /// The contacts that the registry has.
    public var recipients: [ContactKey: NoticeRecipient] = [:]

    /// Nothing found.
    public init() {}
}

/// What a notice needs to know of a contact.
public struct NoticeRecipient: Sendable {
    /// Its key.
    public let key: ContactKey
    /// Whether the store remembers it as protected.
    public let isProtected: Bool
    /// When it may be deleted, where that is scheduled.
    public let deletionNotBefore: Timestamp?
    /// The scheduled time of which the person is known to have been told.
    public let noticeSentFor: Timestamp?
    /// The e-mail address on file, in whatever form.
    public let email: Sensitive<String>?

    /// What a store has loaded of a contact.
    public init(
        key: ContactKey, isProtected: Bool, deletionNotBefore: Timestamp?, noticeSentFor: Timestamp?,
        email: Sensitive<String>?
    ) {
        self.key = key
        self.isProtected = isProtected
        self.deletionNotBefore = deletionNotBefore
        self.noticeSentFor = noticeSentFor
        self.email = email
    }
}
