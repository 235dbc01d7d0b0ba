/// A batch under decision: what was found, and what the records before have made of it.
struct DecisionState {
    let batch: RedactionBatch
    var contacts: ContactTable
    var aliases: [PersonAlias: PersonID]
    var persons: [PersonID: Person]
    /// The contacts that were asked to be deleted, by the identity of what asks.
    let requested: [UUIDv5: RequestedContact]
    var changes = Changes()
    /// What the journal knew before the batch.
    private let journal: [EventKey: JournalRow]
    /// The latest rows that the batch itself has written, by where they stand in ``changes``.
    private var written: [EventKey: Int] = [:]
    /// Most contacts hold the same fields.
    private var lastHeld: (fields: Set<ClearableField>, inOrder: [ClearableField]) = ([], [])

    init(batch: RedactionBatch, snapshot: Snapshot) {
        self.batch = batch
        contacts = ContactTable(snapshot.contacts)
        aliases = snapshot.aliases
        persons = snapshot.persons
        requested = snapshot.requested
        journal = snapshot.journal
        // Most records meet another person with a contact each: what is filled one by one would be moved at every turn.
        let (records, found) = (batch.records.count, min(batch.records.count, snapshot.contacts.count))
        written.reserveCapacity(records)
        changes.journal.reserveCapacity(records)
        aliases.reserveCapacity(aliases.count + records)
        persons.reserveCapacity(persons.count + records)
        changes.aliases.reserveCapacity(records)
        changes.persons.reserveCapacity(records)
        changes.links.reserveCapacity(found)
        changes.contacts.reserveCapacity(found)
    }

    /// Decides one record, behind all that were decided before it.
    mutating func decide(_ record: IncomingRecord) -> Verdict {
        for key in record.journalKeys {
            guard let row = row(key) else { continue }
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
            if let row = row(key) { return repeated(row, record, under: key) }
        }
        return write(quarantine(record, .identityReused), for: record, under: record.placeKeys[0])
    }

    /// What the journal knows by now.
    private func row(_ key: EventKey) -> JournalRow? {
        written[key].map { changes.journal[$0].row } ?? journal[key]
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
        written[key] = changes.journal.count
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
    /// Remembers that a contact is a person's.
    mutating func link(_ place: ContactTable.Place, to person: PersonID) {
        if contacts.link(place, to: person) { changes.links[contacts.key(place)] = person }
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
        for place in contacts.merge(from, into: person) {
            let key = contacts.key(place)
            if changes.links[key] != nil { changes.links[key] = person }
        }
        changes.persons[from] = nil
        changes.persons[person] = merged
        changes.merges.append((from, person))
    }

    /// Replaces what is known of a contact, and notes what the store has to do for it.
    mutating func change(_ place: ContactTable.Place, to contact: ContactRecord, _ change: Changes.Contact) {
        contacts.replace(place, with: contact)
        let clearsAlready = changes.contacts[contact.key]?.clears ?? false
        changes.contacts[contact.key] = Changes.Contact(
            clears: change.clears || clearsAlready, isMarked: change.isMarked)
    }

    /// The contract's own fields in its order, then those that a field map adds.
    mutating func inOrder(_ fields: Set<ClearableField>) -> [ClearableField] {
        if fields != lastHeld.fields {
            let own = [ClearableField.name, .address, .personalIdentityNumber].filter(fields.contains)
            lastHeld = (fields, own.count == fields.count ? own : own + fields.subtracting(own).sorted())
        }
        return lastHeld.inOrder
    }
}
