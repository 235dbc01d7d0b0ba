import Foundation
import KafkaClient
import Logging
import Synchronization

/// Reads topics from their beginning, as anybody downstream would: `read_committed`, on a thread of its own.
final class TopicReader: Sendable {
    private struct State {
        var batches: [RecordBatch] = []
        var counts: [String: Int] = [:]
    }

    private let state = Mutex(State())
    private let isStopped = Atomic<Bool>(false)
    private let finished = DispatchSemaphore(value: 0)
    private let keepsRecords: Bool

    /// - Parameters:
    ///   - topics: with the number of their partitions.
    ///   - keepsRecords: whether the records themselves are wanted, not only their number.
    init(
        bootstrapServers: String, topics: [String: Int], keepsRecords: Bool, logger: Logger
    ) throws {
        self.keepsRecords = keepsRecords
        let consumer = try KafkaConsumer(
            ConsumerConfiguration(
                bootstrapServers: bootstrapServers, groupID: "demo-reader",
                properties: try KafkaClient.KafkaProperties(["fetch.wait.max.ms": "20"])), logger: logger)
        var beginnings: [TopicPartition: Int64] = [:]
        for (topic, count) in topics {
            for partition in 0..<Int32(clamping: count) {
                beginnings[TopicPartition(topic: topic, partition: partition)] = 0
            }
        }
        try consumer.assign(beginnings)
        Thread.detachNewThread { [self] in
            while !isStopped.load(ordering: .acquiring) {
                if case .records(let batch) = consumer.poll(maximum: 10_000, timeout: .milliseconds(50)) { keep(batch) }
            }
            _ = consumer.leave(within: .seconds(2))
            finished.signal()
        }
    }

    /// How many records of each topic were read.
    var counts: [String: Int] { state.withLock { $0.counts } }

    /// The records of a topic, partition by partition in the order of their offsets.
    func records(of topic: String) -> [RecordView] {
        state.withLock { $0.batches }.flatMap { $0.filter { $0.topicPartition.topic == topic } }
            .sorted { ($0.topicPartition, $0.offset) < ($1.topicPartition, $1.offset) }
    }

    func stop() {
        isStopped.store(true, ordering: .releasing)
        finished.wait()
    }

    private func keep(_ batch: RecordBatch) {
        state.withLock { state in
            for run in batch.runs { state.counts[run.topicPartition.topic, default: 0] += run.range.count }
            if keepsRecords { state.batches.append(batch) }
        }
    }
}
