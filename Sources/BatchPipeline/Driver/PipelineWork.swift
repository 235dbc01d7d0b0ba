public import KafkaClient

/// What a pipeline does with its records: everything that the pipeline itself knows nothing of.
///
/// `decode` is called on the consumer's thread, `encode` on the producer's, the others on the store's; they may block.
public protocol PipelineWork<Item, Message>: Sendable {
    /// A decoded record.
    associatedtype Item: Sendable
    /// Something to be published.
    associatedtype Message: Sendable

    /// Decodes what was read, into one slice for each partition. Total: every record becomes an item.
    func decode(_ records: RecordBatch) -> [Slice<Item>]

    /// Holds fresh partitions against the store, and settles what the committed offsets prove to be published.
    func admit(_ standings: [PartitionStanding]) throws(StoreFailure) -> [StandingAlarm]

    /// Decides and applies in one durable step, and settles slices known to be published. Returns a result for each
    /// slice. Applying a slice again must have the same result.
    func apply(
        _ slices: [Slice<Item>], settling: [PublishedSlice]
    ) throws(StoreFailure) -> [AppliedSlice<Message>]

    /// Settles slices known to be published.
    func settle(_ slices: [PublishedSlice]) throws(StoreFailure)

    /// The record to produce for a message.
    func encode(_ message: Message) -> OutgoingRecord
}
