import Foundation
import Logging

/// Where log lines go: one line a message, to standard error, as `log.level` and `log.format` say.
struct LogOutput: Sendable {
    private let level: Logger.Level
    private let format: LogConfiguration.Format
    private let descriptor: Int32
    private let gate = FloodGate()

    /// - Parameters:
    ///   - configuration: level and format; without a format text on a terminal, else JSON.
    ///   - descriptor: standard error, but for tests.
    init(_ configuration: LogConfiguration, descriptor: Int32 = STDERR_FILENO) {
        level = configuration.level
        format = configuration.format ?? (isatty(descriptor) == 1 ? .text : .json)
        self.descriptor = descriptor
    }

    /// A logger for a part of the program.
    func logger(_ label: String) -> Logger {
        var logger = Logger(label: label) {
            LineLogHandler(label: $0, format: format, descriptor: descriptor, gate: gate)
        }
        logger.logLevel = level
        return logger
    }

    /// Makes this the output of every logger that is made with a label alone. Once in a process.
    func bootstrap() {
        let (level, format, descriptor, gate) = (level, format, descriptor, gate)
        LoggingSystem.bootstrap { label in
            var handler = LineLogHandler(label: label, format: format, descriptor: descriptor, gate: gate)
            handler.logLevel = level
            return handler
        }
    }

    /// Tells of floods that are over; lines that come in do so too.
    ///
    /// - Parameter isEnd: whether nothing follows, so that those under way are told as well.
    func tellFloods(isEnd: Bool = false) {
        for summary in gate.summaries(at: .now, isEnd: isEnd) {
            LineLogHandler.write(LogLine(summary), format, descriptor)
        }
    }
}
