import KafkaClient
import Logging
import Testing

/// Long enough for a slow machine; nothing waits for it unless something is wrong.
let patience = Duration.seconds(30)

let quiet = Logger(label: "kafka-client-tests") { _ in SwiftLogNoOpLogHandler() }

/// The mock cluster answers an empty fetch only after its whole wait, lets a rebalance last a session timeout less a
/// second, and never answers the first to join if its session is shorter than 3 s.
func properties(_ further: [String: String] = [:]) throws -> KafkaProperties {
    try KafkaProperties(["fetch.wait.max.ms": "20"].merging(further) { $1 })
}

func makeConsumer(
    _ broker: EmbeddedBroker, group: String = "group",
    assignment: ConsumerConfiguration.Assignment = .cooperativeSticky,
    _ adjust: (inout ConsumerConfiguration) -> Void = { _ in }
) throws -> KafkaConsumer {
    var configuration = ConsumerConfiguration(
        bootstrapServers: broker.bootstrapServers, groupID: group, assignment: assignment, properties: try properties(),
        sessionTimeout: .milliseconds(3_500))
    adjust(&configuration)
    return try KafkaConsumer(configuration, logger: quiet)
}

func makeProducer(_ broker: EmbeddedBroker, _ further: [String: String] = [:]) throws -> KafkaProducer {
    try KafkaProducer(
        ProducerConfiguration(
            bootstrapServers: broker.bootstrapServers, linger: .zero, properties: try KafkaProperties(further)),
        logger: quiet)
}

func makeTransactionalProducer(
    _ broker: EmbeddedBroker, id: String = "transactions", timeout: Duration = .seconds(10),
    _ further: [String: String] = [:]
) throws -> TransactionalProducer {
    try TransactionalProducer(
        ProducerConfiguration(
            bootstrapServers: broker.bootstrapServers, transactionalID: id, transactionTimeout: timeout, linger: .zero,
            properties: try KafkaProperties(further)), logger: quiet)
}

/// A record as a test compares it.
struct Seen: Hashable, Comparable {
    var partition: Int32
    var offset: Int64
    var value: String

    static func < (left: Seen, right: Seen) -> Bool {
        (left.partition, left.offset) < (right.partition, right.offset)
    }
}

extension RecordBatch {
    var seen: [Seen] {
        map { Seen(partition: $0.topicPartition.partition, offset: $0.offset, value: text($0.value) ?? "null") }
    }
}

func text(_ bytes: ArraySlice<UInt8>?) -> String? {
    bytes.map { String(decoding: $0, as: UTF8.self) }
}

func write(_ values: [String], to topic: String, partition: Int32 = 0, _ broker: EmbeddedBroker) throws {
    let producer = try makeProducer(broker)
    for value in values {
        try producer.produce(OutgoingRecord(topic: topic, partition: partition, value: Array(value.utf8)))
    }
    try producer.flush(within: patience)
    #expect(producer.deliveries.delivered == values.count)
    producer.close(within: .seconds(5))
}

/// Polls until the condition is met; everything polled passes through it.
func poll(
    _ consumer: KafkaConsumer, maximum: Int = 1_000, within timeout: Duration = patience,
    until isDone: (Polled) throws -> Bool
) rethrows -> Bool {
    let end = ContinuousClock.now + timeout
    while ContinuousClock.now < end {
        if try isDone(consumer.poll(maximum: maximum, timeout: .milliseconds(100))) { return true }
    }
    return false
}

/// Reads this many records, whatever else comes.
func read(_ count: Int, _ consumer: KafkaConsumer, maximum: Int = 1_000) -> [Seen] {
    var seen: [Seen] = []
    _ = poll(consumer, maximum: maximum) { polled in
        if case .records(let batch) = polled { seen += batch.seen }
        return seen.count >= count
    }
    return seen
}

/// Waits for the next rebalance.
func nextRebalance(_ consumer: KafkaConsumer, maximum: Int = 0) -> Rebalance? {
    var found: Rebalance?
    _ = poll(consumer, maximum: maximum) { polled in
        if case .rebalance(let rebalance) = polled { found = rebalance }
        return found != nil
    }
    return found
}

/// Runs until the member holds exactly this many partitions, answering every rebalance at once.
func settle(
    _ members: [(consumer: KafkaConsumer, held: Int)], cooperative: Bool
) throws -> [Set<TopicPartition>] {
    var held = members.map { _ in Set<TopicPartition>() }
    let end = ContinuousClock.now + patience
    while ContinuousClock.now < end, held.map(\.count) != members.map(\.held) {
        for (index, member) in members.enumerated() {
            guard case .rebalance(let rebalance) = member.consumer.poll(maximum: 0, timeout: .milliseconds(20)) else {
                continue
            }
            apply(rebalance, to: &held[index])
            try member.consumer.answer(rebalance)
        }
    }
    return held
}

func apply(_ rebalance: Rebalance, to held: inout Set<TopicPartition>) {
    switch rebalance.kind {
    case .assigned: held.formUnion(rebalance.partitions)
    case .revoked, .lost: held.subtract(rebalance.partitions)
    }
}
