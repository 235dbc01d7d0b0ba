public import ProtectedIdentity

/// Is told of every decision once it is durable. The decision may be published again later, or from another record.
public protocol DecisionObserver: Sendable {
    /// A record was decided. Called on the store's thread; must not block.
    func decided(_ record: IncomingRecord, _ verdict: Verdict)
}

/// An observer that looks away.
public struct SilentObserver: DecisionObserver {
    /// An observer that looks away.
    public init() {}

    /// Does nothing.
    public func decided(_ record: IncomingRecord, _ verdict: Verdict) {}
}
