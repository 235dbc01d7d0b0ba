// Who is meant, what is now known of them, and what follows for their contacts.
extension DecisionState {
    /// Fold, then enforce.
    mutating func rule(_ event: StatusEvent, _ numbers: EventNumbers) throws(QuarantineReason) -> StoredOutcome {
        guard let policy = batch.policies[event.tenant] else { throw .unknownTenant }
        let isAhead = try isAheadOfTheClock(event)
        guard event.country.served != nil || event.contactID != nil else {
            return .decided(outcome(.notApplicable, of: event, traces: numbers.traces))
        }
        if event.contactID == nil, let error = numbers.error { throw QuarantineReason(error) }

        let meant = try whoIsMeant(by: event, numbers: event.country.served == nil ? [] : numbers.usable)
        let person = remember(meant)
        let isOlder = fold(event, isAhead: isAhead, into: person)
        // Who bears the only name of a person is found by it. Where a person has other names, all have to be remembered:
        // the next event may use another one.
        let hasOtherNames = meant.aliases.count > 1 || meant.needsLink || !contacts.places(of: person).isEmpty
        for place in hasOtherNames ? meant.contacts : [] { link(place, to: person) }
        let places = all(meant, of: person)

        var enforcement = Enforcement()
        var type: OutcomeType
        if persons[person]?.isProtected == true {
            for place in places { protect(place, of: person, under: policy, &enforcement) }
            type = .redacted
        } else {
            for place in places { lift(place, &enforcement) }
            type = .protectionLifted
        }
        if places.isEmpty {
            type = .unmatched
        } else if enforcement.changed.isEmpty {
            type = isOlder ? .superseded : .unchanged
        }
        let told = enforcement.changed.isEmpty ? places : enforcement.changed
        let traces = traces(of: event, numbers, contacts: told)
        var outcome = outcome(type, of: event, traces: traces)
        outcome.contactIDs = told.map { batch.pseudonymiser.published(contacts.key($0).id, traces: traces) }
        if type == .redacted {
            outcome.cleared = inOrder(enforcement.cleared)
            outcome.deletion = enforcement.deletion
        }
        let commands = enforcement.commands.map { key, action in
            Command(contactID: batch.pseudonymiser.published(key.id, traces: traces), action: action)
        }
        return .decided(outcome, commands: commands)
    }

    /// The contacts that are meant and those that are the person's, in the order of their keys.
    func all(_ meant: Meant, of person: PersonID) -> [ContactTable.Place] {
        var all = meant
        all.insert(contacts.places(of: person))
        return contacts.sorted(all.contacts)
    }

    /// An outcome that tells of no contact yet.
    private func outcome(_ type: OutcomeType, of event: StatusEvent, traces: NumberTraces) -> OutcomeMessage {
        OutcomeMessage(
            type: type, tenant: event.tenant, contactIDs: [],
            event: batch.pseudonymiser.reference(for: event, traces: traces), decidedAt: batch.decidedAt)
    }

    /// Whether a protection's time lies so far ahead of the clock that it would outrank everything that the register says
    /// until then.
    private func isAheadOfTheClock(_ event: StatusEvent) throws(QuarantineReason) -> Bool {
        guard event.observedAt > batch.decidedAt.adding(StatusEvent.clockTolerance) else { return false }
        guard event.status == .protected else { throw .implausibleTime }
        return true
    }

    /// Adds a register's word, and tells whether a later one was known. One that is ahead of the clock counts as of now, and
    /// is acted on: what is known and lies a little ahead itself does not outrank it.
    private mutating func fold(_ event: StatusEvent, isAhead: Bool, into id: PersonID) -> Bool {
        guard var person = persons[id] else { return false }
        let known = person.words[event.registry]
        let time = isAhead ? max(batch.decidedAt, known?.observedAt ?? batch.decidedAt) : event.observedAt
        let word = RegisterWord(observedAt: time, status: event.status)
        let standing = known.map { $0.folded(with: word) } ?? word
        if standing != known {
            person.words[event.registry] = standing
            persons[id] = person
            changes.persons[id] = person
        }
        return known.map { $0.observedAt > time } ?? false
    }

    /// Clears and marks contacts of a protected person; nil where they are clear and marked.
    mutating func enforce(
        protectionOf person: PersonID, on places: [ContactTable.Place], because event: StatusEvent,
        under policy: TenantPolicy
    ) -> StoredOutcome? {
        var enforcement = Enforcement()
        for place in places { protect(place, of: person, under: policy, &enforcement) }
        guard !enforcement.changed.isEmpty else { return nil }
        let numbers = EventNumbers(of: event, today: batch.today, keyring: batch.keyring)
        let traces = traces(of: event, numbers, contacts: enforcement.changed)
        let outcome = OutcomeMessage(
            type: .redacted, tenant: event.tenant,
            contactIDs: enforcement.changed.map { batch.pseudonymiser.published(contacts.key($0).id, traces: traces) },
            event: batch.pseudonymiser.reference(for: event, traces: traces), decidedAt: batch.decidedAt,
            cleared: inOrder(enforcement.cleared), deletion: enforcement.deletion)
        let commands = enforcement.commands.map { key, action in
            Command(contactID: batch.pseudonymiser.published(key.id, traces: traces), action: action)
        }
        return .decided(outcome, commands: commands)
    }

    private mutating func protect(
        _ place: ContactTable.Place, of person: PersonID, under policy: TenantPolicy, _ enforcement: inout Enforcement
    ) {
        guard let contact = contacts[place], contact.mark != .standing || !contact.holding.isEmpty else { return }
        let key = contact.key
        link(place, to: person)
        enforcement.changed.append(place)
        enforcement.cleared =
            enforcement.cleared.isEmpty ? contact.holding : enforcement.cleared.union(contact.holding)
        var notBefore = contact.deletionNotBefore
        if case .delete(let noticePeriod, let termsUrl, let supportContact, _, _) = policy {
            let scheduled = notBefore ?? batch.decidedAt.adding(noticePeriod)
            if notBefore == nil {
                changes.deletions[key] = .some(scheduled)
                let notice = Command.Action.requestNotification(
                    template: Command.deletionNotice, termsUrl: termsUrl, supportContact: supportContact,
                    deletionNotBefore: scheduled)
                enforcement.commands.append((key, notice))
            }
            notBefore = scheduled
            enforcement.deletion = .delete(notBefore: scheduled)
        }
        change(
            place, to: contact.cleared(person: person, deletion: notBefore),
            Changes.Contact(clears: true, isMarked: true))
    }

    private mutating func lift(_ place: ContactTable.Place, _ enforcement: inout Enforcement) {
        guard let contact = contacts[place], contact.mark != .absent else { return }
        let key = contact.key
        enforcement.changed.append(place)
        if contact.deletionNotBefore != nil {
            changes.deletions[key] = .some(nil)
            enforcement.commands.append((key, .cancelDeletion))
        }
        change(place, to: contact.unmarked(), Changes.Contact(isMarked: false))
    }
}

/// What was done to the contacts of one person because of one event.
private struct Enforcement {
    var changed: [ContactTable.Place] = []
    var cleared: Set<ClearableField> = []
    var deletion = DeletionPlan.keep
    var commands: [(key: ContactKey, action: Command.Action)] = []
}

// Thrown while a record is ruled on: the record is set aside for this reason.
extension QuarantineReason: Error {
    fileprivate init(_ error: NumberError) {
        self =
            switch error {
            case .malformed: .malformedNumber
            case .unsupported: .unsupportedNumber
            }
    }
}

extension ContactRecord {
    func with(person: PersonID) -> ContactRecord {
        ContactRecord(
            key: key, country: country, number: number, mark: mark, holding: holding, person: person,
            deletionNotBefore: deletionNotBefore)
    }

    func unscheduled() -> ContactRecord {
        ContactRecord(
            key: key, country: country, number: number, mark: mark, holding: holding, person: person,
            deletionNotBefore: nil)
    }

    fileprivate func cleared(person: PersonID, deletion: Timestamp?) -> ContactRecord {
        ContactRecord(
            key: key, country: country, number: nil, mark: .standing, holding: [], person: person,
            deletionNotBefore: deletion)
    }

    fileprivate func unmarked() -> ContactRecord {
        ContactRecord(
            key: key, country: country, number: number, mark: .absent, holding: holding, person: person,
            deletionNotBefore: nil)
    }
}
