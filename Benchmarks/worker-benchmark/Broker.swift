import Foundation
import KafkaClient

/// Topics for one measurement: on an embedded broker of its own, or on the one that was named.
final class Broker {
    let bootstrapServers: String
    let events: String
    let outcomes: String
    let others: [String: String]
    let outcomePartitions: Int
    private let program: Program?
    /// The process of a named broker, where it was told.
    private let namedProcess = ProcessInfo.processInfo.environment["BROKER_PID"].flatMap { Int32($0) }

    init(_ settings: Settings, folder: URL) throws {
        let run = String(UInt32.random(in: .min ... .max), radix: 36)
        events = "benchmark-\(run)-events"
        outcomes = "benchmark-\(run)-outcomes"
        others = Dictionary(
            uniqueKeysWithValues: ["notifications", "deletions", "quarantine"].map { ($0, "benchmark-\(run)-\($0)") })
        // Outcomes are not compressed: 5 MiB of each partition would not hold a backlog's.
        outcomePartitions = settings.bootstrapServers == nil ? max(48, settings.events / 5_000) : settings.partitions
        if let servers = settings.bootstrapServers {
            program = nil
            bootstrapServers = servers
            let admin = try KafkaAdmin(bootstrapServers: servers, logger: quiet)
            let topics =
                [(events, settings.partitions), (outcomes, outcomePartitions)] + others.values.map { ($0, 1) }
            try admin.createTopics(
                topics.map { NewTopic($0.0, partitions: Int32($0.1), replicationFactor: 1) }, timeout: .seconds(20))
        } else {
            let program = try Program(
                "embedded-broker",
                ["\(events):\(settings.partitions)", "\(outcomes):\(outcomePartitions)"]
                    + others.values.map { "\($0):1" }, folder: folder)
            guard wait(within: 20, until: { program.standardOutput.hasSuffix("\n") }) else {
                throw BenchmarkError("the embedded broker does not start")
            }
            bootstrapServers = program.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
            self.program = program
        }
    }

    var processorTime: Double? { (program?.pid ?? namedProcess).map { ProcessFigures.processorTime($0) } }

    /// What leads a worker here. The embedded broker answers an empty fetch only after its whole wait, and a join only after
    /// the session's time.
    var environment: [String: String] {
        var environment = [
            "KAFKA_BOOTSTRAP_SERVERS": bootstrapServers, "TOPICS_EVENTS": events, "TOPICS_OUTCOMES": outcomes,
            "KAFKA_GROUP_ID": events,
        ]
        for (name, topic) in others { environment["TOPICS_\(name.uppercased())"] = topic }
        for (name, value) in properties {
            environment["KAFKA_PROPERTIES_" + name.uppercased().replacing(".", with: "_")] = value
        }
        return environment
    }

    var properties: [String: String] {
        program == nil ? [:] : ["session.timeout.ms": "4000", "fetch.wait.max.ms": "5"]
    }

    func consumer(group: String) throws -> KafkaConsumer {
        try KafkaConsumer(
            ConsumerConfiguration(
                bootstrapServers: bootstrapServers, groupID: group, properties: try KafkaProperties(properties)),
            logger: quiet)
    }

    deinit { program?.end() }
}

/// Waits until `condition` holds, and tells whether it did within `seconds`.
func wait(within seconds: Double, until condition: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if condition() { return true }
        usleep(5_000)
    }
    return condition()
}
