import ContactStore
import Simulation
import Testing

@testable import ProtectedIdentity

/// A contact registry, a clock, and the decisions of a worker on both: what the tests of fold and enforce stand on.
struct Registry {
    static let home = "nordic-sport"

    let store = InMemoryContactStore()
    var policies = TenantPolicies.keepEverywhere
    var keyring: DigestKeyring
    var now: Timestamp
    var group = "workers"
    private(set) var nextOffset: Int64 = 0

    init() throws {
        keyring = try testKeyring(("k1", 1))
        now = try moment("2026-11-23T09:30:00Z")
    }

    // MARK: Contacts

    func put(
        _ id: String, number: String? = nil, country: Country = .sweden, name: String? = "Alma",
        address: String? = "Gata 1",
        isMarked: Bool = false, in tenantName: String = Self.home
    ) throws {
        var details = RegistryContact.Details()
        details.number = number.map { Sensitive($0) }
        details.firstName = name.map { Sensitive($0) }
        details.street = address.map { Sensitive($0) }
        details.email = Sensitive("mail@example.com")
        store.put(
            RegistryContact(
                key: try key(id, in: tenantName), country: CountryCode(country), details: details,
                isProtected: isMarked))
    }

    func key(_ id: String, in tenantName: String = Self.home) throws -> ContactKey {
        ContactKey(tenant: try tenant(tenantName), id: try contact(id))
    }

    func contactNow(_ id: String, in tenantName: String = Self.home) throws -> RegistryContact {
        try #require(store.contacts[key(id, in: tenantName)])
    }

    func state(_ id: String, in tenantName: String = Self.home) throws -> ContactState {
        let contact = try contactNow(id, in: tenantName)
        switch (contact.details.holding.isEmpty, contact.isProtected) {
        case (true, true): return .redacted
        case (true, false): return .lifted
        case (false, false): return .untouched
        case (false, true): return .exposed
        }
    }

    // MARK: Decisions

    /// Decides one event as a batch of its own.
    mutating func decide(_ event: StatusEvent) throws -> Verdict {
        try #require(decide([event]).first)
    }

    /// Decides a batch whose outcomes are then published and settled.
    mutating func decide(_ events: [StatusEvent]) throws -> [Verdict] {
        try apply(events.map { try record($0) })
    }

    /// Decides an event that must have an outcome.
    mutating func outcome(_ event: StatusEvent, _ location: SourceLocation = #_sourceLocation) throws -> OutcomeMessage
    {
        let verdict = try decide(event)
        return try #require(verdict.outcome, "\(verdict)", sourceLocation: location)
    }

    /// Applies records; `settles` tells whether their slices are then known to be published.
    mutating func apply(
        _ records: [IncomingRecord], settles: Bool = true, refused: Set<RecordCoordinates> = []
    ) throws -> [Verdict] {
        let batch = RedactionBatch(
            group: group, records: records, decidedAt: now, policies: policies, keyring: keyring,
            refusedByStore: refused)
        let places = Dictionary(grouping: records.map(\.coordinates)) {
            PartitionName(topic: $0.topic, partition: $0.partition)
        }
        let slices = places.sorted { $0.key < $1.key }.map { partition, coordinates in
            let offsets = coordinates.map(\.offset)
            return BatchSlice(partition: partition, first: offsets.min() ?? 0, last: offsets.max() ?? 0)
        }
        let applied = try store.apply(StoreBatch(redaction: batch, slices: slices))
        if settles {
            let published = zip(slices, applied.sliceIDs).map {
                SettledSlice(id: $1, partition: $0.partition, last: $0.last)
            }
            try store.settle(published, of: group)
        }
        return applied.verdicts
    }

    /// The next record of a partition, or the one at `offset`.
    mutating func record(
        _ event: StatusEvent, raw: String? = nil, partition: Int32 = 0, offset: Int64? = nil
    ) throws -> IncomingRecord {
        var event = event
        if event.identity.id == StatusEvent.anyID {
            event.identity = try #require(EventIdentity(source: event.identity.source, id: "event-\(nextOffset)"))
        }
        let numbers = EventNumbers(of: event, today: now.date, keyring: keyring)
        return record(
            .event(event, numbers), says: event.content,
            journalKeys: keyring.eventKeys(of: event.identity),
            redrives: event.redrives, raw: raw, partition: partition, offset: offset)
    }

    /// The next record, a command.
    mutating func record(_ command: ReceivedCommand) throws -> IncomingRecord {
        record(
            .command(command), says: "\(command.command)", journalKeys: keyring.eventKeys(of: command.identity),
            redrives: command.redrives)
    }

    /// The next record, one that could not be decoded.
    mutating func refused(
        _ reason: QuarantineReason, says: String, identity: EventIdentity? = nil, redrives: Int = 0
    ) -> IncomingRecord {
        let keys = identity.map(keyring.eventKeys(of:))
        return record(.refused(reason, isProtection: true), says: says, journalKeys: keys ?? [], redrives: redrives)
    }

    private mutating func record(
        _ content: IncomingRecord.Content, says text: String, journalKeys: [EventKey], redrives: Int,
        raw: String? = nil, partition: Int32 = 0, offset: Int64? = nil
    ) -> IncomingRecord {
        let raw = raw.map { ContentDigestInput(raw: ArraySlice($0.utf8)) }
        let offset = offset ?? nextOffset
        nextOffset = max(nextOffset, offset + 1)
        let says = ContentDigestInput(raw: ArraySlice(text.utf8))
        let digest = keyring.contentDigest(of: says)
        let placeKeys = keyring.placeKeys(
            topic: "events", partition: partition, offset: offset, timestamp: 1, content: digest.bytes)
        return IncomingRecord(
            coordinates: RecordCoordinates(topic: "events", partition: partition, offset: offset),
            journalKeys: journalKeys, placeKeys: placeKeys, says: says, raw: raw ?? says, digest: digest,
            redrives: redrives,
            content: content)
    }
}

/// What a contact has been through.
enum ContactState {
    case untouched
    case redacted
    /// Clear, and not marked any more.
    case lifted
    /// Marked, and not clear: never right.
    case exposed
}

extension StatusEvent {
    fileprivate static let anyID = "any"

    /// What a register says of somebody; the time of day on 2026-11-23 as `HH:MM`, or a whole time.
    static func says(
        _ status: ProtectionStatus, number: String? = nil, others: [String] = [], contact contactID: String? = nil,
        at time: String = "09:00", registry: String = "SPAR", country: String = "SE",
        tenant name: String = Registry.home,
        id: String = anyID, source: String = "/registry/spar", traceparent: String? = nil, redrives: Int = 0
    ) throws -> StatusEvent {
        StatusEvent(
            identity: try #require(EventIdentity(source: source, id: id)), traceparent: traceparent,
            tenant: try #require(TenantName(rawValue: name)), status: status, origin: .monitoring,
            country: try #require(CountryCode(rawValue: country)),
            observedAt: try moment(time.count == 5 ? "2026-11-23T\(time):00Z" : time),
            numbers: ([number].compactMap { $0 } + others).map { Sensitive($0) },
            contactID: try contactID.map(contact), registry: registry, redrives: redrives)
    }

    fileprivate var content: String {
        let written = numbers.map { $0.reveal() }.joined(separator: ",")
        return [
            tenant.rawValue, status.rawValue, country.rawValue, observedAt.description, written,
            contactID?.rawValue ?? "", registry,
        ].joined(separator: "|")
    }
}

extension Verdict {
    var outcome: OutcomeMessage? {
        if case .publish(.decided(let outcome, _)) = self { outcome } else { nil }
    }

    var commands: [Command] {
        if case .publish(.decided(_, let commands)) = self { commands } else { [] }
    }

    var reason: QuarantineReason? {
        if case .publish(.quarantined(let reason, _, _)) = self { reason } else { nil }
    }

    var attempts: Int? {
        if case .publish(.quarantined(_, let attempts, _)) = self { attempts } else { nil }
    }

    var messages: [EncodedMessage] {
        if case .publish(let outcome) = self { outcome.messages(ceSource: "/protected-identity-worker") } else { [] }
    }
}

extension OutcomeMessage {
    var contacts: [String] { contactIDs.map(\.rawValue) }
}

/// Published test numbers of invented people.
enum Numbers {
    static let alma = "200001252386"
    static let bo = "200001302389"
    static let cia = "200001212380"
    static let dorte = "0707614285"
}
