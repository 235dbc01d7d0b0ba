public import ProtectedIdentity

/// What a redrive has come to, or would.
public struct RedriveReport: Sendable, Hashable {
    /// Why a record stays in the quarantine.
    public enum Obstacle: String, Sendable, Hashable, CaseIterable {
        /// It was put back as often as is allowed.
        case exhausted
        /// Its payload is sealed and no private key was given, or it has none; and it stands in its topic no longer, which
        /// does not retain it or holds another record there.
        case notRetained = "not-retained"
        /// Its original stood in a topic that is none of those that workers read.
        case otherTopic = "other-topic"
        /// It was sealed to another key than the one given.
        case otherKey = "other-key"
        /// It cannot be opened: its bytes are not what was sealed.
        case damaged
        /// The broker does not take a record of its size.
        case tooLarge = "too-large"
    }

    /// Records that the selection means, copies of one counted once.
    public var selected = 0
    /// Put back now; in a dry run: would be.
    public var redriven = 0
    /// Of the selected, put back by an earlier redrive.
    public var already = 0
    /// How many stay, by why.
    public var left: [Obstacle: Int] = [:]
    /// Some of those that stay, by the places of their originals.
    public private(set) var examples: [Obstacle: [RecordCoordinates]] = [:]
    /// Coordinates that were asked for, and that nothing the selection means bears.
    public internal(set) var unknown: [RecordCoordinates] = []
    /// Whether nothing was written.
    public let isDry: Bool
    /// Whether it was stopped before its end.
    public var isStopped = false

    /// A report of nothing yet.
    public init(isDry: Bool) {
        self.isDry = isDry
    }

    private static let mostExamples = 20

    mutating func leave(_ original: RecordCoordinates, _ obstacle: Obstacle) {
        left[obstacle, default: 0] += 1
        if examples[obstacle, default: []].count < Self.mostExamples {
            examples[obstacle, default: []].append(original)
        }
    }
}
