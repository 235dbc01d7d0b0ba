/// A decoded record with everything about it that can be computed before the store is asked.
///
/// A class, but a value: it never changes. Every stage hands it on, and a copy of all its parts costs some thirty counts.
public final class IncomingRecord: Sendable {
    /// What the record turned out to be.
    public enum Content: Sendable {
        /// An event that is understood, and its numbers as far as they can be used.
        case event(StatusEvent, EventNumbers)
        /// A command that is understood.
        case command(ReceivedCommand)
        /// A record that goes to the quarantine, and whether it seems to say *protected*.
        case refused(QuarantineReason, isProtection: Bool)
    }

    /// Where the record was read.
    public let coordinates: RecordCoordinates
    /// The keys under which the journal may know it: the one to write first, then those of older digest keys.
    public let journalKeys: [EventKey]
    private let place: Place
    /// What it says, to be compared with rows written under older keys.
    public let says: ContentDigestInput
    /// Its value as it came, to be compared with rows of a version that could not read it.
    public let raw: ContentDigestInput
    /// The digest of what it says, under the writing key.
    public let digest: ContentDigest
    /// How often it was put back from the quarantine.
    public let redrives: Int
    /// What it is.
    public let content: Content

    /// Few records are ever asked for their place, and it is a digest of the whole record.
    private enum Place: Sendable {
        case digested([EventKey])
        case record(timestamp: Int64, value: ArraySlice<UInt8>, DigestKeyring)
    }

    /// A decoded record; `journalKeys` has the writing digest key's first, and is empty where there is no identity.
    public convenience init(
        coordinates: RecordCoordinates, journalKeys: [EventKey], placeKeys: [EventKey], says: ContentDigestInput,
        raw: ContentDigestInput, digest: ContentDigest, redrives: Int, content: Content
    ) {
        self.init(
            coordinates: coordinates, journalKeys: journalKeys, place: .digested(placeKeys), says: says, raw: raw,
            digest: digest, redrives: redrives, content: content)
    }

    /// As the other, for a record that may never be asked for its place.
    ///
    /// - Parameters:
    ///   - timestamp: the record's, in milliseconds since 1970; -1 where it has none.
    ///   - value: the record's.
    public convenience init(
        coordinates: RecordCoordinates, journalKeys: [EventKey], timestamp: Int64, value: ArraySlice<UInt8>,
        keyring: DigestKeyring, says: ContentDigestInput, raw: ContentDigestInput, digest: ContentDigest, redrives: Int,
        content: Content
    ) {
        self.init(
            coordinates: coordinates, journalKeys: journalKeys,
            place: .record(timestamp: timestamp, value: value, keyring), says: says, raw: raw, digest: digest,
            redrives: redrives, content: content)
    }

    private init(
        coordinates: RecordCoordinates, journalKeys: [EventKey], place: Place, says: ContentDigestInput,
        raw: ContentDigestInput, digest: ContentDigest, redrives: Int, content: Content
    ) {
        self.coordinates = coordinates
        self.journalKeys = journalKeys.isEmpty ? Self.keys(of: place, at: coordinates) : journalKeys
        self.place = place
        self.says = says
        self.raw = raw
        self.digest = digest
        self.redrives = redrives
        self.content = content
    }

    /// The keys for a record that bears another's identity, or none of its own: its place. The one to write first.
    public var placeKeys: [EventKey] { Self.keys(of: place, at: coordinates) }

    private static func keys(of place: Place, at coordinates: RecordCoordinates) -> [EventKey] {
        switch place {
        case .digested(let keys): keys
        case .record(let timestamp, let value, let keyring):
            keyring.placeKeys(
                topic: coordinates.topic, partition: coordinates.partition, offset: coordinates.offset,
                timestamp: timestamp, content: value)
        }
    }

    /// Whether it says, or seems to say, *protected*: set aside, it leaves somebody exposed.
    public var isProtection: Bool {
        switch content {
        case .event(let event, _): event.status == .protected
        case .command: false
        case .refused(_, let isProtection): isProtection
        }
    }

    /// The trace context to pass on, where the record was understood and the context holds no number of it.
    public var traceparent: String? {
        switch content {
        case .event(let event, let numbers): event.traceparent.flatMap { numbers.traces.areIn($0) ? nil : $0 }
        case .command(let command): command.traceparent
        case .refused: nil
        }
    }
}

/// The numbers of an event after parsing, with their digests: computed once an event.
public struct EventNumbers: Sendable {
    /// The usable numbers, each once, in the event's order.
    public let usable: [DigestedNumber]
    /// Why the event's numbers cannot be relied on, where that is so: one of them is malformed, or none of them is in any
    /// register. One that is in no register leads to nobody, and takes nothing from those that do.
    public let error: NumberError?
    /// What would betray the numbers in a string from upstream.
    public let traces: NumberTraces

    /// The numbers of `event` as they read on the day `today`, digested under the keys of `keyring`.
    public init(of event: StatusEvent, today: CalendarDate, keyring: DigestKeyring) {
        var usable: [DigestedNumber] = []
        var errors: Set<NumberError> = []
        if let country = event.country.served {
            usable.reserveCapacity(event.numbers.count)
            for written in event.numbers {
                do {
                    let number = try PersonalIdentityNumber.parse(written.reveal(), country: country, today: today)
                    if !usable.contains(where: { $0.number == number }) {
                        usable.append(DigestedNumber(number, tenant: event.tenant, keyring: keyring))
                    }
                } catch {
                    errors.insert(error)
                }
            }
        }
        self.usable = usable
        error = errors.contains(.malformed) ? .malformed : usable.isEmpty ? errors.first : nil
        traces = NumberTraces(of: event, numbers: usable.map(\.number))
    }
}

/// A number with its digests under every active key, the writing key's first.
public struct DigestedNumber: Hashable, Sendable {
    /// The number.
    public let number: PersonalIdentityNumber
    /// The digests, never empty.
    public let digests: [PersonDigest]
    /// The names that a person has by it, one for each digest.
    let aliases: [PersonAlias]

    /// A number of a tenant, digested under the keys of `keyring`.
    public init(_ number: PersonalIdentityNumber, tenant: TenantName, keyring: DigestKeyring) {
        self.number = number
        digests = keyring.digests(of: number, tenant: tenant)
        aliases = digests.map { PersonAlias(.number, $0) }
    }
}
