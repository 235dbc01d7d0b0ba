import Logging
import Synchronization

/// Lets the first lines of a kind through, counts those that follow, and tells how many there were: a store that is away for an
/// hour would otherwise fill a disk, and bury what else is to be seen.
///
/// Of one kind are lines of a level, a label and a message with its reason, whatever numbers stand in them. Below warnings nothing is
/// held back, and of what is critical nothing either: each of those lines is somebody's to read.
final class FloodGate: Sendable {
    /// What was held back of a kind.
    struct Summary: Hashable {
        let level: Logger.Level
        let label: String
        /// As the first of them had it.
        let message: String
        let times: Int
    }

    private struct Kind: Hashable {
        let level: Logger.Level
        let label: String
        let message: String
    }

    private struct Window {
        let end: ContinuousClock.Instant
        let message: String
        var count = 0
    }

    private struct State {
        var windows: [Kind: Window] = [:]
        var nextLook: ContinuousClock.Instant?
    }

    /// So many of a kind pass in each ``window``.
    static let most = 20
    static let window = Duration.seconds(10)
    /// Kinds beyond these are one.
    private static let mostKinds = 200

    private let state = Mutex(State())

    /// Whether a line may be written.
    func lets(_ message: String, _ level: Logger.Level, _ label: String, at now: ContinuousClock.Instant) -> Bool {
        guard level == .warning || level == .error else { return true }
        return state.withLock { state in
            var kind = Kind(level: level, label: label, message: Self.withoutNumbers(message))
            if state.windows[kind] == nil, state.windows.count >= Self.mostKinds {
                kind = Kind(level: level, label: "", message: "")
            }
            state.windows[kind, default: Window(end: now + Self.window, message: message)].count += 1
            return state.windows[kind]?.count ?? 0 <= Self.most
        }
    }

    /// What was held back until now in windows that are over, at most once a second; at an end, in all.
    func summaries(at now: ContinuousClock.Instant, isEnd: Bool = false) -> [Summary] {
        state.withLock { state in
            if !isEnd, let next = state.nextLook, now < next { return [] }
            state.nextLook = now + .seconds(1)
            var over: [Summary] = []
            for (kind, window) in state.windows where isEnd || window.end <= now {
                state.windows[kind] = nil
                guard window.count > Self.most else { continue }
                over.append(
                    Summary(
                        level: kind.level, label: kind.label, message: window.message, times: window.count - Self.most))
            }
            return over.sorted { ($0.label, $0.message) < ($1.label, $1.message) }
        }
    }

    private static func withoutNumbers(_ message: String) -> String {
        var kind = ""
        var wasDigit = false
        for scalar in message.unicodeScalars {
            let isDigit = ("0"..."9").contains(scalar)
            if !isDigit { kind.unicodeScalars.append(scalar) } else if !wasDigit { kind.append("#") }
            wasDigit = isDigit
        }
        return kind
    }
}
