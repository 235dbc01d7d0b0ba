public import ProtectedIdentity

/// What an operator asks to be replayed. The same may be asked for again, to go on with what has begun.
public struct ReplayRequest: Sendable {
    /// Which records.
    public var range: ReplayRange
    /// The range in the operator's own words: a time that is said as *so long ago* is the same request a minute later.
    public var rangeAsSaid: String
    /// Which of their events.
    public var filter: ReplayFilter
    /// Whether stored outcomes are published again, as copies.
    public var isRepublishing = false
    /// Whether what is decided was published before, and is told as a copy: after a restore.
    public var isRestoring = false
    /// Records a second at most.
    public var recordsPerSecond: Int?
    /// The replay's name; nil: one of its own.
    public var id: String?
    /// Whether what has begun is to go on.
    public var isResuming = false

    /// A request.
    public init(range: ReplayRange, rangeAsSaid: String, filter: ReplayFilter) {
        self.range = range
        self.rangeAsSaid = rangeAsSaid
        self.filter = filter
    }

    /// What makes two requests the same: everything that decides what is read and what becomes of it.
    func content(of topic: String) -> ContentDigestInput {
        let parts: [String] = [
            topic, rangeAsSaid, range.partitions.sorted().map(String.init).joined(separator: ","),
            filter.tenant?.rawValue ?? "", filter.country?.rawValue ?? "", filter.origin?.rawValue ?? "",
            filter.eventID ?? "", filter.eventSource ?? "", filter.contactID?.rawValue ?? "", filter.number?.text ?? "",
            isRepublishing ? "republish" : "", isRestoring ? "restored" : "",
        ]
        let bytes = parts.flatMap { Array("\($0.utf8.count):\($0),".utf8) }
        return ContentDigestInput(raw: bytes[...])
    }
}

/// Why a replay does not begin. Nothing was done.
public enum ReplayRefusal: Error, Hashable, Sendable {
    /// It has begun already, and nobody has said that it is to go on. Whoever runs it may do so still.
    case hasBegun(id: String, at: Timestamp)
    /// A replay of this name has begun with another request.
    case otherRequest(id: String)
    /// Nothing like it has begun; the names of those that have.
    case nothingToResume(unfinished: [String])
}
