import Dispatch
import Foundation
import Synchronization

/// SIGTERM and SIGINT as calls of a closure. The third one ends the process as it would without us.
final class StopSignals {
    private let sources: [any DispatchSourceSignal]

    /// Calls `stop` for the first two signals.
    init(_ stop: @escaping @Sendable () -> Void) {
        let received = Mutex(0)
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                let count = received.withLock { count in
                    count += 1
                    return count
                }
                if count > 2 { _exit(128 + number) }
                stop()
            }
            source.resume()
            return source
        }
    }

    func cancel() {
        for source in sources { source.cancel() }
    }
}
