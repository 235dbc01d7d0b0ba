/// How a pipeline paces itself.
public struct PipelineSettings: Sendable {
    /// The most records of one batch, at least 1. A flood fills a batch to this; a trickle never waits for it.
    public var maximumRecords = 1_000
    /// The least time between the starts of two batches that are not full. Zero lets every trickle through at once.
    public var minimumInterval = Duration.zero
    /// How long a revoke waits for an open Kafka transaction before that is aborted, and then again before the session
    /// is given up. Twice this stays well below any sensible `session.timeout.ms`.
    public var revokePatience = Duration.seconds(2)
    /// How long the group may refuse a batch's offsets, and tell of no lost partition, before the session is given up.
    /// A heartbeat tells, so this is longer than a few of them.
    public var refusalPatience = Duration.seconds(10)
    /// How long a published slice may wait for a batch to carry its deletion, before a store transaction of its own does.
    public var settleAfter = Duration.seconds(1)
    /// How long a stop waits for what is in flight.
    public var stopPatience = Duration.seconds(10)
    /// The first and the longest wait after failures of the store.
    public var storeBackoff = (base: Duration.milliseconds(50), ceiling: Duration.seconds(10))
    /// The first and the longest wait after aborted Kafka transactions and failed look-ups.
    public var kafkaBackoff = (base: Duration.milliseconds(50), ceiling: Duration.seconds(5))
    /// Seeds the jitter of the back-offs.
    public var seed: UInt64 = 0

    /// The defaults.
    public init() {}
}
