import ContactStore
import ProtectedIdentity
import Testing

/// What a case's event says; everything but who is meant has a default.
struct Said {
    var id: String
    var status = ProtectionStatus.protected
    var number: String?
    var others: [String] = []
    var contact: String?
    var registry = "SPAR"
    /// Seconds after (before, where negative) the moment at which batches are decided.
    var observed: Int64 = -60
    var tenant = Scenario.tenant
    var country = "SE"
    var redrives = 0
}

extension Scenario {
    /// A decoded record at an offset that says so.
    ///
    /// - Parameter raw: its value as it came, where that is not what it says.
    func record(
        _ said: Said, at offset: Int64, partition: Int32 = 0, rawAs raw: String? = nil
    ) throws -> IncomingRecord {
        let coordinates = RecordCoordinates(topic: "events", partition: partition, offset: offset)
        let event = StatusEvent(
            identity: try #require(EventIdentity(source: "/registry/spar", id: said.id)),
            tenant: try #require(TenantName(rawValue: said.tenant)), status: said.status, origin: .monitoring,
            country: try #require(CountryCode(rawValue: said.country)),
            observedAt: Self.now.adding(.seconds(said.observed)),
            numbers: ([said.number].compactMap { $0 } + said.others).map { Sensitive($0) },
            contactID: try said.contact.map { try #require(ContactID(rawValue: $0)) }, registry: said.registry,
            redrives: said.redrives)
        let numbers = EventNumbers(of: event, today: Self.now.date, keyring: keyring)
        var content = said
        content.redrives = 0
        let says = ContentDigestInput(raw: Array("\(content)".utf8)[...])
        let digest = keyring.contentDigest(of: says)
        return IncomingRecord(
            coordinates: coordinates,
            journalKeys: keyring.eventKeys(of: event.identity),
            placeKeys: keyring.placeKeys(
                topic: coordinates.topic, partition: partition, offset: offset, timestamp: 0, content: digest.bytes),
            says: says, raw: raw.map { ContentDigestInput(raw: Array($0.utf8)[...]) } ?? says, digest: digest,
            redrives: said.redrives, content: .event(event, numbers))
    }

    /// A record at an offset of which no more than the identity can be read: its value is `its bytes`.
    func refusedRecord(_ said: Said, _ reason: QuarantineReason, at offset: Int64) throws -> IncomingRecord {
        let identity = try #require(EventIdentity(source: "/registry/spar", id: said.id))
        let raw = ContentDigestInput(raw: Array("its bytes".utf8)[...])
        return IncomingRecord(
            coordinates: RecordCoordinates(topic: "events", partition: 0, offset: offset),
            journalKeys: keyring.eventKeys(of: identity), placeKeys: [], says: raw, raw: raw,
            digest: keyring.contentDigest(of: raw), redrives: said.redrives,
            content: .refused(reason, isProtection: said.status == .protected))
    }
}

/// The key of a contact.
func key(_ id: String, tenant: String = Scenario.tenant) throws -> ContactKey {
    ContactKey(
        tenant: try #require(TenantName(rawValue: tenant)), id: try #require(ContactID(rawValue: id)))
}

/// A contact that holds something in every field.
func fullContact(
    _ id: String, number: String?, tenant: String = Scenario.tenant, country: String = "SE"
) throws -> RegistryContact {
    var details = RegistryContact.Details()
    details.number = number.map { Sensitive($0) }
    details.firstName = Sensitive("Åsa \(id)")
    details.lastName = Sensitive("Exempelsson")
    details.careOf = Sensitive("c/o Provén")
    details.street = Sensitive("Provgatan \(id.utf8.count)")
    details.postalCode = Sensitive("111 22")
    details.city = Sensitive("Provköping")
    details.email = Sensitive("\(id)@example.com")
    details.phone = Sensitive("+46 70 000 00 00")
    return RegistryContact(
        key: try key(id, tenant: tenant), country: try #require(CountryCode(rawValue: country)), details: details)
}

/// Numbers that belong to nobody: Skatteverket's published test numbers, and CPR-kontoret's and MedCom's examples.
public enum TestNumbers {
    /// Born 2000-01-01.
    public static let asa = "200001012384"
    /// Born 2000-02-29.
    public static let bo = "200002292399"
    /// Born 2000-01-25.
    public static let cecilia = "200001252386"
    /// A samordningsnummer.
    public static let coordination = "197010632391"
    /// Born 1903-12-04: written short with a `+`.
    public static let centenarian = "190312049802"
    /// A CPR number.
    public static let danish = "0707614285"
    /// A CPR number that a numeric column would shorten.
    public static let danishEarlyDay = "0103922852"

    /// The `index`th number in the series that Skatteverket keeps for tests (serials 238 and 239), from 1990 on.
    public static func number(_ index: Int, year: Int = 1_990) -> String {
        let serial = index.isMultiple(of: 2) ? 238 : 239
        let day = index / 2 % 28 + 1
        let month = index / 56 % 12 + 1
        let born = year + index / 672
        let text = padded(born % 100, 2) + padded(month, 2) + padded(day, 2) + "\(serial)"
        var sum = 0
        for (place, digit) in text.utf8.enumerated() {
            let product = Int(digit - 0x30) * (place.isMultiple(of: 2) ? 2 : 1)
            sum += product > 9 ? product - 9 : product
        }
        return "\(born / 100)\(text)\((10 - sum % 10) % 10)"
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = "\(value)"
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
