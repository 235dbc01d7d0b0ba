/// How a producer is set up.
public struct ProducerConfiguration: Sendable {
    /// Brokers to begin with: `host:port[,host:port…]`.
    public var bootstrapServers: String
    /// The identity under which transactions are made, and by which a successor fences this producer;
    /// required by ``TransactionalProducer``, ignored by ``KafkaProducer``.
    public var transactionalID: String
    /// After how long the broker gives up a transaction whose owner is silent, 1 s to 15 min: for so long a dead
    /// owner holds up readers of `read_committed` and its successor in the group.
    public var transactionTimeout: Duration
    /// How long to gather records into a batch (`linger.ms`). In a transaction records gather anyway, until their partition is
    /// part of it, and its commit would only wait.
    public var linger: Duration
    /// How many records may wait in the producer (`queue.buffering.max.messages`).
    public var queuedRecords: Int
    /// How long `produce` waits for room in a full queue before it throws ``KafkaErrorCode/queueFull``.
    public var queueFullTimeout: Duration
    /// Further properties of librdkafka; they win over everything here that is not owned by the client.
    public var properties: KafkaProperties

    /// A producer with defaults made for short transactions.
    public init(
        bootstrapServers: String, transactionalID: String = "", transactionTimeout: Duration = .seconds(10),
        linger: Duration = .zero, queuedRecords: Int = 100_000, queueFullTimeout: Duration = .seconds(10),
        properties: KafkaProperties = .none
    ) {
        self.bootstrapServers = bootstrapServers
        self.transactionalID = transactionalID
        self.transactionTimeout = transactionTimeout
        self.linger = linger
        self.queuedRecords = queuedRecords
        self.queueFullTimeout = queueFullTimeout
        self.properties = properties
    }
}

extension ProducerConfiguration {
    private var common: [(name: String, value: String)] {
        [
            ("linger.ms", String(linger.milliseconds)),
            // A transaction is a handful of small requests, one behind the other: none is to wait for an acknowledgement of TCP's.
            ("socket.nagle.disable", "true"),
            ("queue.buffering.max.messages", String(queuedRecords)),
        ]
    }

    private var owned: [(name: String, value: String)] {
        [
            ("bootstrap.servers", bootstrapServers),
            ("enable.idempotence", "true"),
            ("acks", "all"),
        ]
    }

    private var given: [(name: String, value: String)] {
        properties.values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    var plainSettings: [(name: String, value: String)] {
        common + given + owned
    }

    /// The transaction's timeout as it is in force: a property given by its own name wins.
    var effectiveTransactionTimeout: Duration {
        properties.values["transaction.timeout.ms"].flatMap { Int($0) }.map { .milliseconds($0) } ?? transactionTimeout
    }

    var transactionalSettings: [(name: String, value: String)] {
        // AddOffsetsToTxn right behind a commit meets CONCURRENT_TRANSACTIONS, and librdkafka 2.0.2 then waits the
        // whole back-off: at its default of 100 ms that is most of what a transaction costs.
        common + [
            ("retry.backoff.ms", "5"), ("transaction.timeout.ms", String(transactionTimeout.milliseconds)),
        ] + given + owned + [
            // No `delivery.report.only.error`: it is a report that wakes a commit once its records are delivered. Without one it
            // looks every 10 ms.
            ("transactional.id", transactionalID)
        ]
    }
}
