import BatchPipeline
import ContactStore
import Crypto
import Foundation
import KafkaClient
import ProtectedIdentity

/// The people of a simulated world, their contacts, and what the registers say of them, in an order and at places that
/// no sane feed would choose.
struct Feed {
    static let topic = "events"

    struct Arrival {
        let time: Instant
        let partition: TopicPartition
        let record: OutgoingRecord
    }

    /// A person as the oracle knows them: independent of how the worker finds and remembers people.
    struct Somebody {
        let tenant: TenantName
        let country: Country
        let number: String
        let contacts: [ContactKey]
        var words: [String: (time: Int, isProtected: Bool)] = [:]
        var wasProtected = false
    }

    /// What one event identity was used for.
    struct Use {
        /// How many records carry each content.
        var records: [Int: Int] = [:]
    }

    let policies = TenantPolicies.keepEverywhere
    let keyring: DigestKeyring
    private(set) var contacts: [ContactKey: RegistryContact] = [:]
    private(set) var people: [Somebody] = []
    private(set) var uses: [String: Use] = [:]
    /// How many records are no event at all.
    private(set) var malformed = 0
    private(set) var arrivals: [Arrival] = []

    init(partitions: [TopicPartition], using random: inout SeededRandom) {
        let key = SymmetricKey(data: Data(repeating: 7, count: 32))
        guard let digestKey = DigestKey(id: "k1", key: key), let keyring = DigestKeyring(writing: digestKey) else {
            preconditionFailure("a key of 32 bytes makes a keyring")
        }
        self.keyring = keyring
        for index in 0..<Int.random(in: 2...10, using: &random) { addSomebody(index, using: &random) }
        let count = Int.random(in: 10...80, using: &random)
        for index in 0..<count { addEvent(index, partitions, using: &random) }
        arrivals.sort { ($0.time, $0.partition) < ($1.time, $1.partition) }
    }

    private mutating func addSomebody(_ index: Int, using random: inout SeededRandom) {
        guard let tenant = TenantName(rawValue: random.once(in: 2) ? "north" : "south") else { return }
        let number = Self.swedishNumber(using: &random)
        guard !people.contains(where: { $0.number == number }) else { return }
        var keys: [ContactKey] = []
        for copy in 0..<Int.random(in: 0...3, using: &random) {
            guard let id = ContactID(rawValue: "c-\(index)-\(copy)") else { continue }
            let key = ContactKey(tenant: tenant, id: id)
            keys.append(key)
            var details = RegistryContact.Details()
            details.number = Sensitive(number)
            details.firstName = Sensitive("Name \(index)")
            details.street = Sensitive("Street \(index)")
            details.email = Sensitive("\(index)@example.com")
            contacts[key] = RegistryContact(key: key, country: CountryCode(.sweden), details: details)
        }
        people.append(Somebody(tenant: tenant, country: .sweden, number: number, contacts: keys))
    }

    private mutating func addEvent(_ index: Int, _ partitions: [TopicPartition], using random: inout SeededRandom) {
        let place = Int.random(in: 0..<people.count, using: &random)
        var person = people[place]
        let isProtected = !random.once(in: 3)
        let second = Int.random(in: 0..<50_000, using: &random)
        let registry = ["", "SPAR", "OTHER"][Int.random(in: 0..<3, using: &random)]
        var data: [String: Any] = [
            "tenant": person.tenant.rawValue, "status": isProtected ? "protected" : "not-protected",
            "origin": "monitoring", "country": person.country.rawValue,
            "observedAt": Timestamp(milliseconds: 1_780_000_000_000 + Int64(second) * 1_000).description,
        ]
        if !registry.isEmpty { data["registry"] = registry }
        if let contact = person.contacts.randomElement(using: &random), random.once(in: 4) {
            data["contactId"] = contact.id.rawValue
        } else {
            data["personalIdentityNumber"] = person.number
        }
        let known = person.words[registry]
        if known.map({ $0.time < second || ($0.time == second && isProtected) }) ?? true {
            person.words[registry] = (second, isProtected)
        }
        person.wasProtected = person.wasProtected || isProtected
        people[place] = person

        let id = "event-\(index)"
        // The person's partition, most of the time.
        let home = partitions[place % partitions.count]
        let copies = random.once(in: 5) ? Int.random(in: 2...3, using: &random) : 1
        for copy in 0..<copies {
            let partition = copy == 0 && !random.once(in: 6) ? home : partitions.randomElement(using: &random) ?? home
            // The same word of the register in another dress: an identity used again with other data.
            let content = copy > 0 && random.once(in: 4) ? 1 : 0
            if content == 1 { data["protection"] = "sekretessmarkering" } else { data["protection"] = nil }
            uses[id, default: Use()].records[content, default: 0] += 1
            arrive(Self.event(id: id, data: data), at: partition, using: &random)
        }
        if random.once(in: 12) {
            malformed += 1
            arrive(Self.event(id: nil, data: ["garbage": index]), at: home, using: &random)
        }
    }

    private mutating func arrive(
        _ record: OutgoingRecord, at partition: TopicPartition, using random: inout SeededRandom
    ) {
        let time = Instant(nanoseconds: 0) + random.duration(.zero, .seconds(22))
        arrivals.append(Arrival(time: time, partition: partition, record: record))
    }

    private static func event(id: String?, data: [String: Any]) -> OutgoingRecord {
        var headers = [
            RecordHeader("ce_specversion", "1.0"), RecordHeader("ce_source", "/simulation"),
            RecordHeader("ce_type", "protected-identity.status.v1"), RecordHeader("content-type", "application/json"),
        ]
        if let id { headers.append(RecordHeader("ce_id", id)) }
        let value = try? JSONSerialization.data(withJSONObject: data, options: .sortedKeys)
        return OutgoingRecord(topic: topic, value: value.map(Array.init), headers: headers)
    }

    private static func swedishNumber(using random: inout SeededRandom) -> String {
        let day = String(format: "%02d", Int.random(in: 1...28, using: &random))
        let month = String(format: "%02d", Int.random(in: 1...12, using: &random))
        let serial = String(format: "%03d", Int.random(in: 1...999, using: &random))
        let year = Int.random(in: 40...99, using: &random)
        let short = "\(year)\(month)\(day)\(serial)"
        let sum = short.utf8.enumerated().reduce(0) { sum, digit in
            let product = Int(digit.element - 48) * (digit.offset % 2 == 0 ? 2 : 1)
            return sum + (product > 9 ? product - 9 : product)
        }
        return "19\(short)\((10 - sum % 10) % 10)"
    }
}
