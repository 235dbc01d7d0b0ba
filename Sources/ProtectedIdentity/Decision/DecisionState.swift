/// A batch under decision: what was found, and what the records before have made of it.
struct DecisionState {
    let batch: RedactionBatch
    var contacts: [ContactKey: ContactRecord]
    var aliases: [PersonAlias: PersonID]
    var persons: [PersonID: Person]
    /// The contacts that were asked to be deleted, by the identity of what asks.
    let requested: [UUIDv5: RequestedContact]
    /// The contacts as they were before the batch.
    let found: [ContactKey: ContactRecord]
    var changes = Changes()
    private var journal: [EventKey: JournalRow]
    private var contactsByNumber: NumberIndex
    private var contactsByPerson: [PersonID: Set<ContactKey>]

    init(batch: RedactionBatch, snapshot: Snapshot) {
        self.batch = batch
        contacts = snapshot.contacts
        found = snapshot.contacts
        aliases = snapshot.aliases
        persons = snapshot.persons
        requested = snapshot.requested
        journal = snapshot.journal
        contactsByNumber = NumberIndex(snapshot.contacts.values)
        contactsByPerson = [:]
        for contact in snapshot.contacts.values {
            if let person = contact.person { contactsByPerson[person, default: []].insert(contact.key) }
        }
    }

    /// Decides one record, behind all that were decided before it.
    mutating func decide(_ record: IncomingRecord) -> Verdict {
        for key in record.journalKeys {
            guard let row = journal[key] else { continue }
            guard saysTheSame(record, as: row) else { return setAside(record) }
            if case .quarantined = row.outcome, record.redrives > row.redrives {
                return write(rule(record), for: record, under: key, replacing: true)
            }
            return repeated(row, record, under: key)
        }
        return write(rule(record), for: record, under: record.journalKeys[0])
    }

    /// Sets a record aside under its place, since its identity is another's.
    private mutating func setAside(_ record: IncomingRecord) -> Verdict {
        for key in record.placeKeys {
            if let row = journal[key] { return repeated(row, record, under: key) }
        }
        return write(quarantine(record, .identityReused), for: record, under: record.placeKeys[0])
    }

    private mutating func repeated(_ row: JournalRow, _ record: IncomingRecord, under key: EventKey) -> Verdict {
        guard row.home == home(of: record) else { return .duplicate }
        guard row.isUnpublished else { return .alreadyPublished }
        changes.moved.append((key, record.coordinates))
        return .publish(row.outcome)
    }

    private mutating func write(
        _ outcome: StoredOutcome, for record: IncomingRecord, under key: EventKey, replacing: Bool = false
    ) -> Verdict {
        let row = JournalRow(
            content: record.digest, outcome: outcome, home: home(of: record), isUnpublished: true,
            redrives: record.redrives)
        journal[key] = row
        changes.journal.append(Changes.Journal(key: key, row: row, replaces: replacing))
        return .publish(outcome)
    }

    private mutating func rule(_ record: IncomingRecord) -> StoredOutcome {
        if batch.refusedByStore.contains(record.coordinates) { return quarantine(record, .refusedByStore) }
        switch record.content {
        case .refused(let reason, _):
            return quarantine(record, reason)
        case .event(let event, let numbers):
            do {
                return try rule(event, numbers)
            } catch {
                return quarantine(record, error)
            }
        case .command(let command):
            do {
                return try rule(command, at: record.coordinates)
            } catch {
                return quarantine(record, error)
            }
        }
    }

    private func quarantine(_ record: IncomingRecord, _ reason: QuarantineReason) -> StoredOutcome {
        .quarantined(reason, attempts: record.redrives + 1, decidedAt: batch.decidedAt)
    }

    /// Where the row's key is gone from the ring nobody can tell, and the identity has to do.
    private func saysTheSame(_ record: IncomingRecord, as row: JournalRow) -> Bool {
        if row.content == record.digest || batch.keyring.matches(row.content, record.says) ?? true { return true }
        // A record that could not be read is the same when it can.
        guard case .quarantined = row.outcome else { return false }
        return batch.keyring.matches(row.content, record.raw) ?? true
    }

    private func home(of record: IncomingRecord) -> Home {
        Home(group: batch.group, coordinates: record.coordinates)
    }
}

// The registry as the records before have left it.
extension DecisionState {
    func contacts(of person: PersonID) -> Set<ContactKey> {
        contactsByPerson[person] ?? []
    }

    func contacts(near number: PersonalIdentityNumber, of tenant: TenantName) -> [ContactRecord] {
        contactsByNumber.candidates(for: number, of: tenant).compactMap { contacts[$0] }
    }

    /// Remembers that a contact is a person's.
    mutating func link(_ key: ContactKey, to person: PersonID) {
        guard let contact = contacts[key], contact.person != person else { return }
        if let earlier = contact.person { contactsByPerson[earlier]?.remove(key) }
        contactsByPerson[person, default: []].insert(key)
        contacts[key] = contact.with(person: person)
        changes.links[key] = person
    }

    /// Makes one person of two.
    mutating func merge(_ from: PersonID, into person: PersonID) {
        var merged = persons[person] ?? Person()
        let departed = persons.removeValue(forKey: from) ?? Person()
        merged.words.merge(departed.words) { $0.folded(with: $1) }
        merged.hasNumber = merged.hasNumber || departed.hasNumber
        persons[person] = merged
        for (alias, meant) in aliases where meant == from { aliases[alias] = person }
        for (alias, meant) in changes.aliases where meant == from { changes.aliases[alias] = person }
        for key in contactsByPerson.removeValue(forKey: from) ?? [] {
            contactsByPerson[person, default: []].insert(key)
            contacts[key] = contacts[key]?.with(person: person)
            if changes.links[key] != nil { changes.links[key] = person }
        }
        changes.persons[from] = nil
        changes.persons[person] = merged
        changes.merges.append((from, person))
    }

    /// Forgets a contact that is no more.
    mutating func remove(_ key: ContactKey) {
        if let person = contacts.removeValue(forKey: key)?.person { contactsByPerson[person]?.remove(key) }
    }

    /// Replaces what is known of a contact, and notes what the store has to do for it.
    mutating func change(_ contact: ContactRecord, _ change: Changes.Contact) {
        contacts[contact.key] = contact
        let clearsAlready = changes.contacts[contact.key]?.clears ?? false
        changes.contacts[contact.key] = Changes.Contact(
            clears: change.clears || clearsAlready, isMarked: change.isMarked)
    }
}

/// Finds the contacts whose stored number may be a given one; whether it is, only the number itself can tell.
private struct NumberIndex {
    /// By the last ten digits, which are all that a number's written forms have in common.
    private var places: [UInt64: [(key: ContactKey, country: CountryCode)]] = [:]

    init(_ contacts: some Collection<ContactRecord>) {
        places.reserveCapacity(contacts.count)
        for contact in contacts {
            guard let stored = contact.number?.reveal() else { continue }
            places[lastTenDigits(of: stored), default: []].append((contact.key, contact.country))
        }
    }

    func candidates(for number: PersonalIdentityNumber, of tenant: TenantName) -> [ContactKey] {
        guard let near = places[number.digits % 10_000_000_000] else { return [] }
        let country = CountryCode(number.country)
        return near.filter { $0.key.tenant == tenant && $0.country == country }.map(\.key).sorted()
    }
}

private func lastTenDigits(of stored: String) -> UInt64 {
    stored.utf8.reduce(0) { number, byte in
        (0x30...0x39).contains(byte) ? (number * 10 + UInt64(byte - 0x30)) % 10_000_000_000 : number
    }
}
