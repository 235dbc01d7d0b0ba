import Foundation
import KafkaClient
import Logging
import Synchronization
import Testing

/// Keeps what is logged.
private final class Lines: Sendable {
    private let lines = Mutex<[(level: Logger.Level, source: String, text: String)]>([])

    func append(_ level: Logger.Level, _ source: String, _ text: String) {
        lines.withLock { $0.append((level, source, text)) }
    }

    func contains(_ level: Logger.Level, _ text: String) -> Bool {
        lines.withLock { lines in
            lines.contains { $0.level == level && $0.source == "librdkafka" && $0.text.contains(text) }
        }
    }
}

private struct Recorder: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.append(event.level, event.source, event.message.description)
    }
}

@Suite("librdkafka's log", .ownThread)
struct LogTests {
    @Test("a broker that cannot be reached is in the log, at librdkafka's own level")
    func levels() throws {
        let lines = Lines()
        let logger = Logger(label: "recorded") { _ in Recorder(lines: lines) }
        let consumer = try KafkaConsumer(
            ConsumerConfiguration(bootstrapServers: "127.0.0.1:1", groupID: "g"), logger: logger)
        let isLogged = poll(consumer, maximum: 0) { _ in lines.contains(.error, "Connection refused") }
        #expect(isLogged)
        #expect(consumer.leave(within: patience))
    }
}
