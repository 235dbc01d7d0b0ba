/// Why a store did not do as asked. Carries codes and names of things that an operator can change, never a value.
public enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It may work next time: unreachable, busy, a deadlock, a full disk.
    case transient(String)
    /// The store refuses a record of the batch for good; which one, only halving the batch can tell.
    case refused(String)
    /// It will not work until somebody changes something, which the text names.
    case unusable(String)
    /// The store has applied less of a partition than the sender knows of: an older copy stands in its place.
    case setBack(PartitionName, applied: Int64, expected: Int64)

    /// The text; of most kinds it does not say which.
    public var description: String {
        switch self {
        case .transient(let text), .refused(let text), .unusable(let text): text
        case .setBack(let partition, let applied, let expected):
            """
            the store has applied \(partition) up to offset \(applied), and had applied it up to \(expected): it was \
            restored from an older copy
            """
        }
    }
}
