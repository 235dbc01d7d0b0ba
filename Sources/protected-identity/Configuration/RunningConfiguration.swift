import Logging

/// How large batches grow and how fast they follow each other.
struct BatchConfiguration: Sendable, Equatable {
    /// Records in a batch at most.
    var maxRecords: Int
    /// A floor on the time between Kafka transactions; nothing where a trickle is to go through at once.
    var maxDelay: Duration

    /// Reads the section.
    static func read(_ reading: inout ConfigurationReading) -> BatchConfiguration? {
        guard let records = reading.integer("batch.maxRecords", in: 1...100_000),
            let delay = reading.duration("batch.maxDelay")
        else { return nil }
        return BatchConfiguration(maxRecords: records, maxDelay: delay)
    }
}

/// Where health, metrics and the status page are.
struct AdminConfiguration: Sendable, Equatable {
    var isEnabled: Bool
    var host: String
    /// 0 takes a free port.
    var port: UInt16
    /// So long without a turn a worker's loop is wedged.
    var stalledAfter: Duration
    /// Whether events are counted by tenant as well.
    var metricsByTenant: Bool

    /// Reads the section.
    static func read(_ reading: inout ConfigurationReading) -> AdminConfiguration? {
        let isEnabled = reading.flag("admin.enabled")
        let host = reading.value("admin.host", expected: "a host name or an address") { text in
            // An IPv6 address may be written as in a URL.
            let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
            let host = isBracketed ? String(text.dropFirst().dropLast()) : text
            return host.isEmpty || host.contains(where: \.isWhitespace) ? nil : host
        }
        // Kubernetes gives every pod NAME_PORT=tcp://… for each Service; one called "admin" lands on our variable.
        let isServiceLink = reading.sources.value(of: "admin.port")?.text.hasPrefix("tcp://") == true
        let hint =
            isServiceLink ? ". Kubernetes sets this one for a Service named admin: enableServiceLinks: false" : ""
        let port = reading.value("admin.port", expected: "a port from 0 to 65535\(hint)") { UInt16($0) }
        let stalledAfter = reading.duration("admin.stalledAfter", from: .seconds(1))
        let metricsByTenant = reading.flag("admin.metricsByTenant")
        guard let isEnabled, let host, let port, let stalledAfter, let metricsByTenant else { return nil }
        return AdminConfiguration(
            isEnabled: isEnabled, host: host, port: port, stalledAfter: stalledAfter, metricsByTenant: metricsByTenant)
    }
}

/// What is logged, and in which form.
struct LogConfiguration: Sendable, Equatable {
    /// The form of a line.
    enum Format: String, Sendable, CaseIterable {
        case json
        case text
    }

    var level: Logger.Level
    /// Unset: text on a terminal, else JSON.
    var format: Format?

    /// Reads the section.
    static func read(_ reading: inout ConfigurationReading) -> LogConfiguration? {
        let level: Logger.Level? = reading.choice("log.level")
        let format: Format? = reading.choice("log.format")
        guard let level else { return nil }
        return LogConfiguration(level: level, format: format)
    }
}
