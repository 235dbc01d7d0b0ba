import ProtectedIdentity
import Synchronization

/// The wall clock, and how far somebody who does not want to wait has put it ahead.
final class MovableClock: Sendable {
    private let ahead = Mutex(Duration.zero)

    func now() -> Timestamp { WallClock.now().adding(ahead.withLock { $0 }) }

    func move(ahead duration: Duration) { ahead.withLock { $0 += duration } }
}
