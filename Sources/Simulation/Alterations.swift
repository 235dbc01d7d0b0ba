public import BatchPipeline
public import ContactStore
public import KafkaClient
public import ProtectedIdentity
public import RegistryWorker

/// Parts of a simulated worker that a test replaces by broken ones, to see that the oracle notices.
public struct Alterations: Sendable {
    /// The work of a redaction worker.
    public typealias Work = any PipelineWork<RegistryItem, EncodedMessage>

    /// Wraps the store that the work is done on.
    public var store: @Sendable (any ContactStore) -> any ContactStore = { $0 }
    /// Wraps the work on a registry.
    public var work: @Sendable (Work, any SimulatedRegistry) -> Work = { work, _ in work }
    /// Whether a rebalance is answered at once, behind the machine's back.
    public var hidesRebalance: @Sendable (Rebalance) -> Bool = { _ in false }
    /// Whether the store locks the persons of a batch.
    public var locksPersons = true
    /// Whether offsets are committed as soon as they are sent, whatever becomes of the transaction.
    public var sendsOffsetsOutsideTransaction = false
    /// Whether offsets are sent by a worker that the group knows by no name: the broker takes them unseen.
    public var sendsOffsetsWithoutMember = false
    /// Whether a transaction that nobody knows the result of is taken for aborted, and published again from memory.
    public var publishesAgainAfterUnknownResult = false

    /// The worker as it is shipped.
    public init() {}
}
