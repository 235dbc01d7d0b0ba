public import ContactStore
public import ProtectedIdentity
import Testing

/// A partition's events, one behind the other, in batches as a worker hands them to a store.
public struct Events {
    /// What an event says; whoever is not named is not meant.
    public struct Said {
        /// The person's numbers, in any written form.
        public var numbers: [String]
        /// The contact's id.
        public var contact: String?
        /// What the register says.
        public var status: ProtectionStatus
        /// Whose contacts.
        public var tenant: String
        /// Whose numbers.
        public var country: Country
        /// The event's id; unset: one that no other event has.
        public var id: String?
        /// Seconds after 2026-11-23T09:30:00Z; unset: later than every event before.
        public var observed: Int64?

        /// By default: protected, in Sweden, of the tenant nordic-sport.
        public init(
            _ numbers: String..., contact: String? = nil, status: ProtectionStatus = .protected,
            tenant: String = "nordic-sport", country: Country = .sweden, id: String? = nil, observed: Int64? = nil
        ) {
            self.numbers = numbers
            self.contact = contact
            self.status = status
            self.tenant = tenant
            self.country = country
            self.id = id
            self.observed = observed
        }
    }

    /// 2026-11-23T09:30:00Z: when batches are decided.
    public static let now = Timestamp(milliseconds: 1_795_426_200_000)
    /// Where the events stand.
    public let partition: PartitionName
    /// The consumer group.
    public let group: String
    private let keyring: DigestKeyring
    private var offset: Int64 = 0

    /// The events of a partition, from offset 0 on.
    public init(partition: Int32 = 0, group: String = "workers") throws {
        self.partition = PartitionName(topic: "events", partition: partition)
        self.group = group
        keyring = try TestKeys.single()
    }

    /// One batch that says of each number that its bearer is protected (or not).
    public mutating func batch(_ numbers: [String], status: ProtectionStatus = .protected) throws -> StoreBatch {
        try batch(numbers.map { Said($0, status: status) })
    }

    /// One batch of persons with one or more numbers each.
    public mutating func batch(
        _ persons: [[String]], status: ProtectionStatus = .protected, policies: TenantPolicies = .keepEverywhere
    ) throws -> StoreBatch {
        let said = persons.map { numbers in
            var said = Said(status: status)
            said.numbers = numbers
            return said
        }
        return try batch(said, policies: policies)
    }

    /// One batch of anything.
    public mutating func batch(
        _ said: [Said], policies: TenantPolicies = .keepEverywhere, settling: [SettledSlice] = []
    ) throws -> StoreBatch {
        let first = offset
        let records = try said.map { said in
            defer { offset += 1 }
            return try record(said)
        }
        let redaction = RedactionBatch(
            group: group, records: records, decidedAt: Self.now, policies: policies, keyring: keyring)
        let slice = BatchSlice(partition: partition, first: first, last: max(first, offset - 1))
        return StoreBatch(redaction: redaction, slices: [slice], settling: settling)
    }

    private func record(_ said: Said) throws -> IncomingRecord {
        let observed = said.observed.map { Self.now.adding(.seconds($0)) }
        let event = StatusEvent(
            identity: try #require(
                EventIdentity(
                    source: "/registry/spar", id: said.id ?? "e-\(group)-\(partition.partition)-\(offset)")),
            tenant: try #require(TenantName(rawValue: said.tenant)), status: said.status, origin: .monitoring,
            country: CountryCode(said.country),
            observedAt: observed ?? Self.now.adding(.milliseconds(offset - 100_000_000)),
            numbers: said.numbers.map { Sensitive($0) },
            contactID: try said.contact.map { try #require(ContactID(rawValue: $0)) })
        let says = ContentDigestInput(
            raw: Array("\(said.numbers) \(said.contact ?? "") \(said.status) \(event.observedAt)".utf8)[...])
        let digest = keyring.contentDigest(of: says)
        let numbers = EventNumbers(of: event, today: Self.now.date, keyring: keyring)
        return IncomingRecord(
            coordinates: RecordCoordinates(topic: partition.topic, partition: partition.partition, offset: offset),
            journalKeys: keyring.eventKeys(of: event.identity),
            placeKeys: keyring.placeKeys(
                topic: partition.topic, partition: partition.partition, offset: offset, timestamp: 0,
                content: digest.bytes),
            says: says, raw: says, digest: digest, redrives: 0, content: .event(event, numbers))
    }

    /// A contact of that number with `text` in every field that is cleared.
    public static func contact(_ id: String, number: String?, text: String) throws -> RegistryContact {
        var details = RegistryContact.Details()
        details.number = number.map { Sensitive($0) }
        for field in [\RegistryContact.Details.firstName, \.lastName, \.careOf, \.street, \.postalCode, \.city] {
            details[keyPath: field] = Sensitive(text)
        }
        details.email = Sensitive("\(id)@example.com")
        let key = ContactKey(
            tenant: try #require(TenantName(rawValue: "nordic-sport")), id: try #require(ContactID(rawValue: id)))
        return RegistryContact(key: key, country: CountryCode(.sweden), details: details)
    }

    /// The `index`th test number from 1950 on.
    public static func number(_ index: Int) -> String {
        TestNumbers.number(index, year: 1_950)
    }
}
