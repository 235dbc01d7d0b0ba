/// How a member of a consumer group is set up.
public struct ConsumerConfiguration: Sendable {
    /// How the group divides its partitions.
    public enum Assignment: String, Hashable, Sendable {
        /// Partitions that stay are never given up during a rebalance (KIP-429).
        case cooperativeSticky = "cooperative-sticky"
        /// Every rebalance gives up everything. The way out where librdkafka before 2.6.1 loops in its
        /// cooperative assignor (#4783), or with thousands of partitions (#4629).
        case range
    }

    /// Where to begin a partition of which the group has no committed offset.
    public enum OffsetReset: String, Hashable, Sendable {
        /// At its first record.
        case earliest
        /// Behind its last record.
        case latest
        /// Nowhere: a failure with ``KafkaErrorCode/autoOffsetReset`` instead.
        case error
    }

    /// Brokers to begin with: `host:port[,host:port…]`.
    public var bootstrapServers: String
    /// The group's id.
    public var groupID: String
    /// The member's own id, which makes it a static one (KIP-345); `nil`: dynamic.
    public var instanceID: String?
    /// How the group divides its partitions. All members must agree.
    public var assignment: Assignment
    /// Further properties of librdkafka; they win over everything here that is not owned by the client.
    public var properties: KafkaProperties
    /// After how long without a heartbeat the group gives the member up; `nil`: librdkafka's default, 45 s.
    public var sessionTimeout: Duration?
    /// Where to begin without a committed offset.
    public var autoOffsetReset: OffsetReset
    /// How many records librdkafka fetches ahead for each partition (`queued.min.messages`), 1 to 10,000,000. A partition that
    /// has as many is asked again only half a second later: two thousand cost two thirds of the throughput.
    public var prefetchedRecords: Int
    /// How many KiB of keys, values and headers librdkafka holds ahead for all partitions together, about
    /// (`queued.max.messages.kbytes`); what a fetch under way brings comes on top:
    /// the bound of memory behind back pressure.
    public var prefetchedKibibytes: Int
    /// The largest record (in bytes, batch overhead included) that a fetch must be able to carry
    /// (`fetch.message.max.bytes`, and room for it in `receive.message.max.bytes`).
    public var maximumRecordBytes: Int
    /// How many bytes of keys, values and headers one batch may hold before ``KafkaConsumer/poll(maximum:timeout:)``
    /// closes it; the record that crosses the line is still in it.
    public var maximumBatchBytes: Int
    /// Whether ``KafkaConsumer/metEnds()`` tells where partitions end (`enable.partition.eof`): for readers that are to stop.
    public var tellsEnds = false

    /// A member with defaults made for batches of small records.
    public init(
        bootstrapServers: String, groupID: String, instanceID: String? = nil,
        assignment: Assignment = .cooperativeSticky, properties: KafkaProperties = .none,
        sessionTimeout: Duration? = nil, autoOffsetReset: OffsetReset = .earliest, prefetchedRecords: Int = 20_000,
        prefetchedKibibytes: Int = 16_384, maximumRecordBytes: Int = 1_048_576,
        maximumBatchBytes: Int = 33_554_432
    ) {
        self.bootstrapServers = bootstrapServers
        self.groupID = groupID
        self.instanceID = instanceID
        self.assignment = assignment
        self.properties = properties
        self.sessionTimeout = sessionTimeout
        self.autoOffsetReset = autoOffsetReset
        self.prefetchedRecords = prefetchedRecords
        self.prefetchedKibibytes = prefetchedKibibytes
        self.maximumRecordBytes = maximumRecordBytes
        self.maximumBatchBytes = maximumBatchBytes
    }
}

extension ConsumerConfiguration {
    /// Whether the member may come to be in a cooperative group, whoever said so.
    var mayBeCooperative: Bool {
        (properties.values["partition.assignment.strategy"] ?? assignment.rawValue).contains("cooperative")
    }

    /// How long a broker may keep the answer to a fetch, and with it what was asked behind it on the same connection
    /// (`fetch.wait.max.ms`).
    var fetchWait: Duration {
        .milliseconds(properties.values["fetch.wait.max.ms"].flatMap { Int64($0) } ?? 500)
    }

    /// What one fetch brings at most of all partitions together. Compressed, it may become many times as much, and all of that is
    /// held ahead: of a backlog in lz4 two MiB a fetch took 40 MiB more of the worker than this. A batch that is larger comes whole
    /// and alone (KIP-74).
    private static let fetchedBytes = 524_288

    /// Everything as librdkafka has it: what may be overridden, the caller's properties, what may not.
    var settings: [(name: String, value: String)] {
        var settings: [(name: String, value: String)] = [
            ("queued.min.messages", String(prefetchedRecords)),
            ("queued.max.messages.kbytes", String(prefetchedKibibytes)),
            ("fetch.message.max.bytes", String(max(1_048_576, maximumRecordBytes))),
            ("fetch.max.bytes", String(Self.fetchedBytes)),
            // Of a consumer this bounds nothing, but librdkafka raises fetch.max.bytes to it.
            ("message.max.bytes", String(Self.fetchedBytes)),
            ("auto.offset.reset", autoOffsetReset.rawValue),
            ("partition.assignment.strategy", assignment.rawValue),
        ]
        // librdkafka requires receive.message.max.bytes >= fetch.max.bytes + 512; its defaults are 50 MiB and 100 MB.
        if maximumRecordBytes > 99_000_000 {
            settings.append(("receive.message.max.bytes", String(maximumRecordBytes + 1_000_000)))
        }
        if let sessionTimeout {
            let milliseconds = sessionTimeout.milliseconds
            settings.append(("session.timeout.ms", String(milliseconds)))
            settings.append(("heartbeat.interval.ms", String(max(1, min(3_000, milliseconds / 3)))))
        }
        settings += properties.values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        settings += [
            ("bootstrap.servers", bootstrapServers),
            ("group.id", groupID),
            // Offsets move in transactions only: a plain commit in a cooperative rebalance costs the whole
            // assignment before librdkafka 2.10.0 (#4059).
            ("enable.auto.commit", "false"),
            ("enable.auto.offset.store", "false"),
            ("isolation.level", "read_committed"),
            ("enable.partition.eof", tellsEnds ? "true" : "false"),
        ]
        if let instanceID { settings.append(("group.instance.id", instanceID)) }
        return settings
    }
}
