internal import CRdkafka

/// Who a consumer is in its group at this moment: what a transaction's offsets are checked by (KIP-447).
///
/// The generation moves with every rebalance, so take it freshly for each transaction.
public final class GroupMetadata: Sendable {
    private struct Pointer: @unchecked Sendable {
        // Immutable after it was made; librdkafka only reads it.
        let raw: OpaquePointer
    }

    private let pointer: Pointer

    var raw: OpaquePointer { pointer.raw }

    init(taking raw: OpaquePointer) {
        pointer = Pointer(raw: raw)
    }

    /// Metadata that names a group and no member: the broker then checks nothing but that the group has no members.
    /// For tools that keep offsets of a group of their own, never for a member.
    ///
    /// - Parameter groupID: the group whose offsets are kept.
    public convenience init(memberlessGroup groupID: String) {
        self.init(taking: rd_kafka_consumer_group_metadata_new(groupID))
    }

    deinit {
        rd_kafka_consumer_group_metadata_destroy(pointer.raw)
    }
}
