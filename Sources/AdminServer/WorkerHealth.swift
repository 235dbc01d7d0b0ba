import Foundation
import Synchronization

/// Whether a worker is alive, and ready: two different questions.
///
/// Alive is who takes a turn of the loop now and then: a broker or a database that is away does not change it, and to begin anew
/// would not help. Ready is who reads, applies and publishes.
public final class WorkerHealth: Sendable {
    /// An answer, and why.
    public struct Answer: Hashable, Sendable, Encodable {
        /// Whether it is so.
        public let isWell: Bool
        /// Why, in a sentence without values.
        public let reason: String

        enum CodingKeys: String, CodingKey {
            case isWell = "ok"
            case reason
        }
    }

    /// One of the loops of the process.
    struct Loop {
        var lastTurn: ContinuousClock.Instant
        var isInSession = false
        var wasAssigned = false
        var brokersAwaySince: ContinuousClock.Instant?
        var failures: [String: Int] = [:]
    }

    /// So long without a turn a loop is wedged. A turn comes ten times a second; between sessions a look for the brokers takes some.
    public static let patience = Duration.seconds(60)
    /// So often in a row something may fail before the worker counts as stuck.
    public static let mostFailures = 3
    /// How long what is said of the brokers holds: librdkafka says it again and again.
    static let brokersMemory = Duration.seconds(15)

    private let loops = Mutex<[String: Loop]>([:])
    private let now: @Sendable () -> ContinuousClock.Instant

    /// The health of a process whose loops are still to come.
    public init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.now = now
    }

    func update(_ name: String, _ change: (inout Loop) -> Void) {
        let now = now()
        loops.withLock { loops in
            change(&loops[name, default: Loop(lastTurn: now)])
            loops[name]?.lastTurn = now
        }
    }

    /// Whether every loop makes its turns.
    public var liveness: Answer {
        let now = now()
        let silent = loops.withLock { $0.filter { now - $0.value.lastTurn > Self.patience }.keys.sorted() }
        guard silent.isEmpty else {
            return Answer(
                isWell: false,
                reason: "no turn of the loop for more than \(Self.patience.components.seconds) s: \(silent.joined(separator: ", "))")
        }
        return Answer(isWell: true, reason: "the loops turn")
    }

    /// Whether every loop is in its group and gets on.
    public var readiness: Answer {
        let now = now()
        let reasons = loops.withLock { loops in
            loops.sorted { $0.key < $1.key }.compactMap { name, loop in
                Self.reason(loop, at: now).map { "\(name): \($0)" }
            }
        }
        guard reasons.isEmpty else { return Answer(isWell: false, reason: reasons.joined(separator: "; ")) }
        let isEmpty = loops.withLock(\.isEmpty)
        return Answer(isWell: !isEmpty, reason: isEmpty ? "nothing has begun yet" : "in the group, and getting on")
    }

    private static func reason(_ loop: Loop, at now: ContinuousClock.Instant) -> String? {
        if let since = loop.brokersAwaySince, now - since < brokersMemory { return "no broker answers" }
        if !loop.isInSession { return "not in the group" }
        if !loop.wasAssigned { return "the group has not answered yet" }
        let stuck = loop.failures.filter { $0.value >= mostFailures }.keys.sorted()
        return stuck.isEmpty ? nil : "\(stuck.joined(separator: ", ")): fails again and again"
    }
}
