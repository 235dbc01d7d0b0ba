import KafkaClient
import Logging
import Operations

/// Are the brokers there, and the topics? Asked once before the worker starts, so that a wrong address or a missing topic
/// is a clear message and not a worker that waits for ever.
struct BrokerPreflight {
    let assembly: Assembly
    /// The topics that have to be there.
    let topics: [String]
    let logger: Logger

    /// For how long brokers that do not answer are asked again: they may be starting too.
    private static let patience = Duration.seconds(30)

    func run() async throws {
        let servers = assembly.configuration.kafka.bootstrapServers
        let log = CollectedLog()
        let admin = try KafkaAdmin(
            bootstrapServers: servers, properties: assembly.properties, logger: log.logger())
        defer { admin.close(within: .seconds(1)) }
        let deadline = ContinuousClock.now + Self.patience
        while true {
            do {
                let missing = try await Self.missing(topics, admin)
                guard missing.isEmpty else {
                    throw CommandFailure(
                        .unavailable,
                        "the cluster at \(servers) has no topic \(missing.joined(separator: ", ")): create it (README, "
                            + "\"Topics\"), name another one under topics.*, or grant its description")
                }
                return
            } catch let error as KafkaError {
                guard .now < deadline else {
                    throw CommandFailure(
                        .unavailable,
                        "no broker answers at \(servers) (\(reason(error, log))): check kafka.bootstrapServers, the network, and "
                            + "under kafka.properties how the connection is secured")
                }
                logger.warning(
                    "no broker answers yet", metadata: ["servers": "\(servers)", "reason": "\(reason(error, log))"])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// What librdkafka complains of says more than that nobody has answered in time.
    private func reason(_ error: KafkaError, _ log: CollectedLog) -> String {
        ([error.name] + log.lines).joined(separator: "; ")
    }

    private static func missing(_ topics: [String], _ admin: KafkaAdmin) async throws -> [String] {
        let thread = BlockingCall { () throws(KafkaError) in try admin.metadata(topics: topics, timeout: .seconds(5)) }
        return try await thread.result().missingTopics.sorted()
    }
}
