import Logging
import ProtectedIdentity
import Synchronization

/// Writes each message as one line, in one piece: a JSON object for machines, or text for people.
struct LineLogHandler: LogHandler {
    /// One line at a time in the whole process, also where a line is too long for one write.
    private static let output = Mutex(())

    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel = Logger.Level.info
    private let label: String
    private let format: LogConfiguration.Format
    private let descriptor: Int32
    private let gate: FloodGate

    init(label: String, format: LogConfiguration.Format, descriptor: Int32, gate: FloodGate) {
        self.label = label
        self.format = format
        self.descriptor = descriptor
        self.gate = gate
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let given = event.metadata { all.merge(given) { $1 } }
        // An error's own words may quote what it failed on; its type does not.
        if let error = event.error { all["error"] = .string("\(type(of: error))") }
        let message = event.message.description
        let now = ContinuousClock.now
        let reason = (all["error"] ?? all["reason"]).map { ": \($0)" } ?? ""
        let passes = gate.lets(message + reason, event.level, label, at: now)
        for summary in gate.summaries(at: now) { Self.write(LogLine(summary), format, descriptor) }
        guard passes else { return }
        Self.write(
            LogLine(time: WallClock.now(), level: event.level, label: label, message: message, metadata: all), format,
            descriptor)
    }

    static func write(_ line: LogLine, _ format: LogConfiguration.Format, _ descriptor: Int32) {
        let text = format == .json ? line.json : line.text
        // A log that cannot be written must not stop the worker.
        output.withLock { _ in _ = StandardStreams.write(text + "\n", to: descriptor) }
    }
}
