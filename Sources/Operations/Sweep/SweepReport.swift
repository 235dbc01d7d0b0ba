public import ContactStore
public import ProtectedIdentity

/// A part of a sweep, which can be run alone.
public enum SweepPart: String, Sendable, Hashable, CaseIterable {
    /// Publishes what an earlier sweep has left, and counts what stands as owed after that.
    case owed
    /// Asks for the deletions that are due.
    case selection
    /// Redacts what belongs to a remembered protected person and is not clear.
    case reconciliation
    /// Forgets what has been remembered for long enough.
    case purge
}

/// What a sweep has done, or would do.
public struct SweepReport: Sendable, Equatable {
    /// Whether nothing was done, only counted.
    public var isDry: Bool
    /// Whether it was stopped before its end; the next one goes on.
    public var isStopped = false
    /// Messages of earlier sweeps that are published now; where it was dry, that are to be.
    public var republished = 0
    /// What the reconciliation came to, where it was run.
    public var reconciliation: ReconciliationCounts?
    /// Which contacts met what, where the selection was run.
    public var selection: SelectionCounts?
    /// What was forgotten, where the purge was run.
    public var purged: PurgeableCounts?
    /// What stands as owed at the end, where that was counted.
    public var owed: OwedCounts?

    /// A report of nothing yet.
    public init(isDry: Bool) {
        self.isDry = isDry
    }
}

/// What a reconciliation has come to.
public struct ReconciliationCounts: Sendable, Equatable {
    /// Which contacts were looked at.
    public enum Extent: String, Sendable {
        /// All of them.
        case all
        /// Those that were changed since the last time.
        case changed
        /// None: the registry does not tell what has changed, and all of them were not asked for.
        case none
    }

    /// Which contacts were looked at.
    public var extent: Extent
    /// How many.
    public var scanned = 0
    /// Redacted; where it was dry, to be redacted.
    public var redacted = 0
    /// Those that the store refuses to change: somebody is still exposed.
    public var refused = 0

    /// Nothing counted.
    public init(extent: Extent) {
        self.extent = extent
    }
}

/// Is told how far a sweep is.
public protocol SweepObserver: Sendable {
    /// So many contacts, rows or persons of a part were dealt with. Called often; must not block.
    func progressed(_ part: SweepPart, _ count: Int)
}

/// An observer that looks away.
public struct SilentSweepObserver: SweepObserver {
    /// An observer that looks away.
    public init() {}

    /// Does nothing.
    public func progressed(_ part: SweepPart, _ count: Int) {}
}

/// Why a sweep ended before its time. What was done is done; the next sweep goes on.
public enum SweepFailure: Error, Sendable {
    /// The store did not do as asked.
    case store(StoreError)
    /// Messages are not known to be in their topics.
    case publishing(PublishFailure)
}
