public import KafkaClient
public import ProtectedIdentity

/// What a replay has come to, or would.
public struct ReplayReport: Sendable, Hashable {
    /// Records read.
    public var read = 0
    /// Of these, left out by the filter.
    public var filtered = 0
    /// Decided and applied now, by the outcome's short name.
    public var applied: [String: Int] = [:]
    /// Set aside now, by reason.
    public var quarantined: [QuarantineReason: Int] = [:]
    /// What the journal knew: nothing was done about it.
    public var known = 0
    /// Of these, what had been set aside, and was not applied: a redrive puts it back.
    public var knownAside = 0
    /// What the journal knew, by what had become of it; only a dry run tells.
    public var knownByOutcome: [String: Int] = [:]
    /// Stored outcomes published again.
    public var republished = 0
    /// Records that earlier runs of this replay are done with.
    public var doneBefore: Int64 = 0
    /// The range, in each partition.
    public var ranges: [TopicPartition: Range<Int64>] = [:]
    /// Partitions of which records from before the time that was asked for may have expired.
    public var truncated: [TopicPartition] = []
    /// Records that expired before they were read: a replay that was interrupted for too long.
    public var missed: [TopicPartition: Range<Int64>] = [:]
    /// When it began, in whichever run.
    public var begunAt: Timestamp?
    /// How long it took.
    public var duration = Duration.zero
    /// Whether nothing was written.
    public var isDry = false
    /// Whether it came to its end.
    public var isFinished = false
    /// Its name.
    public var id = ""

    /// A report of nothing yet.
    public init() {}

    /// How many offsets the range has.
    public var total: Int64 { ranges.offsetCount }

    mutating func count(_ verdict: Verdict) {
        switch verdict {
        case .publish(.decided(let outcome, _)): applied[outcome.type.shortName, default: 0] += 1
        case .publish(.quarantined(let reason, _, _)): quarantined[reason, default: 0] += 1
        case .duplicate, .alreadyPublished: known += 1
        }
    }
}
