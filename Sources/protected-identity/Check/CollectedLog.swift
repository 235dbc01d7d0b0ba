import Logging
import Synchronization

/// Keeps what librdkafka complains of, so that a finding can say why a broker does not answer.
final class CollectedLog: Sendable {
    /// As many different lines as a person wants to read.
    private static let limit = 3

    private let kept = Mutex<[String]>([])

    /// The first different complaints.
    var lines: [String] { kept.withLock { $0 } }

    /// A logger whose errors and warnings are kept; nothing of it is printed.
    func logger() -> Logger {
        var logger = Logger(label: "librdkafka") { _ in Handler(log: self) }
        logger.logLevel = .warning
        return logger
    }

    fileprivate func keep(_ line: String) {
        kept.withLock { lines in
            if lines.count < Self.limit, !lines.contains(line) { lines.append(line) }
        }
    }
}

private struct Handler: LogHandler {
    let log: CollectedLog
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel = Logger.Level.warning

    init(log: CollectedLog) {
        self.log = log
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        log.keep(Self.essence(of: event.message.description))
    }

    /// Of `[thrd:host:9092/bootstrap]: host:9092/bootstrap: Connect … failed (after 0ms in state CONNECT)` what an
    /// operator can use.
    private static func essence(of text: String) -> String {
        var essence = text[...]
        if text.hasPrefix("[thrd:"), let end = text.firstRange(of: "]: ") { essence = essence[end.upperBound...] }
        if let timing = essence.firstRange(of: " (after ") { essence = essence[..<timing.lowerBound] }
        return String(essence)
    }
}
