import ContactStore
import ProtectedIdentity
import Testing

/// Batches of events on the numbers of Skatteverket's test series.
struct Events {
    static let now = Timestamp(milliseconds: 1_795_426_200_000)
    static let partition = PartitionName(topic: "events", partition: 0)
    private var offset: Int64 = 0

    /// One batch that says of each number that its bearer is protected (or not).
    mutating func batch(_ numbers: [String], status: ProtectionStatus = .protected) throws -> StoreBatch {
        try batch(numbers.map { [$0] }, status: status)
    }

    /// One batch of persons with one or more numbers each.
    mutating func batch(
        _ persons: [[String]], status: ProtectionStatus = .protected, policies: TenantPolicies = .keepEverywhere
    ) throws -> StoreBatch {
        let keyring = try DigestKeyring(parsing: "test:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")
        let first = offset
        let records = try persons.map { numbers in
            defer { offset += 1 }
            return try record(numbers, status, keyring)
        }
        let redaction = RedactionBatch(
            group: "workers", records: records, decidedAt: Self.now, policies: policies, keyring: keyring)
        let slice = BatchSlice(partition: Self.partition, first: first, last: max(first, offset - 1))
        return StoreBatch(redaction: redaction, slices: [slice])
    }

    private func record(
        _ numbers: [String], _ status: ProtectionStatus, _ keyring: DigestKeyring
    ) throws -> IncomingRecord {
        let event = StatusEvent(
            identity: try #require(EventIdentity(source: "/registry/spar", id: "e-\(offset)")),
            tenant: try #require(TenantName(rawValue: "nordic-sport")), status: status, origin: .monitoring,
            country: CountryCode(.sweden), observedAt: Self.now.adding(.milliseconds(offset - 1_000_000)),
            numbers: numbers.map { Sensitive($0) })
        let says = ContentDigestInput(raw: Array("\(offset) \(status)".utf8)[...])
        let digest = keyring.contentDigest(of: says)
        let place = EventKey.ofRecord(
            topic: "events", partition: 0, offset: offset, timestamp: 0, contentHash: digest.bytes)
        return IncomingRecord(
            coordinates: RecordCoordinates(topic: "events", partition: 0, offset: offset), journalKeys: [place],
            placeKey: place, says: says, digest: digest, redrives: 0,
            content: .event(event, EventNumbers(of: event, today: Self.now.date, keyring: keyring)))
    }

    /// A contact of that number with `text` in every field that is cleared.
    static func contact(_ id: String, number: String?, text: String) throws -> RegistryContact {
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

    /// The `index`th number in the series that Skatteverket keeps for tests (serials 238 and 239), from 1950 on.
    static func number(_ index: Int) -> String {
        let fields = [(1_950 + index / 672) % 100, index / 56 % 12 + 1, index / 2 % 28 + 1]
        let text = fields.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined() + (index.isMultiple(of: 2) ? "238" : "239")
        var sum = 0
        for (place, digit) in text.utf8.enumerated() {
            let product = Int(digit - 0x30) * (place.isMultiple(of: 2) ? 2 : 1)
            sum += product > 9 ? product - 9 : product
        }
        return "\((1_950 + index / 672) / 100)\(text)\((10 - sum % 10) % 10)"
    }
}
