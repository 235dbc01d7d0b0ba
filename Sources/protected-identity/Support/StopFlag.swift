import Dispatch
import Synchronization

/// Asks what goes on page by page, or file by file, for its end; a pause ends at once.
final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)
    private let ended = DispatchSemaphore(value: 0)

    var isStopped: Bool { flag.load(ordering: .acquiring) }

    func stop() {
        flag.store(true, ordering: .releasing)
        ended.signal()
    }

    func wait(atMost duration: Duration) {
        guard !isStopped else { return }
        _ = ended.wait(timeout: .now() + (duration / .seconds(1)))
    }
}
