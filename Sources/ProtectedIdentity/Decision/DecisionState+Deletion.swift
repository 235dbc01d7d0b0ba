// What follows from a command on the deletions topic. It is an occasion, not an order: what counts is what the registry says now.
extension DecisionState {
    /// How far clocks differ at most: a request was made by another one's.
    private static let tolerance = Duration.seconds(10 * 60)

    /// Deletes the contact that a request means, or says why not; of a command to notify, tells what became of it.
    mutating func rule(
        _ command: ReceivedCommand, at coordinates: RecordCoordinates
    ) throws(QuarantineReason) -> StoredOutcome {
        guard let policy = batch.policies[command.tenant] else { throw .unknownTenant }
        switch command.command.action {
        case .requestDeletion:
            guard let reason = delete(because: command, under: policy) else { return outcome(.deleted, of: command) }
            return outcome(.withheld, of: command, reason)
        case .cancelDeletion: return outcome(.withheld, of: command, .cancelled)
        case .requestNotification: return try notice(command, batch.notices[coordinates])
        }
    }

    /// Has a contact deleted; says why not, where it is not.
    private mutating func delete(because command: ReceivedCommand, under policy: TenantPolicy) -> WithheldReason? {
        guard let request = command.request.flatMap({ requested[$0] }), request.key.tenant == command.tenant,
            !changes.deleted.contains(request.key), !changes.gone.contains(request.key)
        else { return .lapsed }
        let key = request.key
        guard let place = contacts.place(of: key), let contact = contacts[place] else {
            rememberByID(key, request.person)
            changes.gone.insert(key)
            return .gone
        }
        guard contact.mark != .absent, let person = contact.person, persons[person]?.isProtected == true else {
            return .notProtected
        }
        guard contact.deletionNotBefore == request.schedule else { return .lapsed }
        if let reason = objection(to: request, under: policy) {
            // The selection begins anew where it may: with a notice, and the full period.
            changes.deletions[key] = .some(nil)
            contacts.replace(place, with: contact.unscheduled())
            return reason
        }
        rememberByID(key, person)
        contacts.remove(place)
        changes.deleted.insert(key)
        return nil
    }

    private func objection(to request: RequestedContact, under policy: TenantPolicy) -> WithheldReason? {
        switch policy {
        case .keep: .policyKeep
        case .delete where request.schedule > batch.decidedAt.adding(Self.tolerance): .notDue
        case .delete(_, _, _, _, let requiresNotice):
            requiresNotice && request.noticeSentFor != request.schedule ? .notNotified : nil
        }
    }

    /// Keeps a digest of the id of a contact that is no more: whoever comes back under it, without a number, is recognised.
    private mutating func rememberByID(_ key: ContactKey, _ person: PersonID?) {
        guard let person, persons[person] != nil, let alias = batch.keyring.aliases(of: key).first,
            aliases[alias] == nil
        else { return }
        aliases[alias] = person
        changes.aliases[alias] = person
    }

    /// What a command quotes comes from a topic, and is looked at as what a feed sends is.
    func outcome(
        _ type: OutcomeType, of command: ReceivedCommand, _ reason: WithheldReason? = nil,
        skipped: NoticeSkipReason? = nil
    ) -> StoredOutcome {
        let none = NumberTraces(numbers: [])
        return .decided(
            OutcomeMessage(
                type: type, tenant: command.tenant,
                contactIDs: [batch.pseudonymiser.published(command.command.contactID, traces: none)],
                event: batch.pseudonymiser.reference(
                    for: command.identity, traceparent: command.traceparent, traces: none),
                decidedAt: batch.decidedAt, withheld: reason, skipped: skipped))
    }
}

extension ReceivedCommand {
    /// As what a store remembers it, where it asks for a deletion.
    var request: UUIDv5? {
        guard case .requestDeletion = command.action else { return nil }
        return UUIDv5(identity.id)
    }
}
