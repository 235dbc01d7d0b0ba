public import ContactStore
public import ProtectedIdentity

extension PostgresContactStore {
    var operations: OperationsSQL { OperationsSQL(schema: settings.schema) }

    /// Decides and saves a page of the scheduled selection; see ``SelectionTransaction``.
    public func select(
        _ selection: DeletionSelection, _ page: SelectionPage, lease: Timestamp, isDry: Bool
    ) throws(StoreError) -> SelectedPage {
        let transaction = SelectionTransaction(
            selection: selection, page: page, lease: lease, isDry: isDry, reader: reader, sql: operations)
        return try onePage { connection throws(BatchFailure) in try transaction.run(&connection) }
    }
}

/// A page of the selection in one transaction. It takes what nobody else has and waits for nobody, so it stands in no worker's
/// way but for the moment of its commit:
///
/// 1. the page, from the worker's own memory, locked;
/// 2. the company's rows of these contacts, locked: a batch that has one of them has read what it is about to write, so that
///    contact is left out;
/// 3. whom the contacts' keys may name; decide, write, commit.
struct SelectionTransaction {
    let selection: DeletionSelection
    let page: SelectionPage
    let lease: Timestamp
    let isDry: Bool
    let reader: ResolutionReader
    let sql: OperationsSQL

    func run(_ connection: inout PostgresConnection) throws(BatchFailure) -> SelectedPage {
        let found = try read(try connection.run([PostgresContactStore.begin, query])[1])
        let keys = reader.keys(found.map(\.key).sorted())
        let standing = try connection.run([
            Statement(reader.sql.findByKey, arrays: keys),
            Statement(reader.sql.findByKey + " FOR UPDATE OF t SKIP LOCKED", arrays: keys),
        ])
        let (there, locked) = (try self.keys(standing[0]), try self.keys(standing[1]))
        let contacts = found.filter { locked.contains($0.key) || !there.contains($0.key) }.map { contact in
            ScheduledContact(
                key: contact.key, exists: there.contains(contact.key), isProtected: contact.isProtected,
                deletionNotBefore: contact.deletionNotBefore, noticeSentFor: contact.noticeSentFor)
        }
        var aliases: [PersonAlias: PersonID] = [:]
        try reader.read(
            try connection.run([reader.aliases(selection.aliases(in: contacts))])[0], into: &aliases)
        let decision = selection.decide(contacts, remembered: Set(aliases.keys))
        _ = try connection.run(isDry ? [Statement("ROLLBACK")] : writes(decision) + [Statement("COMMIT")])
        return SelectedPage(
            messages: isDry ? [] : decision.owed.map(\.message), counts: decision.counts,
            next: page.next(behind: found.last, found: found.count))
    }

    private var query: Statement {
        let limit = Parameter.integer(Int64(page.limit))
        switch page.start {
        case .due(let place):
            let parameters: [Parameter] = [
                .timestamp(selection.decidedAt), .timestamp(place?.notBefore ?? Timestamp(microseconds: .min)),
                .text(place?.key.tenant.rawValue ?? ""), .text(place?.key.id.rawValue ?? ""), limit,
            ]
            return Statement(sql.due, parameters)
        case .unscheduled(let key):
            return Statement(
                sql.unscheduled, [.text(key?.tenant.rawValue ?? ""), .text(key?.id.rawValue ?? ""), limit])
        }
    }

    private func read(_ result: PostgresResult) throws(BatchFailure) -> [ScheduledContact] {
        var contacts: [ScheduledContact] = []
        for row in result.rows {
            guard let tenant = result.text(row, 0).flatMap(TenantName.init(rawValue:)),
                let id = result.text(row, 1).flatMap(ContactID.init(rawValue:))
            else { throw .store(.unusable("\(sql.schema("contacts")) holds what this program has not written")) }
            contacts.append(
                ScheduledContact(
                    key: ContactKey(tenant: tenant, id: id), exists: true, isProtected: result.boolean(row, 2),
                    deletionNotBefore: result.timestamp(row, 3), noticeSentFor: result.timestamp(row, 4)))
        }
        return contacts
    }

    private func keys(_ result: PostgresResult) throws(BatchFailure) -> Set<ContactKey> {
        var contacts: [ContactKey: Resolution.Contact] = [:]
        try reader.read(result, into: &contacts)
        return Set(contacts.keys)
    }

    private func writes(_ decision: SelectionDecision) -> [Statement] {
        var (schedules, requests) = (ScheduleColumns(), ScheduleColumns())
        var ids = ArrayParameter(.uuid)
        for (key, schedule) in decision.deletions.sorted(by: { $0.key < $1.key }) { schedules.append(key, schedule) }
        for (key, request) in decision.requests.sorted(by: { $0.key < $1.key }) {
            requests.append(key, request.schedule)
            ids.append(request.id.bytes)
        }
        return [
            Statement(sql.setSchedules, arrays: schedules.arrays),
            Statement(sql.markRequested, arrays: requests.arrays + [ids]),
            sql.insert(decision.owed, lease: lease),
        ]
    }
}

extension OperationsSQL {
    /// Lets messages stand as owed.
    func insert(_ owed: [SelectionDecision.Owed], lease: Timestamp) -> Statement {
        var (ids, messages, columns) = (ArrayParameter(.uuid), ArrayParameter(.bytes), ScheduleColumns())
        var leases = ArrayParameter(.timestamp)
        for owed in owed {
            ids.append(owed.message.id.bytes)
            columns.append(owed.contact, owed.schedule)
            messages.append(owed.message.stored())
            leases.append(lease)
        }
        return Statement(insertOwed, arrays: [ids] + columns.arrays + [messages, leases])
    }
}

/// Contacts with a time each, as arrays: tenants, ids, times.
struct ScheduleColumns {
    private var tenants = ArrayParameter(.text)
    private var ids = ArrayParameter(.text)
    private var times = ArrayParameter(.timestamp)

    mutating func append(_ key: ContactKey, _ time: Timestamp?) {
        tenants.append(key.tenant.rawValue)
        ids.append(key.id.rawValue)
        if let time { times.append(time) } else { times.appendNull() }
    }

    var arrays: [ArrayParameter] { [tenants, ids, times] }
}
