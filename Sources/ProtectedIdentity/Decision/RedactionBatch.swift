/// A batch of records to be decided in order, in one durable step: the same decision for every store.
///
/// A store asks for the look-ups, loads what they name, locks it, has the batch decided and saves the changes. It
/// decides nothing itself.
public struct RedactionBatch: Sendable {
    /// The consumer group that read the records.
    public let group: String
    /// The records, in the order in which they are decided.
    public let records: [IncomingRecord]
    /// When the batch is decided; one reading of the clock for all of it.
    public let decidedAt: Timestamp
    /// Records that the store has refused for good.
    public let refusedByStore: Set<RecordCoordinates>
    /// Contacts that are looked at without an event; see ``Reconciliation``.
    public let reconciled: [ContactKey]
    /// What became of commands to notify.
    public let notices: [RecordCoordinates: NoticeResult]
    let policies: TenantPolicies
    let keyring: DigestKeyring
    let today: CalendarDate
    let pseudonymiser: Pseudonymiser
    /// The events' numbers with their digests, which contacts bear as well: all that ``lookup()`` asks for.
    private let digested: [Lookup.Number: DigestedNumber]

    /// A batch as read by `group`.
    public init(
        group: String, records: [IncomingRecord], decidedAt: Timestamp, policies: TenantPolicies,
        keyring: DigestKeyring, refusedByStore: Set<RecordCoordinates> = [], reconciled: [ContactKey] = [],
        notices: [RecordCoordinates: NoticeResult] = [:]
    ) {
        self.notices = notices
        self.reconciled = reconciled
        self.group = group
        self.records = records
        self.decidedAt = decidedAt
        self.refusedByStore = refusedByStore
        self.policies = policies
        self.keyring = keyring
        today = decidedAt.date
        pseudonymiser = Pseudonymiser(keyring: keyring)
        var digested: [Lookup.Number: DigestedNumber] = [:]
        digested.reserveCapacity(records.count)
        for record in records {
            guard case .event(let event, let numbers) = record.content, !refusedByStore.contains(record.coordinates)
            else { continue }
            for number in numbers.usable {
                digested[Lookup.Number(tenant: event.tenant, number: number.number)] = number
            }
        }
        self.digested = digested
    }

    /// What to load first: everything that the records name themselves.
    public func lookup() -> Lookup {
        var lookup = Lookup()
        lookup.journalKeys.reserveCapacity(records.count)
        lookup.numbers.reserveCapacity(records.count)
        lookup.aliases.reserveCapacity(records.count)
        for key in reconciled {
            lookup.contacts.insert(key)
            lookup.aliases.formUnion(keyring.aliases(of: key))
        }
        for record in records {
            lookup.journalKeys.formUnion(record.journalKeys)
            // What the store has refused may be the very look-up of it.
            if refusedByStore.contains(record.coordinates) { continue }
            if case .command(let command) = record.content, let request = command.request {
                lookup.requests.insert(request)
            }
            if case .dropped(let notice, _) = notices[record.coordinates] { lookup.contacts.insert(notice.contact) }
            guard case .event(let event, let numbers) = record.content else { continue }
            for digested in numbers.usable {
                lookup.numbers.insert(Lookup.Number(tenant: event.tenant, number: digested.number))
                lookup.aliases.formUnion(digested.aliases)
            }
            if let id = event.contactID {
                let key = ContactKey(tenant: event.tenant, id: id)
                lookup.contacts.insert(key)
                lookup.aliases.formUnion(keyring.aliases(of: key))
            }
        }
        return lookup
    }

    /// What to load besides, now that the contacts are found that were asked to be deleted.
    public func lookup(behind requested: some Sequence<RequestedContact>) -> Lookup {
        var lookup = Lookup()
        for contact in requested {
            lookup.contacts.insert(contact.key)
            lookup.aliases.formUnion(keyring.aliases(of: contact.key))
        }
        return lookup
    }

    /// The journal rows to load besides, now that those of the identities are found: a record whose identity is known, or
    /// stands twice in the batch, may turn out to bear another's, and is then known by its place.
    public func places(behind journal: [EventKey: JournalRow]) -> Set<EventKey> {
        var places: Set<EventKey> = []
        var seen: Set<EventKey> = []
        seen.reserveCapacity(records.count)
        for record in records {
            let isKnown = record.journalKeys.contains { journal[$0] != nil }
            let isFirst = seen.insert(record.journalKeys[0]).inserted
            if isKnown || !isFirst { places.formUnion(record.placeKeys) }
        }
        return places
    }

    /// What to load besides, now that contacts are found: the other contacts and the persons behind their own numbers, where
    /// ``lookup()`` has not asked for them.
    public func lookup(after contacts: some Sequence<ContactRecord>) -> Lookup {
        var lookup = Lookup()
        for contact in contacts {
            guard let number = ownNumber(of: contact) else { continue }
            // Nearly every contact bears the number that led to it.
            let own = Lookup.Number(tenant: contact.key.tenant, number: number.number)
            if digested[own] != nil { continue }
            lookup.numbers.insert(own)
            lookup.aliases.formUnion(number.aliases)
        }
        return lookup
    }

    /// The aliases under which contacts are remembered while the registry does not know them.
    public func aliases(of contacts: some Sequence<ContactKey>) -> Set<PersonAlias> {
        Set(contacts.flatMap(keyring.aliases(of:)))
    }

    /// The decision over what was found. Pure: the same snapshot gives the same decision.
    public func decide(_ snapshot: Snapshot) -> Decision {
        var state = DecisionState(batch: self, snapshot: snapshot)
        let verdicts = records.map { state.decide($0) }
        for key in reconciled {
            guard let outcome = state.reconcile(key), let message = OwedMessage(outcome: outcome) else { continue }
            state.changes.owed.append(SelectionDecision.Owed(message: message, contact: key, schedule: nil))
        }
        return Decision(verdicts: verdicts, changes: state.changes)
    }

    /// The number that a contact bears, where it can be read in one way only.
    func ownNumber(of contact: ContactRecord) -> DigestedNumber? {
        guard
            let stored = contact.number?.reveal(),
            let country = contact.country.served,
            let number = PersonalIdentityNumber.unmistakable(stored: stored, country: country, today: today)
        else { return nil }
        return digested[Lookup.Number(tenant: contact.key.tenant, number: number)]
            ?? DigestedNumber(number, tenant: contact.key.tenant, keyring: keyring)
    }
}

/// What a batch leads to.
public struct Decision: Sendable {
    /// What to publish for each record, in the batch's order.
    public let verdicts: [Verdict]
    /// What to save.
    public let changes: Changes
}

extension DigestKeyring {
    /// The aliases under which a contact's id is remembered while the registry does not know it.
    func aliases(of contact: ContactKey) -> [PersonAlias] {
        keys.map { PersonAlias(.contact, PersonDigest(contact.id, tenant: contact.tenant, key: $0)) }
    }
}
