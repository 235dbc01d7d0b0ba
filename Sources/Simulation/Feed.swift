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
    static let tenants = ["north", "south"].compactMap(TenantName.init(rawValue:))
    /// The tenant whose contacts are to be deleted when they are redacted, and told so before; the other one's stay.
    static let deletingTenant = TenantName(rawValue: "south")

    /// What each tenant does with a redacted contact.
    static var policies: TenantPolicies {
        let delete = TenantPolicy.delete(
            noticePeriod: .seconds(30 * 86_400), termsUrl: "https://example.com/terms",
            supportContact: "support@example.com", language: "sv")
        let named = deletingTenant.map { [$0: delete] } ?? [:]
        return TenantPolicies(named: named, fallback: .keep)
    }

    /// A person as the oracle knows them: independent of how the worker finds and remembers people.
    struct Somebody {
        let tenant: TenantName
        let number: String
        let contacts: [ContactKey]
    }

    /// What a register says of somebody.
    struct Word: Hashable {
        let person: Int
        let registry: String
        let second: Int
        let isProtected: Bool
        let contact: ContactKey?
        let isPoison: Bool
    }

    /// A record on its way to the topic.
    struct Arrival {
        enum Content {
            /// An event; one identity may come in another dress, as other data.
            case event(id: String, Word, dress: Int)
            case garbage(Int)
        }

        let time: Instant
        let partition: TopicPartition
        let content: Content
    }

    let keyring: DigestKeyring
    private(set) var contacts: [ContactKey: RegistryContact] = [:]
    private(set) var people: [Somebody] = []
    private(set) var arrivals: [Arrival] = []

    init(partitions: [TopicPartition], using random: inout SeededRandom) {
        let key = SymmetricKey(data: Data(repeating: 7, count: 32))
        guard let digestKey = DigestKey(id: "k1", key: key), let keyring = DigestKeyring(writing: digestKey) else {
            preconditionFailure("a key of 32 bytes makes a keyring")
        }
        self.keyring = keyring
        for index in 0..<Int.random(in: 2...24, using: &random) { addSomebody(index, using: &random) }
        for index in 0..<Int.random(in: 10...60, using: &random) { addEvent(index, partitions, using: &random) }
        arrivals.sort { ($0.time, $0.partition) < ($1.time, $1.partition) }
    }

    /// The event identities that the store refuses for good.
    var poison: Set<String> {
        Set(
            arrivals.compactMap { arrival in
                guard case .event(let id, let word, _) = arrival.content, word.isPoison else { return nil }
                return id
            })
    }

    /// The record of an arrival.
    func record(of arrival: Arrival) -> OutgoingRecord {
        switch arrival.content {
        case .garbage(let index):
            return Self.record(id: nil, data: ["garbage": index])
        case .event(let id, let word, let dress):
            let person = people[word.person]
            var data: [String: Any] = [
                "tenant": person.tenant.rawValue, "status": word.isProtected ? "protected" : "not-protected",
                "origin": "monitoring", "country": Country.sweden.rawValue,
                "observedAt": Timestamp(milliseconds: 1_780_000_000_000 + Int64(word.second) * 1_000).description,
            ]
            if !word.registry.isEmpty { data["registry"] = word.registry }
            if let contact = word.contact { data["contactId"] = contact.id.rawValue }
            if word.contact == nil { data["personalIdentityNumber"] = person.number }
            if dress > 0 { data["protection"] = "sekretessmarkering" }
            return Self.record(id: id, data: data)
        }
    }

    private static func record(id: String?, data: [String: Any]) -> OutgoingRecord {
        var headers = [
            RecordHeader("ce_specversion", "1.0"), RecordHeader("ce_source", "/simulation"),
            RecordHeader("ce_type", "protected-identity.status.v1"), RecordHeader("content-type", "application/json"),
        ]
        if let id { headers.append(RecordHeader("ce_id", id)) }
        let value = try? JSONSerialization.data(withJSONObject: data, options: .sortedKeys)
        return OutgoingRecord(topic: topic, value: value.map(Array.init), headers: headers)
    }

    // MARK: Making it up

    private mutating func addSomebody(_ index: Int, using random: inout SeededRandom) {
        guard let tenant = Self.tenants.randomElement(using: &random) else { return }
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
        people.append(Somebody(tenant: tenant, number: number, contacts: keys))
    }

    private mutating func addEvent(_ index: Int, _ partitions: [TopicPartition], using random: inout SeededRandom) {
        let place = Int.random(in: 0..<people.count, using: &random)
        let word = word(on: place, using: &random)
        // The person's partition, most of the time.
        let home = partitions[place % partitions.count]
        let copies = random.once(in: 5) ? Int.random(in: 2...3, using: &random) : 1
        for copy in 0..<copies {
            let partition = copy == 0 && !random.once(in: 6) ? home : partitions.randomElement(using: &random) ?? home
            let dress = copy > 0 && !word.isPoison && random.once(in: 4) ? 1 : 0
            arrive(.event(id: "event-\(index)", word, dress: dress), at: partition, using: &random)
        }
        if random.once(in: 12) { arrive(.garbage(index), at: home, using: &random) }
        if random.once(in: 3) { addTwins(index, on: place, partitions, using: &random) }
    }

    /// Two registers say something of the same person at the same time, in two places: two workers meet over one row.
    private mutating func addTwins(
        _ index: Int, on place: Int, _ partitions: [TopicPartition], using random: inout SeededRandom
    ) {
        let time = Instant(nanoseconds: 0) + random.duration(.zero, .seconds(22))
        for (twin, partition) in partitions.shuffled(using: &random).prefix(2).enumerated() {
            let word = word(on: place, using: &random)
            let content = Arrival.Content.event(id: "event-\(index)-twin-\(twin)", word, dress: 0)
            arrivals.append(Arrival(time: time, partition: partition, content: content))
        }
    }

    private func word(on place: Int, using random: inout SeededRandom) -> Word {
        Word(
            person: place, registry: ["", "SPAR", "OTHER"].randomElement(using: &random) ?? "",
            second: Int.random(in: 0..<50_000, using: &random), isProtected: !random.once(in: 3),
            contact: random.once(in: 4) ? people[place].contacts.randomElement(using: &random) : nil,
            isPoison: random.once(in: 40))
    }

    private mutating func arrive(
        _ content: Arrival.Content, at partition: TopicPartition, using random: inout SeededRandom
    ) {
        let time = Instant(nanoseconds: 0) + random.duration(.zero, .seconds(22))
        arrivals.append(Arrival(time: time, partition: partition, content: content))
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
