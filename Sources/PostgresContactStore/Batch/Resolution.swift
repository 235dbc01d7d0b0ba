internal import ContactStore
internal import ProtectedIdentity

/// Whom a batch means, as far as it is known without locks: the contacts, and the persons that are remembered.
///
/// It is found once before anything is locked, which tells what to lock, and once more behind the locks: where the two
/// differ the batch begins again.
struct Resolution {
    /// What identifies a contact.
    struct Contact: Hashable {
        let country: CountryCode
        let number: Sensitive<String>?
        let person: PersonID?
    }

    var contacts: [ContactKey: Contact] = [:]
    var aliases: [PersonAlias: PersonID] = [:]
    /// The aliases that the batch names itself, or that its contacts lead to.
    var named: Set<PersonAlias> = []
    /// The contacts that the batch asks to be deleted.
    var requested: [UUIDv5: RequestedContact] = [:]

    /// The persons behind the aliases and the contacts.
    var persons: Set<PersonID> {
        Set(aliases.values).union(contacts.values.compactMap(\.person)).union(requested.values.compactMap(\.person))
    }

    /// What the contacts' own numbers lead to.
    func behind(in batch: RedactionBatch) -> Lookup {
        batch.lookup(
            after: contacts.map { key, contact in
                ContactRecord(
                    key: key, country: contact.country, number: contact.number, mark: .absent, holding: [],
                    person: contact.person, deletionNotBefore: nil)
            })
    }
}

/// Asks for contacts and persons, and reads the answers.
struct ResolutionReader {
    let sql: ContactSQL
    let own: OwnSQL

    private let numbers: WrittenNumbers

    init(sql: ContactSQL, own: OwnSQL) {
        self.sql = sql
        self.own = own
        numbers = WrittenNumbers(forms: sql.map.numberForms, isNumeric: sql.numberType.isNumber)
    }

    /// Tenants and ids as two arrays, of those keys that the columns' types can hold at all.
    func keys(_ keys: some Sequence<ContactKey>) -> [ArrayParameter] {
        var (tenants, ids) = (ArrayParameter(.text), ArrayParameter(.text))
        for key in keys where sql.tenantType.writes(key.tenant.rawValue) && sql.keyType.writes(key.id.rawValue) {
            tenants.append(key.tenant.rawValue)
            ids.append(key.id.rawValue)
        }
        return [tenants, ids]
    }

    func byKey(_ wanted: Set<ContactKey>) -> Statement {
        Statement(sql.findByKey, arrays: keys(wanted.sorted()))
    }

    func byNumber(_ wanted: Set<Lookup.Number>, on today: CalendarDate) -> Statement {
        var (tenants, texts) = (ArrayParameter(.text), ArrayParameter(.text))
        for number in wanted where sql.tenantType.writes(number.tenant.rawValue) {
            for text in numbers.texts(of: number.number, on: today) {
                tenants.append(number.tenant.rawValue)
                texts.append(text)
            }
        }
        return Statement(sql.findByNumber, arrays: [tenants, texts])
    }

    func byPerson(_ persons: Set<PersonID>) -> Statement {
        Statement(sql.findByPerson, arrays: [Self.uuids(persons.sorted())])
    }

    func requested(by requests: Set<UUIDv5>) -> Statement {
        var ids = ArrayParameter(.uuid)
        for request in requests { ids.append(request.bytes) }
        return Statement(own.findRequested, arrays: [ids])
    }

    func aliases(_ wanted: Set<PersonAlias>) -> Statement {
        Statement(own.findAliases, arrays: [Self.ids(wanted)])
    }

    func aliases(of persons: Set<PersonID>) -> Statement {
        Statement(own.aliasesOfPersons, arrays: [Self.uuids(persons.sorted())])
    }

    /// Every statement on the company's tables, for no contact at all: what fails then fails for everybody.
    ///
    /// - Parameter deletes: whether contacts are deleted, which is not every worker's to do.
    func writingNothing(deletes: Bool) -> [Statement] {
        let keys = [ArrayParameter(.text), ArrayParameter(.text)].map(\.parameter)
        let marks = keys + [ArrayParameter(.boolean).parameter]
        return [sql.lock, sql.read].map { Statement($0, keys, isOneShot: true) }
            + [sql.clear, sql.mark].map { Statement($0, marks, isOneShot: true) }
            + (sql.clearDependents + sql.heldByDependents).map { Statement($0, keys, isOneShot: true) }
            + (deletes ? sql.removal.dependents.flatMap { [$0.statement, $0.left] } + [sql.removal.contact] : [])
            .map { Statement($0, keys, isOneShot: true) }
    }

    static func uuids(_ persons: some Sequence<PersonID>) -> ArrayParameter {
        var array = ArrayParameter(.uuid)
        for person in persons { array.append(person.words) }
        return array
    }

    static func uuids(_ keys: some Sequence<EventKey>) -> ArrayParameter {
        var array = ArrayParameter(.uuid)
        for key in keys { array.append(key.words) }
        return array
    }

    static func ids(_ aliases: some Sequence<PersonAlias>) -> ArrayParameter {
        uuids(aliases.lazy.map { PersonID(firstMetAs: $0) })
    }

    /// Adds the contacts of a result.
    func read(
        _ result: PostgresResult, into contacts: inout [ContactKey: Resolution.Contact]
    ) throws(BatchFailure) {
        contacts.reserveCapacity(contacts.count + result.rows.count)
        for row in result.rows {
            let (key, contact) = try contact(result, row)
            contacts[key] = contact
        }
    }

    /// The contact in a row whose first columns are tenant, id, country, number and person.
    func contact(
        _ result: PostgresResult, _ row: Int32
    ) throws(BatchFailure) -> (ContactKey, Resolution.Contact) {
        guard let tenant = result.text(row, 0).flatMap(TenantName.init(rawValue:)),
            let id = result.text(row, 1).flatMap(ContactID.init(rawValue:))
        else {
            throw .store(.refused("\(sql.map.table): a contact's key is longer than 128 characters, or empty"))
        }
        let contact = Resolution.Contact(
            country: Self.country(result.text(row, 2)), number: number(result.text(row, 3)),
            person: result.person(row, 4))
        return (ContactKey(tenant: tenant, id: id), contact)
    }

    func read(_ result: PostgresResult, into aliases: inout [PersonAlias: PersonID]) throws(BatchFailure) {
        for row in result.rows {
            guard let digest = PersonDigest(bytes: result.bytes(row, 0)),
                let kind = PersonAlias.Kind(rawValue: UInt8(truncatingIfNeeded: result.integer(row, 1)))
            else { throw .store(.unusable("\(own.schema("aliases")) holds what this program has not written")) }
            aliases[PersonAlias(kind, digest)] = result.person(row, 2)
        }
    }

    func read(_ result: PostgresResult) throws(BatchFailure) -> [UUIDv5: RequestedContact] {
        var requested: [UUIDv5: RequestedContact] = [:]
        for row in result.rows {
            guard let request = UUIDv5(bytes: result.bytes(row, 0)),
                let tenant = result.text(row, 1).flatMap(TenantName.init(rawValue:)),
                let id = result.text(row, 2).flatMap(ContactID.init(rawValue:)), let schedule = result.timestamp(row, 3)
            else { throw .store(.unusable("\(own.schema("contacts")) holds what this program has not written")) }
            requested[request] = RequestedContact(
                key: ContactKey(tenant: tenant, id: id), person: result.person(row, 4), schedule: schedule,
                noticeSentFor: result.timestamp(row, 5))
        }
        return requested
    }

    private func number(_ stored: String?) -> Sensitive<String>? {
        guard let stored, !stored.isEmpty, stored != sql.map.number.replacement else { return nil }
        return Sensitive(numbers.reading(stored))
    }

    /// `ZZ` is nobody's code (ISO 3166-1): a row without a readable country is from no country whose rules we know.
    private static func country(_ text: String?) -> CountryCode {
        // Nearly every registry writes the code as it is read.
        if let code = text.flatMap(CountryCode.init(rawValue:)) { return code }
        let code = text.flatMap { CountryCode(rawValue: $0.filter { !$0.isWhitespace }.uppercased()) }
        return code ?? CountryCode(rawValue: "ZZ") ?? CountryCode(.sweden)
    }
}

extension Sequence<PersonAlias> {
    /// The order in which the server sorts and locks their rows.
    func sortedByID() -> [PersonAlias] {
        map { (id: PersonID(firstMetAs: $0), alias: $0) }.sorted { $0.id < $1.id }.map(\.alias)
    }
}
