public import BatchPipeline
public import KafkaClient
public import ProtectedIdentity
public import RedactionWorker

/// Parts of a simulated worker that a test replaces by broken ones, to see that the oracle notices.
public struct Alterations: Sendable {
    /// The work of a redaction worker.
    public typealias Work = any PipelineWork<RedactionItem, EncodedMessage>

    /// Wraps the work on a store.
    public var work: @Sendable (Work, InMemoryContactStore) -> Work = { work, _ in work }
    /// Whether a rebalance is answered at once, behind the machine's back.
    public var hidesRebalance: @Sendable (Rebalance) -> Bool = { _ in false }

    /// The worker as it is shipped.
    public init() {}
}
