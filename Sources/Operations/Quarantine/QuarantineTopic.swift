internal import KafkaClient
internal import ProtectedIdentity

/// The quarantine topic, read from its beginning to where it ended when one began; record by record, in constant memory but for a
/// bit for each record that was put back.
public struct QuarantineTopic: Sendable {
    /// Its name.
    public let name: String
    let partitions: [TopicPartition]
    let consumer: KafkaConsumer

    /// The topic of a cluster.
    ///
    /// - Throws: ``MissingTopic``, ``KafkaClient/KafkaError``, ``KafkaClient/KafkaConfigurationError``.
    public init(_ name: String, in kafka: OperationsKafka) throws {
        self.name = name
        partitions = try kafka.partitions(of: name)
        consumer = try kafka.consumer()
    }

    /// Gives the connection back.
    public func close() {
        _ = consumer.leave(within: .seconds(2))
    }

    /// What stands in it now.
    func ranges() throws(KafkaError) -> [TopicPartition: Range<Int64>] {
        try consumer.ranges(of: partitions, within: OperationsKafka.patience)
    }

    /// Steps through everything in some ranges.
    ///
    /// - Parameter body: tells whether to go on.
    func read(
        in ranges: [TopicPartition: Range<Int64>], copyingPayloads: Bool, _ body: (QuarantineRecord) throws -> Bool
    ) throws {
        var scan = try TopicScan(ranges, on: consumer)
        while let records = try scan.next() {
            for record in records where try !body(QuarantineRecord(record, copiesPayload: copyingPayloads)) { return }
        }
    }

    /// The originals that were put back.
    func redriven(in ranges: [TopicPartition: Range<Int64>]) throws -> CoordinateSet {
        var redriven = CoordinateSet()
        try read(in: ranges, copyingPayloads: false) { record in
            if case .redriven(let mark) = record { redriven.insert(mark.original) }
            return true
        }
        return redriven
    }
}

/// How much of the quarantine was set aside for what, and put back.
public struct QuarantineCounts: Sendable, Hashable, Encodable {
    /// Of one reason.
    public struct OfReason: Sendable, Hashable, Encodable {
        /// Records set aside.
        public var setAside = 0
        /// Of these, put back since. Some of those may have been set aside again, as records of their own.
        public var redriven = 0
    }

    /// By reason, in the contract's words.
    public private(set) var byReason: [String: OfReason] = [:]
    /// Records that this program has not written.
    public private(set) var foreign = 0

    /// No records.
    public init() {}

    /// Records that wait for somebody.
    public var waiting: Int { byReason.values.reduce(0) { $0 + $1.setAside - $1.redriven } }

    mutating func count(_ entry: QuarantineEntry, isRedriven: Bool) {
        byReason[entry.headers.reason.rawValue, default: OfReason()].setAside += 1
        if isRedriven { byReason[entry.headers.reason.rawValue, default: OfReason()].redriven += 1 }
    }

    mutating func countForeign() { foreign += 1 }
}
