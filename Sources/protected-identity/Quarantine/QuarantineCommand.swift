import ArgumentParser
import Foundation
import KafkaClient
import Operations

/// What was set aside.
struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine", abstract: "Look at what was set aside, and put it back.",
        discussion: """
            Of the configuration these read kafka, topics, audit and log alone: whoever holds the private key needs no secret \
            of the worker. They join no group and disturb no worker.
            """,
        subcommands: [QuarantineListCommand.self, QuarantineShowCommand.self, QuarantineRedriveCommand.self])
}

extension ConfigurationOptions {
    /// The configuration of those who look at topics alone.
    func topicTools() throws(ConfigurationProblems) -> TopicToolsConfiguration {
        try TopicToolsConfiguration.load(file: file, environment: ProcessInfo.processInfo.environment)
    }
}

extension CommandFailure {
    init(_ topic: MissingTopic) {
        self.init(
            .unavailable,
            "the cluster has no topic \(topic.name): create it (README, \"Topics\"), name another one under topics.*, or grant "
                + "its description")
    }
}
