import BatchPipeline
import KafkaClient

/// Why the simulated broker refuses a request.
enum LogError: Error {
    /// A newer incarnation of the transactional id exists.
    case fenced
    /// The group has moved on: the member is unknown or its generation is over.
    case illegalGeneration
    /// The producer has no open transaction, since the broker has aborted it.
    case noTransaction
}

/// A group's place in a partition.
struct GroupPartition: Hashable {
    let group: String
    let partition: TopicPartition
}

/// The part of a broker that exactly-once rests on: partitions, transactions with fencing and time-outs, and committed
/// offsets that wait for their transaction.
struct SimulatedLog {
    struct Entry {
        enum State {
            case open
            case committed
            case aborted
        }

        let record: OutgoingRecord
        let timestamp: Instant
        var state: State
    }

    private struct Producer {
        var epoch = 0
        var transaction: Transaction?
    }

    private struct Transaction {
        var entries: [(TopicPartition, Int)] = []
        var offsets: [GroupPartition: Int64] = [:]
        var begunAt: Instant
    }

    private(set) var partitions: [TopicPartition: [Entry]] = [:]
    private(set) var committed: [GroupPartition: Int64] = [:]
    private var producers: [String: Producer] = [:]
    let transactionTimeout: Duration

    init(transactionTimeout: Duration) {
        self.transactionTimeout = transactionTimeout
    }

    /// What a feed appends, outside of any transaction; returns its offset.
    mutating func append(_ record: OutgoingRecord, to partition: TopicPartition, at now: Instant) -> Int64 {
        partitions[partition, default: []].append(Entry(record: record, timestamp: now, state: .committed))
        return end(of: partition) - 1
    }

    /// Deletes a topic with all that groups have committed in it, and makes it anew. What a transaction under way is about
    /// to commit comes all the same.
    mutating func makeAnew(_ topic: String) {
        for partition in partitions.keys where partition.topic == topic { partitions[partition] = [] }
        committed = committed.filter { $0.key.partition.topic != topic }
    }

    /// Puts a group elsewhere by hand.
    mutating func move(_ group: String, in partition: TopicPartition, to offset: Int64) {
        committed[GroupPartition(group: group, partition: partition)] = offset
    }

    /// Every record of a topic that a `read_committed` reader sees.
    func committedRecords(of topic: String) -> [OutgoingRecord] {
        partitions.filter { $0.key.topic == topic }.sorted { $0.key < $1.key }
            .flatMap { $0.value.filter { $0.state == .committed }.map(\.record) }
    }

    /// The records from `offset` on, at most `maximum`.
    func read(_ partition: TopicPartition, from offset: Int64, maximum: Int) -> ArraySlice<Entry> {
        let entries = partitions[partition] ?? []
        let first = min(Int(offset), entries.count)
        return entries[first..<min(first + maximum, entries.count)]
    }

    func end(of partition: TopicPartition) -> Int64 {
        Int64(partitions[partition]?.count ?? 0)
    }

    /// The committed offset, or nothing known while a transaction that would move it is open (KIP-447).
    func stableOffset(of group: String, in partition: TopicPartition) -> (isStable: Bool, offset: Int64?) {
        let place = GroupPartition(group: group, partition: partition)
        let isPending = producers.values.contains { $0.transaction?.offsets[place] != nil }
        return (!isPending, committed[place])
    }

    // MARK: Transactions

    /// Fences the earlier owner of the id, aborts what it left open, and returns the new epoch.
    mutating func initialise(_ id: String) -> Int {
        abortOpenTransaction(of: id)
        producers[id, default: Producer()].epoch += 1
        return producers[id]?.epoch ?? 0
    }

    mutating func begin(_ id: String, epoch: Int, at now: Instant) throws(LogError) {
        try check(id, epoch)
        producers[id]?.transaction = Transaction(begunAt: now)
    }

    mutating func produce(_ id: String, epoch: Int, _ records: [OutgoingRecord], at now: Instant) throws(LogError) {
        try check(id, epoch)
        guard producers[id]?.transaction != nil else { throw .noTransaction }
        for record in records {
            let partition = TopicPartition(topic: record.topic, partition: 0)
            let entry = Entry(record: record, timestamp: now, state: .open)
            producers[id]?.transaction?.entries.append((partition, partitions[partition, default: []].count))
            partitions[partition, default: []].append(entry)
        }
    }

    /// Puts offsets into the transaction. The group has been asked already whether the member may.
    mutating func send(
        _ id: String, epoch: Int, of group: String, offsets: [TopicPartition: Int64]
    ) throws(LogError) {
        try check(id, epoch)
        guard producers[id]?.transaction != nil else { throw .noTransaction }
        for (partition, offset) in offsets {
            producers[id]?.transaction?.offsets[GroupPartition(group: group, partition: partition)] = offset
        }
    }

    mutating func commit(_ id: String, epoch: Int) throws(LogError) {
        try check(id, epoch)
        guard let transaction = producers[id]?.transaction else { throw .noTransaction }
        producers[id]?.transaction = nil
        for (partition, index) in transaction.entries { partitions[partition]?[index].state = .committed }
        committed.merge(transaction.offsets) { $1 }
    }

    mutating func abort(_ id: String, epoch: Int) throws(LogError) {
        try check(id, epoch)
        abortOpenTransaction(of: id)
    }

    /// Aborts transactions that have stood open for too long, and fences their owners.
    mutating func expireTransactions(at now: Instant) {
        for (id, producer) in producers.sorted(by: { $0.key < $1.key }) {
            guard let transaction = producer.transaction, transaction.begunAt + transactionTimeout <= now else {
                continue
            }
            abortOpenTransaction(of: id)
            producers[id]?.epoch += 1
        }
    }

    private func check(_ id: String, _ epoch: Int) throws(LogError) {
        guard producers[id]?.epoch == epoch else { throw .fenced }
    }

    private mutating func abortOpenTransaction(of id: String) {
        guard let transaction = producers[id]?.transaction else { return }
        producers[id]?.transaction = nil
        for (partition, index) in transaction.entries { partitions[partition]?[index].state = .aborted }
    }
}
