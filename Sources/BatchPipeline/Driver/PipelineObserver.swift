public import KafkaClient

/// What a pipeline tells people while it runs. Calls come from one task at a time and must not block.
public protocol PipelineObserver: Sendable {
    /// The loop has taken a turn, some ten times a second at least while a session lasts, whatever else is away.
    func turned()
    /// The store has been asked for something, and nothing more is asked of it before it has answered.
    func storeAsked()
    /// The store has answered: with what it was asked for, or that it fails.
    func storeAnswered(_ succeeded: Bool)
    /// A session has begun: the producer is initialised, and the group is being joined.
    func sessionBegan(_ number: Int)
    /// The machine has something to tell.
    func noticed(_ notice: Notice)
    /// A batch is in Kafka.
    func published(_ report: BatchReport)
    /// A Kafka transaction has ended, one way or another.
    func transactionEnded(_ end: TransactionEnd)
    /// How far the session has come, every other second.
    func stands(_ progress: PipelineProgress)
    /// The client has met an error that it goes on after by itself.
    func clientFailed(_ error: KafkaError)
    /// Brokers that were away answer again.
    func brokersAnswered()
    /// A session has ended; unless it was stopped, another one follows.
    func sessionEnded(_ end: SessionEnd)
}

extension PipelineObserver {
    // Of no interest to most.

    /// Does nothing.
    public func turned() {}
    /// Does nothing.
    public func storeAsked() {}
    /// Does nothing.
    public func storeAnswered(_ succeeded: Bool) {}
    /// Does nothing.
    public func transactionEnded(_ end: TransactionEnd) {}
    /// Does nothing.
    public func brokersAnswered() {}
    /// Does nothing.
    public func stands(_ progress: PipelineProgress) {}
}

/// How a Kafka transaction ended.
public enum TransactionEnd: String, Sendable, CaseIterable {
    /// Its messages and offsets stand.
    case committed
    /// It was given up, by us or after an error; its batch is published again.
    case aborted
    /// The group took no offsets from this member.
    case refused
    /// Somebody else has taken over the transactional id.
    case fenced
    /// Nobody knows whether it was committed.
    case unknown
    /// The producer has met a fatal error.
    case failed
}

/// A published batch, in numbers.
public struct BatchReport: Sendable {
    /// How many records were applied.
    public let records: Int
    /// How many messages were published.
    public let messages: Int
    /// Where the group goes on in each partition.
    public let offsets: [TopicPartition: Int64]
    /// How long the store took.
    public let applied: Duration
    /// How long the Kafka transaction took.
    public let published: Duration

    /// A report, for whoever tells of a pipeline that is not there.
    package init(
        records: Int, messages: Int, offsets: [TopicPartition: Int64], applied: Duration, published: Duration
    ) {
        self.records = records
        self.messages = messages
        self.offsets = offsets
        self.applied = applied
        self.published = published
    }
}
