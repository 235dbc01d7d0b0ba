internal import Foundation
internal import KafkaClient
public import ProtectedIdentity

/// A record that was set aside, as the quarantine topic has it.
public struct QuarantineEntry: Sendable {
    /// Where it stands in the quarantine topic.
    public let place: RecordCoordinates
    /// When it was set aside, by its own timestamp.
    public let setAsideAt: Timestamp?
    /// Where the original stands, why it was set aside, how often.
    public let headers: QuarantineHeaders
    /// How many bytes the sealed original has; 0 where coordinates alone were written.
    public let sealedBytes: Int
    /// The sealed original; nil where there is none, or nobody asked for it.
    public let sealed: [UInt8]?

    /// Where the original stands, or stood: what names the record everywhere.
    public var original: RecordCoordinates { headers.original }
}

/// What a record in the quarantine topic is.
enum QuarantineRecord {
    case setAside(QuarantineEntry)
    case redriven(RedriveMark)
    /// Not one of the worker's.
    case foreign

    /// - Parameter copiesPayload: whether the sealed original is wanted; a view of it would keep its whole batch in memory.
    init(_ record: RecordView, copiesPayload: Bool) {
        if let mark = RedriveMark(reading: record.header) {
            self = .redriven(mark)
        } else if let headers = QuarantineHeaders(reading: record.header) {
            let value = record.value.flatMap { $0.isEmpty ? nil : $0 }
            self = .setAside(
                QuarantineEntry(
                    place: RecordCoordinates(record), setAsideAt: record.timestamp.map { Timestamp(milliseconds: $0) },
                    headers: headers,
                    sealedBytes: value?.count ?? 0, sealed: copiesPayload ? value.map { Array($0) } : nil))
        } else {
            self = .foreign
        }
    }
}

extension RecordCoordinates {
    init(_ record: RecordView) {
        self.init(
            topic: record.topicPartition.topic, partition: record.topicPartition.partition, offset: record.offset)
    }
}

extension OriginalRecord {
    /// A record as it stands in its topic.
    init(_ record: RecordView) {
        self.init(
            key: record.key.map { Data($0) }, value: record.value.map { Data($0) },
            headers: record.headers.map { Header(name: $0.name, value: $0.value.map { Data($0) }) },
            timestamp: record.timestamp)
    }
}
