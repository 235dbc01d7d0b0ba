import Foundation
import KafkaClient
import Synchronization

/// Whether a process is alive, and ready: two different questions.
///
/// Alive is whose workers take a turn of their loop now and then, and get an answer of their store, if only that it fails: a broker
/// or a database that is away does not change it, and to begin anew would not help. Ready is who reads, applies and publishes.
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
        /// Since when the store owes an answer.
        var storeAskedAt: ContinuousClock.Instant?
        var isInSession = false
        var wasAssigned = false
        /// Whether nothing is known yet of where fresh partitions stand: they are not read before.
        var awaitsAdmission = false
        var partitions: Set<TopicPartition> = []
        /// Records that were read and are not published.
        var inFlight = 0
        var areBrokersAway = false
        var failures: [String: Int] = [:]
    }

    /// The store may take so many times the patience: each of its statements has a time limit of its own, and a batch of notices is
    /// as slow as who delivers them.
    static let storePatience = 15
    /// So often in a row something may fail before the worker counts as stuck.
    public static let mostFailures = 3

    private let patience: Duration
    private let loops = Mutex<[String: Loop]>([:])
    private let registryFailure = Mutex<String?>(nil)
    private let now: @Sendable () -> ContinuousClock.Instant

    /// The health of a process whose loops are still to come.
    ///
    /// - Parameter patience: so long without a turn a loop is wedged. A turn comes ten times a second; between sessions a look for
    ///   the brokers takes some seconds.
    public init(patience: Duration, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.patience = patience
        self.now = now
    }

    func update(_ name: String, _ change: (inout Loop) -> Void) {
        let now = now()
        loops.withLock { loops in
            loops[name, default: Loop(lastTurn: now)].lastTurn = now
            change(&loops[name, default: Loop(lastTurn: now)])
        }
    }

    /// What became of the last look into the registry.
    func registryAnswered(_ failure: String?) {
        registryFailure.withLock { $0 = failure }
    }

    func partitions(of name: String) -> Set<TopicPartition> { loops.withLock { $0[name]?.partitions ?? [] } }

    /// How long ago each loop took its last turn.
    var sinceLastTurn: [String: Duration] {
        let now = now()
        return loops.withLock { $0.mapValues { now - $0.lastTurn } }
    }

    /// Whether every loop makes its turns.
    public var liveness: Answer {
        let now = now()
        let loops = loops.withLock { $0 }
        let silent = loops.filter { now - $0.value.lastTurn > patience }.keys.sorted()
        let mostOfStore = patience * Self.storePatience
        let waiting = loops.filter { now - ($0.value.storeAskedAt ?? now) > mostOfStore }.keys.sorted()
        var reasons: [String] = []
        if !silent.isEmpty { reasons.append("no turn of the loop for more than \(Self.text(patience, silent))") }
        if !waiting.isEmpty {
            reasons.append("no answer of the store for more than \(Self.text(mostOfStore, waiting))")
        }
        guard reasons.isEmpty else { return Answer(isWell: false, reason: reasons.joined(separator: "; ")) }
        return Answer(isWell: true, reason: "the loops turn")
    }

    private static func text(_ patience: Duration, _ names: [String]) -> String {
        "\(patience.components.seconds) s: \(names.joined(separator: ", "))"
    }

    /// Whether every loop is in its group and gets on, and the registry answers.
    public var readiness: Answer {
        var reasons = loops.withLock { loops in
            loops.sorted { $0.key < $1.key }.compactMap { name, loop in
                Self.reason(loop).map { "\(name): \($0)" }
            }
        }
        if loops.withLock(\.isEmpty) { reasons.append("nothing has begun yet") }
        if let failure = registryFailure.withLock({ $0 }) { reasons.append("the registry does not serve: \(failure)") }
        return reasons.isEmpty
            ? Answer(isWell: true, reason: "in the group, and getting on")
            : Answer(isWell: false, reason: reasons.joined(separator: "; "))
    }

    private static func reason(_ loop: Loop) -> String? {
        if loop.areBrokersAway { return "no broker answers" }
        if !loop.isInSession { return "not in the group" }
        if !loop.wasAssigned { return "the group has not answered yet" }
        if loop.awaitsAdmission { return "it is being asked where the partitions stand" }
        let stuck = loop.failures.filter { $0.value >= mostFailures }.keys.sorted()
        return stuck.isEmpty ? nil : "\(stuck.joined(separator: ", ")): fails again and again"
    }
}
