import Foundation

@testable import protected_identity

/// A configuration that lacks nothing, to be changed in one place by each test.
enum Fixture {
    static let digestKey = Data(repeating: 7, count: 32).base64EncodedString()
    static let environment = [
        "KAFKA_BOOTSTRAP_SERVERS": "localhost:9092", "STORE_URL": "sqlite:///tmp/contacts.sqlite",
        "IDENTITY_DIGEST_KEYS": "k1:\(digestKey)", "QUARANTINE_COORDINATES_ONLY": "true",
    ]

    /// Loads a YAML text over (that is, under) the complete environment with changes; an empty value unsets a variable.
    static func load(
        _ yaml: String? = nil, _ changes: [String: String] = [:]
    ) throws(ConfigurationProblems) -> WorkerConfiguration {
        let environment = environment.merging(changes) { $1 }
        let file = yaml.map { ConfigurationFile(path: "worker.yaml", text: $0) }
        return try WorkerConfiguration.load(ConfigurationSources(file: file, environment: environment))
    }

    /// The problems of such a configuration; none where it is well.
    static func problems(_ yaml: String? = nil, _ changes: [String: String] = [:]) -> [ConfigurationProblem] {
        do throws(ConfigurationProblems) {
            _ = try load(yaml, changes)
            return []
        } catch {
            return error.problems
        }
    }
}
