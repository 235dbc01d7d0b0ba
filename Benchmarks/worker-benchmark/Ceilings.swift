import BatchPipeline
import ContactStore
import Foundation
import KafkaClient
import PostgresContactStore
import ProtectedIdentity
import RedactionWorker
import RegistryWorker
import SQLiteContactStore

/// Each stage alone, on the same records in batches of the same size: what the whole cannot pass.
struct Ceilings {
    let place: Workplace
    private let work: RedactionWork
    private let keyring: DigestKeyring
    private let registry: SQLiteContactStore
    /// Records enough for stages that take seconds.
    private let events: Int

    init(place: Workplace) throws {
        self.place = place
        events = min(place.settings.events, 50_000)
        keyring = try DigestKeyring(parsing: Workplace.digestKeys)
        registry = try SQLiteContactStore(path: place.embeddedRegistry(contacts: place.settings.contacts))
        work = RedactionWork(
            store: registry,
            settings: RegistryWorkSettings(
                group: "workers", topics: OutgoingTopics(), source: "/worker", policies: .keepEverywhere,
                keyring: keyring, seal: nil), clock: { .now })
    }

    func measure() throws -> [Report.Stage] {
        var stages = [try consuming()]
        let batches = Feed(topic: "events", partitions: place.settings.partitions)
            .batches(events, of: place.settings.batch)
        var decoded: [[BatchPipeline.Slice<RegistryItem>]] = []
        stages.append(
            stage("decoding", events) { decoded = batches.map(work.decode) })
        let database = try place.databases.make(contacts: place.settings.contacts)
        let postgres = try Databases.store(database)
        stages.append(try applying(decoded, to: postgres, "store (PostgreSQL)"))
        postgres.close()
        try place.databases.remove(database)
        let embedded = try SQLiteContactStore(path: place.embeddedRegistry(contacts: place.settings.contacts))
        stages.append(try applying(decoded, to: embedded, "store (SQLite)"))
        embedded.close()

        let applied = try decoded.prefix(20).flatMap { try work.apply($0, settling: []) }
        let messages = applied.flatMap(\.messages)
        var records: [OutgoingRecord] = []
        stages.append(stage("making records of messages", messages.count) { records = messages.map(work.encode) })
        stages.append(try producing(records))
        return stages
    }

    private func stage(_ name: String, _ events: Int, _ body: () throws -> Void) rethrows -> Report.Stage {
        let (begin, busy) = (ContinuousClock.now, ProcessFigures.processorTime(getpid()))
        try body()
        let seconds = begin.duration(to: .now).inSeconds
        let cost = ProcessFigures.processorTime(getpid()) - busy
        return Report.Stage(
            name: name, eventsPerSecond: Double(events) / seconds, microseconds: cost * 1_000_000 / Double(events))
    }

    private func consuming() throws -> Report.Stage {
        let broker = try Broker(place.settings, folder: place.folder)
        let events = place.settings.events
        try Feed(topic: broker.events, partitions: place.settings.partitions).fill(broker, events: events)
        let consumer = try broker.consumer(group: "ceiling")
        defer { _ = consumer.leave(within: .seconds(2)) }
        return try stage("consuming", events) {
            let partitions = (0..<place.settings.partitions).map {
                (TopicPartition(topic: broker.events, partition: Int32($0)), Int64(0))
            }
            try consumer.assign(Dictionary(uniqueKeysWithValues: partitions))
            var count = 0
            let deadline = ContinuousClock.now + .seconds(60)
            while count < events {
                guard .now < deadline else { throw BenchmarkError("\(count) of \(events) records were read") }
                let polled = consumer.poll(maximum: place.settings.batch, timeout: .milliseconds(100))
                if case .records(let batch) = polled { count += batch.count }
            }
        }
    }

    /// The store's step on what is decoded already: look-ups, decision, statements, commit.
    private func applying(
        _ decoded: [[BatchPipeline.Slice<RegistryItem>]], to store: any ContactStore, _ name: String
    ) throws -> Report.Stage {
        var published: [SettledSlice] = []
        return try stage(name, events) {
            for slices in decoded {
                let batch = RedactionBatch(
                    group: "workers", records: slices.flatMap { $0.items.map(\.incoming) }, decidedAt: .now,
                    policies: .keepEverywhere, keyring: keyring)
                let shares = slices.map {
                    BatchSlice(
                        partition: PartitionName(topic: $0.partition.topic, partition: $0.partition.partition),
                        first: $0.first, last: $0.last)
                }
                let applied = try store.apply(StoreBatch(redaction: batch, slices: shares, settling: published))
                published = zip(applied.sliceIDs, shares).map {
                    SettledSlice(id: $0, partition: $1.partition, last: $1.last)
                }
            }
        }
    }

    /// Transactions with the offsets of a real member.
    private func producing(_ records: [OutgoingRecord]) throws -> Report.Stage {
        let broker = try Broker(place.settings, folder: place.folder)
        let consumer = try broker.consumer(group: broker.events)
        defer { _ = consumer.leave(within: .seconds(2)) }
        try consumer.subscribe(to: [broker.events])
        var mine: [TopicPartition] = []
        _ = wait(within: 30) {
            if case .rebalance(let rebalance) = consumer.poll(maximum: 0, timeout: .milliseconds(100)) {
                mine = rebalance.partitions
                try? consumer.answer(rebalance)
            }
            return !mine.isEmpty
        }
        let producer = try TransactionalProducer(
            ProducerConfiguration(bootstrapServers: broker.bootstrapServers, transactionalID: broker.events),
            logger: quiet)
        defer { producer.close(within: .seconds(2)) }
        try producer.initTransactions(timeout: .seconds(20))
        try producer.warmUp(topics: [broker.outcomes], timeout: .seconds(10))
        let size = place.settings.batch
        return try stage("transactions with offsets", records.count) {
            for first in stride(from: 0, to: records.count, by: size) {
                let transaction = try producer.begin()
                for var record in records[first..<min(first + size, records.count)] {
                    record.topic = broker.outcomes
                    try transaction.produce(record)
                }
                let next = mine.map { ($0, Int64(first / size + 1)) }
                try transaction.sendOffsets(Dictionary(uniqueKeysWithValues: next), of: consumer)
                try transaction.commit()
            }
        }
    }
}
