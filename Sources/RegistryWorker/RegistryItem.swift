import Foundation
package import KafkaClient
public import ProtectedIdentity

/// A decoded record, and the bytes it came from in case it has to be set aside.
public struct RegistryItem: Sendable {
    /// What the decision is made over.
    public let incoming: IncomingRecord
    /// Shares the arena of its batch.
    package let record: RecordView

    package init(incoming: IncomingRecord, record: RecordView) {
        self.incoming = incoming
        self.record = record
    }

    /// The bytes of key, value and headers, with what JSON adds to each header.
    var byteCount: Int {
        let headers = record.headers.reduce(0) { $0 + $1.nameBytes.count + ($1.value?.count ?? 0) + 32 }
        return (record.key?.count ?? 0) + (record.value?.count ?? 0) + headers
    }

    /// The record as it stood in the topic.
    var original: OriginalRecord {
        OriginalRecord(
            key: record.key.map { Data($0) }, value: record.value.map { Data($0) },
            headers: record.headers.map { OriginalRecord.Header(name: $0.name, value: $0.value.map { Data($0) }) },
            timestamp: record.timestamp)
    }
}

/// Turns records into items: decoding, parsing of numbers, digests and journal keys, all of it once a record.
public struct RecordReader: Sendable {
    let decoder: EventDecoder
    let keyring: DigestKeyring
    /// A count beyond this is nonsense, and would overflow when it is counted on.
    private static let mostRedrives = 1_000_000

    /// A reader of messages.
    public init(reading messages: ReadMessages, keyring: DigestKeyring) {
        decoder = EventDecoder(reading: messages)
        self.keyring = keyring
    }

    func read(_ record: RecordView, today: CalendarDate) -> RegistryItem {
        var headers = EventHeaders()
        record.forEachHeader { headers.take(name: $0, value: $1) }
        let value = record.value
        let coordinates = RecordCoordinates(
            topic: record.topicPartition.topic, partition: record.topicPartition.partition, offset: record.offset)
        let raw = ContentDigestInput(raw: value)
        let journalKeys: [EventKey]
        let says: ContentDigestInput
        let content: IncomingRecord.Content
        let redrives: Int
        switch decoder.decode(headers: headers, value: value) {
        case .event(let event, content: let input):
            let numbers = EventNumbers(of: event, today: today, keyring: keyring)
            journalKeys = keyring.eventKeys(of: event.identity)
            says = input
            content = .event(event, numbers)
            redrives = event.redrives
        case .command(let command, content: let input):
            journalKeys = keyring.eventKeys(of: command.identity)
            says = input
            content = .command(command)
            redrives = command.redrives
        case .refused(let reason, let identity, let isProtection):
            journalKeys = identity.map(keyring.eventKeys(of:)) ?? []
            says = raw
            content = .refused(reason, isProtection: isProtection)
            redrives = record.header("quarantine-redrives").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
        }
        let incoming = IncomingRecord(
            coordinates: coordinates, journalKeys: journalKeys, timestamp: record.timestamp ?? -1,
            value: value ?? [], keyring: keyring, says: says, raw: raw,
            digest: keyring.contentDigest(of: says), redrives: min(max(0, redrives), Self.mostRedrives),
            content: content)
        return RegistryItem(incoming: incoming, record: record)
    }
}
