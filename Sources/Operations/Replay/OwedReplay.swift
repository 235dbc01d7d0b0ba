internal import ContactStore
internal import KafkaClient
internal import ProtectedIdentity
internal import RegistryWorker

/// Publishes the outcomes that are applied, and stand in slices of a group that nobody runs any more: of a replay that was given up,
/// of a group that has another name now, of a topic that was deleted.
///
/// It does what the group's own worker would have done at its next start, in one Kafka transaction: the outcomes and the offsets
/// behind them. So it may die anywhere, as a worker may, and two of them exclude each other. Where the topic is gone there are no
/// offsets to be moved, and who dies between publishing and settling leaves copies with the same `ce_id`.
public struct OwedReplay: Sendable {
    /// Why the slices of a group are left alone.
    public enum Obstacle: Hashable, Sendable {
        /// It is a group that workers run under: they publish them at their next start.
        case live
        /// A replay of this name has begun, and publishes them when it is asked for again.
        case unfinished(replay: String)
        /// It has members.
        case hasMembers
    }

    /// What was done.
    public struct Report: Hashable, Sendable {
        /// Outcomes and commands published, by group; in a dry run: to be published.
        public var messages: [String: Int] = [:]
        /// Slices settled, by group.
        public var slices: [String: Int] = [:]
        /// Groups that were left alone, and why.
        public var left: [String: Obstacle] = [:]
        /// Whether nothing was done.
        public let isDry: Bool
    }

    private let surroundings: Replay.Surroundings
    /// The group whose slices are meant; nil: those of all groups that nobody will come for.
    private let group: String?
    private let isDry: Bool

    private var store: any ReplayStore { surroundings.store }
    private var kafka: OperationsKafka { surroundings.kafka }

    /// What is owed to a group, or to all that nobody runs.
    public init(of group: String?, in surroundings: Replay.Surroundings, isDry: Bool = false) {
        self.group = group
        self.surroundings = surroundings
        self.isDry = isDry
    }

    /// Publishes it. Blocks.
    ///
    /// - Throws: ``StoreError``, ``KafkaClient/KafkaError``, ``KafkaClient/KafkaConfigurationError``. What was published before
    ///   is settled, or is told by the group's offsets the next time.
    public func run() throws -> Report {
        var report = Report(isDry: isDry)
        let standing = Dictionary(grouping: try store.unpublishedSlices(), by: \.group)
        for (group, slices) in standing.sorted(by: { $0.key < $1.key }) {
            guard self.group == nil || self.group == group else { continue }
            if let obstacle = try obstacle(of: group) {
                report.left[group] = obstacle
            } else if isDry {
                report.messages[group] = try messages(of: slices).reduce(0) { $0 + $1.value.count }
                report.slices[group] = slices.count
            } else {
                try publish(group, &report)
            }
        }
        return report
    }

    private func obstacle(of group: String) throws -> Obstacle? {
        if self.group == nil {
            if surroundings.liveGroups.contains(group) { return .live }
            if let replay = try store.unfinishedReplays().first(where: { $0.group == group }) {
                return .unfinished(replay: replay.id)
            }
        }
        let admin = try KafkaAdmin(
            bootstrapServers: kafka.bootstrapServers, properties: kafka.properties, logger: kafka.logger)
        defer { admin.close(within: .seconds(2)) }
        do throws(KafkaError) {
            let members = try admin.describeGroup(group, timeout: OperationsKafka.patience).members
            return members.isEmpty ? nil : .hasMembers
        } catch {
            guard error.isUnsupportedByBroker else { throw error }
            return nil
        }
    }

    private func publish(_ group: String, _ report: inout Report) throws {
        // First of all: whoever else writes for this group is fenced, and its open transaction ends.
        let producer = try TransactionalProducer(
            ProducerConfiguration(
                bootstrapServers: kafka.bootstrapServers, transactionalID: Replay.transactionalID(of: group),
                properties: kafka.properties), logger: kafka.logger)
        defer { producer.close(within: .seconds(2)) }
        try producer.initTransactions(timeout: OperationsKafka.patience)
        let consumer = try KafkaConsumer(kafka.consumerConfiguration(of: group), logger: kafka.logger)
        defer { _ = consumer.leave(within: .seconds(2)) }

        let partitions = Set(try store.unpublishedSlices().filter { $0.group == group }.map(\.slice.partition))
        let existing = try existing(partitions)
        let ends = try consumer.ranges(of: Array(existing), within: OperationsKafka.patience).mapValues(\.upperBound)
        let progress = try admit(partitions, ends, of: group, consumer)
        let standing = try store.unpublishedSlices().filter { $0.group == group }
        let outcomes = try messages(of: standing)
        for (partition, slices) in Dictionary(grouping: standing, by: \.slice.partition).sorted(by: { $0.key < $1.key })
        {
            let records = (outcomes[partition] ?? []).map { message in
                OutgoingRecord(message, topic: surroundings.work.topics[message.destination])
            }
            let place = TopicPartition(partition)
            let end = slices.map(\.slice.last).max() ?? 0
            let next = max(progress[partition] ?? 0, end + 1)
            let transaction = try producer.begin()
            do throws(KafkaError) {
                for record in records { try transaction.produce(record) }
                // Behind the end of a log that was made anew no offset proves anything.
                if let logEnd = ends[place], next <= logEnd {
                    try transaction.sendOffsets([place: next], metadata: GroupMetadata(memberlessGroup: group))
                }
            } catch {
                try transaction.abort()
                throw error
            }
            try transaction.commit()
            let last = slices.map(\.id).max() ?? 0
            try store.settle([SettledSlice(id: last, partition: partition, last: end)], of: group)
            report.messages[group, default: 0] += records.count
            report.slices[group, default: 0] += slices.count
        }
    }

    /// Settles what the group's offsets prove, and tells how far it was applied.
    private func admit(
        _ partitions: Set<PartitionName>, _ ends: [TopicPartition: Int64], of group: String, _ consumer: KafkaConsumer
    ) throws -> [PartitionName: Int64] {
        let committed = try consumer.committedOffsets(for: ends.keys.sorted(), timeout: OperationsKafka.patience)
        let positions = partitions.map { partition in
            let place = TopicPartition(partition)
            // Behind the end of the log stands what was committed in another topic of this name. It proves nothing.
            let proof = committed[place].flatMap { $0 <= ends[place] ?? 0 ? $0 : nil }
            return PartitionPosition(partition: partition, committed: proof)
        }
        return try store.admit(positions, of: group)
    }

    private func existing(_ partitions: Set<PartitionName>) throws -> Set<TopicPartition> {
        var existing: Set<TopicPartition> = []
        for topic in Set(partitions.map(\.topic)) {
            do {
                existing.formUnion(try kafka.partitions(of: topic))
            } catch is MissingTopic {
                continue
            }
        }
        return existing.intersection(partitions.map(TopicPartition.init))
    }

    /// What is to be published, by partition, in the order of the records. Of a record that was set aside the coordinates alone: the
    /// record itself may be gone.
    private func messages(of slices: [UnpublishedSlice]) throws(StoreError) -> [PartitionName: [EncodedMessage]] {
        var messages: [PartitionName: [EncodedMessage]] = [:]
        for owed in try store.outcomes(in: slices.map(\.id)) {
            let home = owed.home.coordinates
            let partition = PartitionName(topic: home.topic, partition: home.partition)
            if case .quarantined(let reason, let attempts, _) = owed.outcome {
                let headers = QuarantineHeaders(
                    topic: home.topic, partition: home.partition, offset: home.offset, timestamp: -1,
                    consumerGroup: owed.home.group, reason: reason, attempts: attempts, redrives: attempts - 1)
                messages[partition, default: []].append(QuarantineMessage(headers: headers, sealed: nil).encoded())
            } else {
                messages[partition, default: []] += owed.outcome.messages(
                    ceSource: surroundings.work.source, replay: surroundings.work.marksCopies)
            }
        }
        return messages
    }
}
