internal import Foundation
internal import KafkaClient
internal import ProtectedIdentity

/// A record that was set aside, and its original.
struct RedrivenRecord {
    let entry: QuarantineEntry
    let original: OriginalRecord

    /// The how manieth time it is put back.
    var redrives: Int { entry.headers.redrives + 1 }

    /// The copy for the topic of the original: key, value and headers as they were, and the count.
    ///
    /// - Parameter partition: where to; nil: as the key says.
    func copy(to partition: Int32?) -> OutgoingRecord {
        let headers = original.headers.filter { $0.name != RedriveMark.countHeader }.map { header in
            RecordHeader(header.name, header.value.map { Array($0) })
        }
        return OutgoingRecord(
            topic: entry.headers.topic, partition: partition, key: original.key.map { Array($0) },
            value: original.value.map { Array($0) },
            headers: headers + [RecordHeader(RedriveMark.countHeader, String(redrives))])
    }

    func mark(in topic: String, at moment: Timestamp) -> OutgoingRecord {
        let message = RedriveMark(
            original: entry.original, reason: entry.headers.reason, redrives: redrives, redrivenAt: moment
        ).encoded()
        return OutgoingRecord(
            topic: topic, key: message.key, value: message.value,
            headers: message.headers.map { RecordHeader($0.0, $0.1) })
    }
}

/// Where records are put back.
protocol RedriveTargeting {
    /// Puts records back, all with their marks.
    ///
    /// - Returns: those that the broker does not take.
    func put(_ records: [RedrivenRecord]) throws -> [RecordCoordinates]
}

/// Puts nothing anywhere.
struct DryWriter: RedriveTargeting {
    func put(_ records: [RedrivenRecord]) -> [RecordCoordinates] { [] }
}

/// The producer of a redrive.
struct RedriveWriter {
    private let producer: TransactionalProducer
    let quarantine: String

    private static let attempts = 5

    /// Takes over from a redrive that died, or goes on still: its open transaction is aborted, and it can write no more.
    init(_ kafka: OperationsKafka, quarantine: String) throws {
        self.quarantine = quarantine
        producer = try TransactionalProducer(
            ProducerConfiguration(
                bootstrapServers: kafka.bootstrapServers, transactionalID: "protected-identity-redrive-\(quarantine)",
                transactionTimeout: .seconds(30), properties: kafka.properties), logger: kafka.logger)
        do throws(KafkaError) {
            try repeating { () throws(KafkaError) in
                try producer.initTransactions(timeout: OperationsKafka.patience)
            }
        } catch {
            producer.close(within: .seconds(2))
            throw error
        }
    }

    func close() {
        producer.close(within: .seconds(2))
    }

    /// Writes copies and marks in one transaction. One that is known to be aborted is written again.
    ///
    /// The copies are there before the marks are written: where transactions are none (librdkafka's mock cluster) a record may be
    /// put back twice, which the journal answers, and is never marked without having been put back.
    func write(copies: [OutgoingRecord], marks: [OutgoingRecord]) throws(KafkaError) {
        try repeating { () throws(KafkaError) in
            do throws(KafkaError) {
                let transaction = try producer.begin()
                for copy in copies { try transaction.produce(copy) }
                try transaction.flush(within: OperationsKafka.patience)
                for mark in marks { try transaction.produce(mark) }
                try transaction.commit()
            } catch {
                guard error.transactionResult != .unknown, !error.isFatal else { throw error }
                try producer.abortOpenTransaction()
                throw error
            }
        }
    }

    private func repeating(_ body: () throws(KafkaError) -> Void) throws(KafkaError) {
        for attempt in 1... {
            do throws(KafkaError) {
                return try body()
            } catch {
                let isWorthIt = !error.isFatal && error.transactionResult != .unknown && !error.isMessageTooLarge
                guard isWorthIt, attempt < Self.attempts, error.isRetriable || error.requiresAbort else { throw error }
                Thread.sleep(forTimeInterval: 0.2 * Double(attempt))
            }
        }
    }
}

/// Each record's own topic, and the marks in the quarantine topic.
struct RedriveTarget: RedriveTargeting {
    let writer: RedriveWriter
    /// Those of all topics that something goes back into.
    let partitions: Set<TopicPartition>
    let clock: @Sendable () -> Timestamp

    func put(_ records: [RedrivenRecord]) throws -> [RecordCoordinates] {
        guard !records.isEmpty else { return [] }
        let moment = clock()
        do throws(KafkaError) {
            try writer.write(
                copies: records.map { $0.copy(to: partition(of: $0.entry)) },
                marks: records.map { $0.mark(in: writer.quarantine, at: moment) })
            return []
        } catch {
            guard error.isMessageTooLarge else { throw error }
            // One of them is: the others are not to wait for it.
            guard records.count > 1 else { return records.map(\.entry.original) }
            let half = records.count / 2
            return try put(Array(records[..<half])) + put(Array(records[half...]))
        }
    }

    /// Where its writer had put it: its keys lie where a feed's own partitioner says, which nobody here knows.
    private func partition(of entry: QuarantineEntry) -> Int32? {
        let place = TopicPartition(topic: entry.headers.topic, partition: entry.headers.partition)
        return partitions.contains(place) ? place.partition : nil
    }
}
