public import ProtectedIdentity

/// Which records of the quarantine are meant. What is not said does not matter.
public struct QuarantineFilter: Sendable, Hashable {
    /// Why they were set aside.
    public var reasons: Set<QuarantineReason> = []
    /// From when on they were set aside.
    public var from: Timestamp?
    /// Before when.
    public var to: Timestamp?
    /// The topic that the originals were read from.
    public var topic: String?
    /// The originals by their places, or the records by theirs in the quarantine topic.
    public var coordinates: Set<RecordCoordinates> = []
    /// Whose events; only an opened record tells.
    public var tenant: TenantName?

    /// Everything.
    public init() {}

    /// Whether a record is meant, as far as its headers tell.
    func matches(_ entry: QuarantineEntry) -> Bool {
        if !reasons.isEmpty, !reasons.contains(entry.headers.reason) { return false }
        if let topic, entry.headers.topic != topic { return false }
        if !coordinates.isEmpty, coordinates.isDisjoint(with: [entry.original, entry.place]) { return false }
        guard from != nil || to != nil else { return true }
        // Without a timestamp nobody knows when.
        guard let moment = entry.setAsideAt else { return false }
        return from.map { $0 <= moment } ?? true && to.map { moment < $0 } ?? true
    }
}
