import BenchmarkSupport
import Foundation
import KafkaClient
import Logging
import ProtectedIdentity

/// Events as a register sends them: each says of another person of the registry that they are protected.
struct Feed {
    static let source = "/registry/spar"
    let topic: String
    let partitions: Int

    /// The event about person `index`. Its time is `time`, from which latency is counted.
    func event(_ index: Int, at time: Timestamp, observedAt: Timestamp) -> OutgoingRecord {
        let data = """
            {"tenant":"\(CompanyTables.tenant)","status":"protected","origin":"monitoring","country":"SE",\
            "observedAt":"\(observedAt)","personalIdentityNumber":"\(TestNumber.number(index))","registry":"SPAR"}
            """
        return OutgoingRecord(
            topic: topic, partition: Int32(index % partitions), key: Array("person-\(index)".utf8),
            value: Array(data.utf8),
            headers: [
                RecordHeader("ce_specversion", "1.0"), RecordHeader("ce_id", "event-\(index)"),
                RecordHeader("ce_source", Self.source), RecordHeader("ce_type", StatusEvent.type),
                RecordHeader("ce_time", time.description), RecordHeader("content-type", "application/json"),
            ])
    }

    /// Fills the topic, in large compressed batches: the embedded broker keeps 5 MiB of a partition.
    func fill(_ broker: Broker, events: Int) throws {
        let producer = try KafkaProducer(
            ProducerConfiguration(
                bootstrapServers: broker.bootstrapServers, linger: .milliseconds(50),
                properties: try KafkaProperties(["compression.codec": "lz4"])), logger: quiet)
        defer { producer.close(within: .seconds(2)) }
        try producer.warmUp(topics: [topic], timeout: .seconds(10))
        let now = Timestamp.now
        for index in 0..<events { try producer.produce(event(index, at: now, observedAt: now)) }
        try producer.flush(within: .seconds(120))
        guard producer.deliveries.failed == 0 else { throw BenchmarkError("the feed could not be written") }
    }

    /// The same as they are read, without a broker: a fetch brings a run of one partition, so a batch is from few of them,
    /// and its persons do not stand side by side in the registry.
    func batches(_ events: Int, of size: Int) -> [RecordBatch] {
        let now = Timestamp.now
        let order = stride(from: 0, to: events, by: partitions * size).flatMap { first in
            (0..<partitions).flatMap { partition in
                stride(from: first + partition, to: min(first + partitions * size, events), by: partitions)
            }
        }
        return stride(from: 0, to: events, by: size).map { first in
            RecordBatch(
                order[first..<min(first + size, events)].map { index in
                    let record = event(index, at: now, observedAt: now)
                    return (
                        TopicPartition(topic: topic, partition: record.partition ?? 0), Int64(index / partitions),
                        now.microseconds / 1_000, record
                    )
                })
        }
    }
}

let quiet = Logger(label: "worker-benchmark") { _ in SwiftLogNoOpLogHandler() }

struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension Timestamp {
    static var now: Timestamp { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
