/// The scheduled selection: which of the contacts that may be due are asked to be deleted, by the policies as they are now.
/// The same decision for every store.
public struct DeletionSelection: Sendable {
    /// When it is decided; one reading of the clock for all pages of a sweep.
    public let decidedAt: Timestamp
    private let policies: TenantPolicies
    private let keyring: DigestKeyring
    private let pseudonymiser: Pseudonymiser

    /// A selection at `decidedAt` under policies that were just read.
    public init(decidedAt: Timestamp, policies: TenantPolicies, keyring: DigestKeyring) {
        self.decidedAt = decidedAt
        self.policies = policies
        self.keyring = keyring
        pseudonymiser = Pseudonymiser(keyring: keyring)
    }

    /// Whether any tenant deletes at all; where none does, no contact that has no schedule needs to be looked at.
    public var schedules: Bool { policies.anyDeletes }

    /// Whom a contact's key may name, to be looked up before the decision: a key that holds the number of somebody who is
    /// remembered is published as a pseudonym, as the redaction's outcome has done.
    public func aliases(in contacts: some Sequence<ScheduledContact>) -> Set<PersonAlias> {
        Set(contacts.flatMap { contact in numbers(in: contact.key).flatMap { aliases(of: $0, contact.key.tenant) } })
    }

    /// The decision over a page of contacts. Pure: the same contacts give the same decision.
    ///
    /// - Parameter remembered: those of ``aliases(in:)`` that somebody is remembered by.
    public func decide(_ contacts: [ScheduledContact], remembered: Set<PersonAlias>) -> SelectionDecision {
        var decision = SelectionDecision()
        for contact in contacts { decide(contact, remembered, &decision) }
        return decision
    }

    private func decide(
        _ contact: ScheduledContact, _ remembered: Set<PersonAlias>, _ decision: inout SelectionDecision
    ) {
        let key = contact.key
        // A tenant that is not configured is a mistake of today's configuration: nothing irreversible follows from it.
        guard let policy = policies[key.tenant] else {
            decision.counts.left += 1
            return
        }
        func owe(_ action: Command.Action, _ cause: String, of schedule: Timestamp) -> OwedMessage {
            let command = Command(contactID: published(key, remembered), action: action)
            return OwedMessage(
                command: CommandMessage(
                    command: command, tenant: key.tenant, event: Self.reference(key.tenant, schedule), cause: cause,
                    decidedAt: decidedAt))
        }
        switch (policy, contact.deletionNotBefore) {
        case (_, .some) where !contact.exists || !contact.isProtected:
            decision.deletions[key] = .some(nil)
            decision.counts.gone += 1
        case (.keep, let scheduled?):
            decision.deletions[key] = .some(nil)
            decision.owe(owe(.cancelDeletion, CommandMessage.policyChanged, of: scheduled), of: key, schedule: nil)
            decision.counts.cancelled += 1
        case (.delete(_, _, _, _, let requiresNotice), let scheduled?):
            guard scheduled <= decidedAt else {
                decision.counts.left += 1
                return
            }
            guard !requiresNotice || contact.noticeSentFor == scheduled else {
                decision.counts.unnotified += 1
                return
            }
            let message = owe(.requestDeletion, CommandMessage.noticePeriodOver, of: scheduled)
            decision.requests[key] = DeletionRequest(id: message.id, schedule: scheduled)
            decision.owe(message, of: key, schedule: scheduled)
            decision.counts.requested += 1
        case (.delete(let noticePeriod, let termsUrl, let supportContact, _, _), nil):
            guard contact.exists, contact.isProtected else {
                decision.counts.left += 1
                return
            }
            let scheduled = decidedAt.adding(noticePeriod)
            let notice = Command.Action.requestNotification(
                template: Command.deletionNotice, termsUrl: termsUrl, supportContact: supportContact,
                deletionNotBefore: scheduled)
            decision.deletions[key] = .some(scheduled)
            decision.owe(owe(notice, CommandMessage.policyChanged, of: scheduled), of: key, schedule: scheduled)
            decision.counts.scheduled += 1
        case (.keep, nil):
            decision.counts.left += 1
        }
    }

    /// What caused a command of the selection: the schedule, which no two of one contact have in common. Keys are unique
    /// within a tenant only, so the tenant is part of it.
    private static func reference(_ tenant: TenantName, _ schedule: Timestamp) -> EventReference {
        EventReference(source: "/tenants/\(tenant.rawValue)/deletions", id: "\(schedule.microseconds)")
    }

    private func published(_ key: ContactKey, _ remembered: Set<PersonAlias>) -> ContactID {
        let telling = numbers(in: key).filter { !remembered.isDisjoint(with: aliases(of: $0, key.tenant)) }
        return pseudonymiser.published(key.id, traces: NumberTraces(numbers: Array(telling), asWritten: []))
    }

    private func numbers(in key: ContactKey) -> Set<PersonalIdentityNumber> {
        NumberTraces.numbers(readableIn: key.id.rawValue, on: decidedAt.date)
    }

    private func aliases(of number: PersonalIdentityNumber, _ tenant: TenantName) -> [PersonAlias] {
        DigestedNumber(number, tenant: tenant, keyring: keyring).aliases
    }
}
