public import ProtectedIdentity

/// The slices of a batch with the ids that the store has given them.
public struct StandingSlices: Sendable {
    /// The ids in the order of the batch's slices.
    public let ids: [Int64]
    private let slices: [PartitionName: [(slice: BatchSlice, id: Int64)]]

    /// The slices of a batch, and their ids in the same order.
    public init(_ slices: [BatchSlice], ids: [Int64]) {
        self.ids = ids
        self.slices = Dictionary(grouping: zip(slices, ids).map { (slice: $0, id: $1) }, by: { $0.slice.partition })
    }

    /// The id of the slice in which a record stands.
    ///
    /// - Throws: ``StoreError/unusable(_:)`` where the batch has no such slice, which its sender must not let happen.
    public func id(of record: RecordCoordinates) throws(StoreError) -> Int64 {
        let partition = PartitionName(topic: record.topic, partition: record.partition)
        let found = slices[partition]?.first { $0.slice.first <= record.offset && record.offset <= $0.slice.last }
        guard let found else { throw .unusable("the record \(record) is in no slice of its batch") }
        return found.id
    }
}
