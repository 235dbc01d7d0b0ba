public import ContactStore

/// A store that does something of its own with batches, and leaves the rest to another store.
public protocol StoreWrapper: ContactStore {
    /// The other store.
    var wrapped: any ContactStore { get }
}

extension StoreWrapper {
    /// Asks the other store.
    public func admit(
        _ positions: [PartitionPosition], of group: String
    ) throws(StoreError) -> [PartitionName: Int64] {
        try wrapped.admit(positions, of: group)
    }

    /// Asks the other store.
    public func note(_ gaps: [PartitionGap]) throws(StoreError) {
        try wrapped.note(gaps)
    }

    /// Asks the other store.
    public func gaps() throws(StoreError) -> [PartitionGap] {
        try wrapped.gaps()
    }

    /// Asks the other store.
    public func close(_ ranges: [PartitionName: Range<Int64>], of group: String) throws(StoreError) {
        try wrapped.close(ranges, of: group)
    }

    /// Asks the other store.
    public func settle(_ slices: [SettledSlice], of group: String) throws(StoreError) {
        try wrapped.settle(slices, of: group)
    }

    /// Asks the other store.
    public func unpublishedSlices() throws(StoreError) -> [UnpublishedSlice] {
        try wrapped.unpublishedSlices()
    }

    /// Asks the other store.
    public func digestKeyUse() throws(StoreError) -> [String: Int] {
        try wrapped.digestKeyUse()
    }
}
