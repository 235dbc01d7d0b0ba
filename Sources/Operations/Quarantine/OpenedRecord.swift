internal import KafkaClient
public import ProtectedIdentity

/// `quarantine show`: one record that was set aside, opened.
public struct OpenedRecord: Sendable {
    /// The record in the quarantine topic.
    public let entry: QuarantineEntry
    /// The original.
    public let original: OriginalRecord
}

/// Why a record cannot be shown.
public enum UnshownRecord: Error, Hashable, Sendable {
    /// Nothing in the quarantine topic bears these coordinates.
    case unknown
    /// It is sealed, and no private key was given.
    case needsKey(keyID: String)
    /// It cannot be opened.
    case unopened(UnopenedRecord)
    /// The quarantine holds its coordinates alone, and it stands there no longer: its topic does not retain it, or holds another
    /// record.
    case notRetained
}

extension QuarantineTopic {
    /// The record of these coordinates: the original's, or its own in the quarantine topic. Of several copies the first that holds
    /// something.
    public func entry(at coordinates: RecordCoordinates) throws -> QuarantineEntry? {
        var ranges = try ranges()
        if coordinates.topic == name {
            let partition = TopicPartition(topic: name, partition: coordinates.partition)
            let place = coordinates.offset..<max(coordinates.offset, coordinates.offset &+ 1)
            ranges = [partition: place.clamped(to: ranges[partition] ?? 0..<0)]
        }
        var found: QuarantineEntry?
        try read(in: ranges, copyingPayloads: true) { record in
            guard case .setAside(let entry) = record, entry.original == coordinates || entry.place == coordinates
            else { return true }
            if found == nil || entry.sealedBytes > 0 { found = entry }
            return entry.sealedBytes == 0
        }
        return found
    }

    /// Opens the record of these coordinates; where the quarantine holds no more than them, the original is fetched from its topic.
    ///
    /// - Parameters:
    ///   - sealed: opens what is sealed.
    ///   - line: what the audit log is told, but for the coordinates.
    /// - Throws: ``UnshownRecord``, ``AuditFailure``, ``KafkaClient/KafkaError``.
    public func open(
        _ coordinates: RecordCoordinates, with sealed: SealedRecords?, in kafka: OperationsKafka,
        trail: any AuditTrail, line: () -> AuditEntry
    ) throws -> OpenedRecord {
        guard let entry = try entry(at: coordinates) else { throw UnshownRecord.unknown }
        guard entry.sealedBytes == 0 else {
            guard let sealed else { throw UnshownRecord.needsKey(keyID: entry.headers.keyID ?? "?") }
            switch try sealed.open([entry]).first {
            case .success(let original)?: return OpenedRecord(entry: entry, original: original)
            case .failure(let failure)?: throw UnshownRecord.unopened(failure)
            case nil: throw UnshownRecord.unknown
            }
        }
        var audited = line()
        audited.coordinates = entry.original.description
        try trail.record([audited])
        let consumer = try kafka.consumer()
        defer { _ = consumer.leave(within: .seconds(2)) }
        guard let original = try SourceTopic(consumer: consumer).originals(of: [entry])[entry.original] else {
            throw UnshownRecord.notRetained
        }
        return OpenedRecord(entry: entry, original: original)
    }
}
