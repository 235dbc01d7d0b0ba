public import RegisterFeeds

/// What became of one file. No value of it stands in here.
public struct FeedReport: Sendable, Hashable {
    /// How often something was found, and where first.
    public struct Tally: Sendable, Hashable, Encodable {
        /// So many places are kept.
        private static let kept = 10

        /// How often.
        public private(set) var count = 0
        /// The first of the lines.
        public private(set) var lines: [Int] = []

        mutating func add(_ place: FeedPlace) {
            count += 1
            if lines.count < Self.kept { lines.append(place.line) }
        }
    }

    /// A file, or a member of it, that could not be read to its end.
    public struct Break: Sendable, Hashable {
        /// So many are kept.
        fileprivate static let kept = 10

        /// From where on.
        public let place: FeedPlace
        /// Why.
        public let fault: FeedFault
        /// Of an archive, the file in it; a number in its name is masked.
        public let member: String?
    }

    /// The file's name.
    public let name: String
    /// Records in it, of every kind; an event, nothing said and a rejection each are one.
    public internal(set) var read = 0
    /// Events that somebody is protected.
    public internal(set) var protected = 0
    /// Events that somebody is not, or no longer.
    public internal(set) var notProtected = 0
    /// Records that say nothing about protection.
    public internal(set) var nothingSaid = 0
    /// Records of which there is no event, by the reason.
    public internal(set) var rejected: [FeedRejection: Tally] = [:]
    /// What was strange about others.
    public internal(set) var remarks: [FeedRemark: Tally] = [:]
    /// From where on it could not be read; of an archive, for each file in it. The first of them.
    public private(set) var breaks: [Break] = []
    /// How many there are.
    public private(set) var breakCount = 0
    /// Whether reading was stopped before the end.
    public internal(set) var isStopped = false
    /// Whether the file was written to while it was read, so that there may be more of it: it has to be fed again.
    public internal(set) var hasChanged = false
    /// The first of the events; of a dry run alone.
    public internal(set) var samples: [FeedSample] = []

    /// Events published; in a dry run, those that would be.
    public var events: Int { protected + notProtected }
    /// Records of which there is no event and should be one.
    public var rejections: Int { rejected.values.reduce(0) { $0 + $1.count } }
    /// Whether every record was understood.
    public var isClean: Bool { rejected.isEmpty && breakCount == 0 }

    init(name: String) {
        self.name = name
    }

    mutating func add(_ broken: Break) {
        breakCount += 1
        if breaks.count < Break.kept { breaks.append(broken) }
    }
}

/// An event as a dry run shows it: whose it is, by the record key alone.
public struct FeedSample: Sendable, Hashable, Encodable {
    /// The record's line.
    public let line: Int
    /// The beginning of the record key, a keyed digest of the person.
    public let person: String
    /// `protected` or `not-protected`.
    public let status: String
    /// When the register said so, in RFC 3339.
    public let observedAt: String
}

extension FeedReport: Encodable {
    private enum CodingKeys: String, CodingKey {
        case file, read, published, protected, notProtected, nothingSaid, rejected, remarks, broken, brokenCount,
            stopped, changed, samples
    }

    private struct Broken: Encodable {
        let line: Int
        let reason: String
        let member: String?
    }

    /// Names of reasons as keys, for scripts.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .file)
        try container.encode(read, forKey: .read)
        try container.encode(events, forKey: .published)
        try container.encode(protected, forKey: .protected)
        try container.encode(notProtected, forKey: .notProtected)
        try container.encode(nothingSaid, forKey: .nothingSaid)
        try container.encode(Self.byName(rejected), forKey: .rejected)
        try container.encode(Self.byName(remarks), forKey: .remarks)
        try container.encode(
            breaks.map { Broken(line: $0.place.line, reason: $0.fault.rawValue, member: $0.member) }, forKey: .broken)
        try container.encode(breakCount, forKey: .brokenCount)
        try container.encode(isStopped, forKey: .stopped)
        try container.encode(hasChanged, forKey: .changed)
        if !samples.isEmpty { try container.encode(samples, forKey: .samples) }
    }

    private static func byName<Reason>(_ tallies: [Reason: Tally]) -> [String: Tally]
    where Reason: RawRepresentable<String> & Hashable {
        Dictionary(tallies.map { ($0.key.rawValue, $0.value) }) { first, _ in first }
    }
}
