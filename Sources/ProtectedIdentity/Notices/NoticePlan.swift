/// Which notices a batch of commands has to send, and what is known of the other commands. Pure: the same snapshot gives the
/// same plan.
public struct NoticePlan: Sendable {
    /// A notice that is to go out.
    public struct Delivery: Sendable {
        /// The notice.
        public let notice: DeletionNotice
        /// The `ce_id` of the command that asks for it: copies of the notice bear it, too.
        public let commandID: String
        /// Which kind of notice.
        public let template: String
        /// The terms that it refers to.
        public let termsUrl: String
        /// Whom the person can ask.
        public let supportContact: String
        /// The notice's language, BCP 47.
        public let language: String
        /// Where it goes.
        public let email: Sensitive<String>?
    }

    /// The notices to send, each once.
    public private(set) var deliveries: [Delivery] = []
    /// What is known without sending anything.
    private var results: [RecordCoordinates: NoticeResult] = [:]
    /// The notice that a record waits for.
    private var awaiting: [RecordCoordinates: DeletionNotice] = [:]

    /// How far clocks differ at most.
    private static let tolerance = Duration.seconds(10 * 60)

    /// What to look up for a batch.
    public static func lookup(for records: some Sequence<IncomingRecord>) -> NoticeLookup {
        var lookup = NoticeLookup()
        for record in records {
            guard case .command(let command) = record.content, let schedule = command.schedule else { continue }
            lookup.journalKeys.formUnion(record.journalKeys)
            if command.command.contactID.isPseudonym {
                lookup.schedules.insert(
                    NoticeLookup.Schedule(tenant: command.tenant, deletionNotBefore: schedule))
            } else {
                lookup.contacts.insert(ContactKey(tenant: command.tenant, id: command.command.contactID))
            }
        }
        return lookup
    }

    /// The plan for a batch.
    ///
    /// - Parameters:
    ///   - needsAddress: whether a notice without an e-mail address goes nowhere.
    ///   - now: the wall clock.
    public init(
        for records: some Sequence<IncomingRecord>, _ snapshot: NoticeSnapshot, policies: TenantPolicies,
        keyring: DigestKeyring, needsAddress: Bool, now: Timestamp
    ) {
        let pseudonyms = Pseudonyms(of: snapshot.recipients.keys, keyring: keyring)
        var planned: Set<EventKey> = []
        var begun: [DeletionNotice: NoticeResult?] = [:]
        for record in records {
            guard case .command(let command) = record.content,
                case .requestNotification(let template, let termsUrl, let supportContact, let time) = command.command
                    .action,
                !Self.isDecided(record, snapshot.journal), planned.insert(record.journalKeys[0]).inserted
            else { continue }
            let key =
                pseudonyms[command.tenant, command.command.contactID]
                ?? ContactKey(tenant: command.tenant, id: command.command.contactID)
            let recipient = snapshot.recipients[key]
            // What a command tells has milliseconds, and the schedule microseconds.
            let schedule = [recipient?.deletionNotBefore, recipient?.noticeSentFor].lazy.compactMap { $0 }
                .first { $0.milliseconds == time.milliseconds }
            let notice = DeletionNotice(contact: key, deletionNotBefore: schedule ?? time)
            if let earlier = begun[notice] {
                results[record.coordinates] = earlier
                if earlier == nil { awaiting[record.coordinates] = notice }
                continue
            }
            let result = Self.result(
                notice, recipient, policies[command.tenant], needsAddress: needsAddress, now: now)
            begun[notice] = .some(result)
            guard result == nil else {
                results[record.coordinates] = result
                continue
            }
            awaiting[record.coordinates] = notice
            deliveries.append(
                Delivery(
                    notice: notice, commandID: command.identity.id, template: template, termsUrl: termsUrl,
                    supportContact: supportContact, language: policies[command.tenant]?.language ?? "en",
                    email: recipient?.email))
        }
    }

    /// What became of each record, now that the notices are out.
    public func results(with delivered: [DeletionNotice: NoticeResult]) -> [RecordCoordinates: NoticeResult] {
        results.merging(awaiting.compactMapValues { delivered[$0] }) { $1 }
    }

    /// Whether the journal knows what became of a record, or of another one under its identity.
    private static func isDecided(_ record: IncomingRecord, _ journal: [EventKey: JournalRow]) -> Bool {
        guard let row = record.journalKeys.lazy.compactMap({ journal[$0] }).first else { return false }
        guard case .quarantined = row.outcome else { return true }
        return record.redrives <= row.redrives
    }

    /// What is known without sending anything; nil where the notice has to go out.
    private static func result(
        _ notice: DeletionNotice, _ recipient: NoticeRecipient?, _ policy: TenantPolicy?, needsAddress: Bool,
        now: Timestamp
    ) -> NoticeResult? {
        // An unknown tenant is set aside by the decision.
        guard let policy else { return .failed(.unknownTenant) }
        guard let recipient else { return .skipped(.gone) }
        if recipient.noticeSentFor == notice.deletionNotBefore { return .sent }
        guard recipient.isProtected else { return .skipped(.notProtected) }
        guard recipient.deletionNotBefore == notice.deletionNotBefore else { return .skipped(.lapsed) }
        guard case .delete = policy else { return .dropped(notice, .policyKeep) }
        if notice.deletionNotBefore.adding(tolerance) < now { return .dropped(notice, .late) }
        if needsAddress, recipient.email?.reveal().allSatisfy(\.isWhitespace) != false { return .skipped(.noAddress) }
        return nil
    }
}

extension ReceivedCommand {
    /// The scheduled time that a notice is asked to tell.
    fileprivate var schedule: Timestamp? {
        guard case .requestNotification(_, _, _, let time) = command.action else { return nil }
        return time
    }
}

extension TenantPolicy {
    /// The language of the tenant's notices.
    fileprivate var language: String? {
        guard case .delete(_, _, _, let language, _) = self else { return nil }
        return language
    }
}

/// Finds contacts by the pseudonyms under which their keys are published.
private struct Pseudonyms {
    private var keys: [ContactKey: ContactKey] = [:]

    init(of contacts: some Sequence<ContactKey>, keyring: DigestKeyring) {
        for contact in contacts {
            for key in keyring.keys {
                let pseudonym = ContactID(pseudonym: Pseudonymiser.pseudonym(of: contact.id.rawValue, key: key))
                keys[ContactKey(tenant: contact.tenant, id: pseudonym)] = contact
            }
        }
    }

    subscript(tenant: TenantName, id: ContactID) -> ContactKey? {
        id.isPseudonym ? keys[ContactKey(tenant: tenant, id: id)] : nil
    }
}
