/// What a batch needs to know before it can be decided. Every list holds each thing once, sorted where a store locks.
public struct Lookup: Sendable {
    /// A number to be looked for among a tenant's contacts, in every written form.
    public struct Number: Hashable, Sendable {
        /// Whose contacts.
        public let tenant: TenantName
        /// Which number.
        public let number: PersonalIdentityNumber

        /// A number to look for among the contacts of `tenant`.
        public init(tenant: TenantName, number: PersonalIdentityNumber) {
            self.tenant = tenant
            self.number = number
        }

        /// Hashes the number alone: hardly anybody is looked for in two tenants of one batch.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(number)
        }
    }

    /// Journal rows.
    public var journalKeys: Set<EventKey> = []
    /// Contacts by their key.
    public var contacts: Set<ContactKey> = []
    /// Contacts by a number.
    public var numbers: Set<Number> = []
    /// Persons by an alias, and with a person all contacts that are remembered for them.
    public var aliases: Set<PersonAlias> = []

    /// Contacts by what asked for their deletion.
    public var requests: Set<UUIDv5> = []

    /// Nothing.
    public init() {}

    /// Adds what another one asks for.
    public mutating func formUnion(_ other: Lookup) {
        journalKeys.formUnion(other.journalKeys)
        contacts.formUnion(other.contacts)
        numbers.formUnion(other.numbers)
        aliases.formUnion(other.aliases)
        requests.formUnion(other.requests)
    }
}

/// What a store remembers of a contact that was asked to be deleted.
public struct RequestedContact: Hashable, Sendable {
    /// Its key.
    public let key: ContactKey
    /// The person that it is remembered for.
    public let person: PersonID?
    /// The scheduled time that was over when it was asked for.
    public let schedule: Timestamp
    /// The scheduled time of which the person is known to have been told.
    public let noticeSentFor: Timestamp?

    /// A contact that was asked to be deleted, since `schedule` was over.
    public init(key: ContactKey, person: PersonID?, schedule: Timestamp, noticeSentFor: Timestamp?) {
        self.key = key
        self.person = person
        self.schedule = schedule
        self.noticeSentFor = noticeSentFor
    }
}

/// What a store has found.
public struct Snapshot: Sendable {
    /// Journal rows by their key.
    public var journal: [EventKey: JournalRow] = [:]
    /// Contacts by key, by number and by person.
    public var contacts: [ContactKey: ContactRecord] = [:]
    /// Which person an alias means: the aliases that were looked up, and all others of the persons found.
    public var aliases: [PersonAlias: PersonID] = [:]
    /// The persons.
    public var persons: [PersonID: Person] = [:]
    /// Contacts by what asked for their deletion, those that the registry no longer has among them.
    public var requested: [UUIDv5: RequestedContact] = [:]

    /// Nothing found.
    public init() {}
}

/// What the journal keeps of an event identity.
public struct JournalRow: Hashable, Sendable {
    /// What the event said.
    public let content: ContentDigest
    /// What became of it.
    public let outcome: StoredOutcome
    /// The only record that may publish that.
    public let home: Home
    /// Whether the row's slice still stands as unpublished.
    public let isUnpublished: Bool
    /// How often the record had been put back from the quarantine when it was decided.
    public let redrives: Int

    /// A row of the journal.
    public init(content: ContentDigest, outcome: StoredOutcome, home: Home, isUnpublished: Bool, redrives: Int) {
        self.content = content
        self.outcome = outcome
        self.home = home
        self.isUnpublished = isUnpublished
        self.redrives = redrives
    }
}
