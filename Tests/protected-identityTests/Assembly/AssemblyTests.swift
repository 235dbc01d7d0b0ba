import BatchPipeline
import Foundation
import KafkaClient
import ProtectedIdentity
import RegistryWorker
import Testing

@testable import protected_identity

@Suite("Assembly: from the configuration to the parts of a worker")
struct AssemblyTests {
    private func load(_ yaml: String? = nil, _ changes: [String: String] = [:]) throws -> Assembly {
        let file = yaml.map { ConfigurationFile(path: "worker.yaml", text: $0) }
        let environment = Fixture.environment.merging(changes) { $1 }
        return try Assembly.load(ConfigurationSources(file: file, environment: environment))
    }

    private func problems(_ yaml: String? = nil, _ changes: [String: String] = [:]) -> [ConfigurationProblem] {
        let problems = #expect(throws: ConfigurationProblems.self) { _ = try load(yaml, changes) }
        return problems?.problems ?? []
    }

    @Test("problems of form and of meaning are reported together, in the order of the keys")
    func together() throws {
        let found = problems(
            "kafka:\n  groupld: x\n  properties:\n    sasl.pasword: hunter2\n    linger.ms: soon",
            ["KAFKA_BOOTSTRAP_SERVERS": "", "QUARANTINE_PUBLIC_KEY": "bm90IGEga2V5", "QUARANTINE_COORDINATES_ONLY": ""])
        #expect(
            found.map(\.key) == [
                "kafka.bootstrapServers", "kafka.properties.linger.ms", "kafka.properties.sasl.pasword",
                "quarantine.publicKey", "kafka.groupld",
            ])
    }

    @Test("a misspelt property is named with its line and with what may have been meant")
    func misspelt() throws {
        let found = try #require(problems("kafka.properties:\n  sasl.pasword: hunter2").first)
        #expect(found.origin == .file(path: "worker.yaml", line: 2))
        #expect(found.advice == "Did you mean sasl.password?")
        #expect(!found.description.contains("hunter2"))
    }

    @Test("a property that the client owns, beyond those that the configuration knows, is refused")
    func owned() throws {
        let found = problems("kafka.properties:\n  acks: '0'")
        #expect(found.map(\.key) == ["kafka.properties.acks"])
        #expect(found.first?.problem.contains("owns") == true)
    }

    @Test("a public key that is none is not quoted")
    func publicKey() throws {
        let found = problems(nil, ["QUARANTINE_PUBLIC_KEY": "c2VjcmV0", "QUARANTINE_COORDINATES_ONLY": ""])
        #expect(found.map(\.key) == ["quarantine.publicKey"])
        #expect(found.first?.description.contains("c2VjcmV0") == false)
    }

    @Test("coordinates only means no seal")
    func coordinatesOnly() throws {
        #expect(try load().seal == nil)
        #expect(try load().workSettings(of: "workers").seal == nil)
    }

    @Test("an instance id names the member and its transactions; the same after a restart")
    func instance() throws {
        for _ in 1...2 {
            let assembly = try load(nil, ["KAFKA_INSTANCE_ID": "worker-1"])
            #expect(assembly.consumer(of: "workers").instanceID == "worker-1")
            #expect(assembly.producer(of: .redaction).transactionalID == "protected-identity-worker-1")
            #expect(assembly.producer(of: .sweep).transactionalID == "protected-identity-worker-1-sweep")
        }
    }

    @Test("each of a process's members is one of its own, the same after a restart; the first is the process itself")
    func members() throws {
        let assembly = try load(nil, ["KAFKA_INSTANCE_ID": "worker-1", "KAFKA_MEMBERS": "3"])
        #expect(WorkerDuty.redaction.members(assembly) == 3)
        #expect(WorkerDuty.sweep.members(assembly) == 1)
        let members = (1...3).map { assembly.asMember($0) }
        #expect(members.map { $0.consumer(of: "workers").instanceID } == ["worker-1", "worker-1-2", "worker-1-3"])
        let ids = members.map { $0.producer(of: .redaction).transactionalID }
        #expect(ids == ["", "-2", "-3"].map { "protected-identity-worker-1\($0)" })
        let dynamic = try load(nil, ["KAFKA_MEMBERS": "2"])
        #expect(dynamic.asMember(2).consumer(of: "workers").instanceID == nil)
        let transactions = [1, 2].map { dynamic.asMember($0).producer(of: .redaction).transactionalID }
        #expect(Set(transactions).count == 2)
    }

    @Test("a number of members that is none, or too many, is refused with its key")
    func wrongMembers() {
        for wrong in ["0", "17", "two"] {
            #expect(problems(nil, ["KAFKA_MEMBERS": wrong]).map(\.key) == ["kafka.members"])
        }
    }

    @Test("without an instance id each start is a new member")
    func anonymous() throws {
        let (first, second) = (try load(), try load())
        #expect(first.consumer(of: "workers").instanceID == nil)
        #expect(first.producer(of: .redaction).transactionalID != second.producer(of: .redaction).transactionalID)
        #expect(first.producer(of: .redaction).transactionalID.hasPrefix("protected-identity-"))
    }

    @Test("a dead worker holds up its partitions for ten seconds, unless a property says otherwise")
    func session() throws {
        #expect(try load().consumer(of: "workers").sessionTimeout == .seconds(10))
        let given = try load("kafka.properties:\n  session.timeout.ms: 30000")
        #expect(given.consumer(of: "workers").sessionTimeout == .seconds(30))
    }

    @Test("properties and assignment reach both clients")
    func clients() throws {
        let assembly = try load("kafka:\n  assignment: range\n  properties:\n    client.id: here")
        #expect(assembly.consumer(of: "workers").assignment == .range)
        #expect(assembly.consumer(of: "workers").properties.values == ["client.id": "here"])
        #expect(assembly.producer(of: .redaction).properties.values == ["client.id": "here"])
    }

    @Test("tenants become policies; who is not named is unknown unless there is a default")
    func tenants() throws {
        let yaml = """
            tenants:
              nordic: {policy: delete, noticePeriod: 30d, termsUrl: "https://example.com", supportContact: help, language: sv}
            """
        let (nordic, other) = (
            try #require(TenantName(rawValue: "nordic")), try #require(TenantName(rawValue: "other"))
        )
        let named = try load(yaml)
        let delete = TenantPolicy.delete(
            noticePeriod: .seconds(30 * 86_400), termsUrl: "https://example.com", supportContact: "help", language: "sv"
        )
        #expect(named.policies[nordic] == delete)
        #expect(named.policies[other] == nil)
        #expect(try load(yaml + "\n  default: {policy: keep}").policies[other] == .keep)
        #expect(try load().policies[other] == .keep)
    }

    @Test("batch and shutdown pace the pipeline")
    func pace() throws {
        let settings = try load("batch: {maxRecords: 7, maxDelay: 3s}\nshutdown.timeout: 4s").pipelineSettings
        #expect(settings.maximumRecords == 7)
        #expect(settings.minimumInterval == .seconds(3))
        #expect(settings.stopPatience == .seconds(4))
    }

    @Test("a secret in a file may come through a pipe, which can be read once")
    func readsPipes() throws {
        var environment = Fixture.environment
        let keys = environment.removeValue(forKey: "IDENTITY_DIGEST_KEYS") ?? ""
        environment["IDENTITY_DIGEST_KEYS_FILE"] = try pipe(holding: keys)
        environment["KAFKA_SASL_PASSWORD_FILE"] = try pipe(holding: "canary")
        let assembly = try Assembly.load(ConfigurationSources(file: nil, environment: environment))
        #expect(assembly.properties.values["sasl.password"] == "canary")
    }

    /// The path of a pipe that was written to its end.
    private func pipe(holding text: String) throws -> String {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try pipe.fileHandleForWriting.close()
        return "/dev/fd/\(dup(pipe.fileHandleForReading.fileDescriptor))"
    }
}
