import Foundation
import Testing

@testable import protected_identity

@Suite("Secrets of the configuration")
struct ConfigurationSecretTests {
    /// What `check` prints of it.
    private func printed(_ configuration: WorkerConfiguration) -> String {
        CheckReport(findings: [], effective: configuration.effective).lines.joined(separator: "\n")
    }

    /// Everything that a configuration may print of itself.
    private func everything(_ configuration: WorkerConfiguration) -> String {
        var dumped = ""
        dump(configuration, to: &dumped)
        return dumped + "\(configuration)" + String(reflecting: configuration) + printed(configuration)
    }

    @Test("no digest key, public key or password is in anything that is printed, and the places show a mask")
    func masking() throws {
        let key = Data("canary-digest-key-canary-digest-key".utf8).base64EncodedString()
        let configuration = try Fixture.load(
            "kafka.properties: {sasl.password: canary-password, ssl.key.pem: canary-pem}",
            [
                "IDENTITY_DIGEST_KEYS": "k1:\(key)", "QUARANTINE_PUBLIC_KEY": "canary-public",
                "QUARANTINE_COORDINATES_ONLY": "", "KAFKA_PROPERTIES_SASL_OAUTHBEARER_CLIENT_SECRET": "canary-secret",
            ])
        #expect(configuration.kafka.properties.reveal()["sasl.password"] == "canary-password")
        let printed = everything(configuration)
        #expect(!printed.contains("canary"))
        #expect(!printed.contains(key))
        for name in ["identity.digestKeys", "quarantine.publicKey", "kafka.properties.sasl.password"] {
            #expect(configuration.effective.first { $0.name == name }?.shown == Secret.mask, "\(name)")
        }
    }

    @Test("the SASL password may be in a file, which is read without the line's end and printed nowhere")
    func saslPasswordFile() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("canary-password\n", to: "sasl")
        chmod(file, 0o600)
        let variables = ["KAFKA_SASL_PASSWORD_FILE": file]
        let configuration = try Fixture.load(nil, variables)
        #expect(configuration.kafka.properties.reveal() == ["sasl.password": "canary-password"])
        #expect(!everything(configuration).contains("canary"))

        let both = Fixture.problems("kafka.properties: {sasl.password: canary}", variables)
        #expect(both.map(\.key) == ["kafka.saslPasswordFile"])
        let missing = Fixture.problems(nil, ["KAFKA_SASL_PASSWORD_FILE": file + "-not-there"])
        #expect(missing.map(\.key) == ["kafka.saslPasswordFile"])
        let empty = Fixture.problems(nil, ["KAFKA_SASL_PASSWORD_FILE": try folder.write("\n", to: "empty")])
        #expect(empty.map(\.key) == ["kafka.saslPasswordFile"])
        let cut = Fixture.problems(nil, ["KAFKA_SASL_PASSWORD_FILE": try folder.write("canary\0word", to: "cut")])
        #expect(cut.map(\.key) == ["kafka.saslPasswordFile"])
        #expect(!"\(cut)".contains("canary"))
    }

    @Test("a problem with a secret does not quote it")
    func problems() {
        let changes = [
            "IDENTITY_DIGEST_KEYS": "canary,k2:canary,k3:Y2FuYXJ5", "STORE_URL": "postgres://u:x/canary@db/x",
        ]
        let problems = Fixture.problems(nil, changes)
        #expect(Set(problems.map(\.key)).isSuperset(of: ["store.url", "identity.digestKeys"]))
        #expect(!"\(problems)".contains("canary"))
        #expect(!"\(problems)".contains("Y2FuYXJ5"))
    }

    @Test("an error in the file's form does not quote the line")
    func brokenFile() {
        let problems = Fixture.problems("identity:\n  digestKeys: \"canary\n  x: {", [:])
        #expect(problems.map(\.key) == ["--config"])
        #expect(!"\(problems)".contains("canary"))
    }

    @Test("a value under an unknown key is not quoted: it may be a secret whose key is misspelt")
    func misspelt() {
        let problems = Fixture.problems("identity.digestKey: canary", [:])
        #expect(problems.map(\.key) == ["identity.digestKey"])
        #expect(!"\(problems)".contains("canary"))
    }

    @Test("a password within a URL is masked, and the rest is shown")
    func urls() {
        let value = EffectiveValue(
            name: "x", text: "postgres://user:canary@db:5432/contacts", isSecret: false, origin: .unset)
        #expect(value.shown == "postgres://user:\(Secret.mask)@db:5432/contacts")
    }

    @Test("the effective configuration names every single key with its value and origin")
    func effective() throws {
        let configuration = try Fixture.load("kafka.groupId: redactors")
        let names = configuration.effective.map(\.name)
        let ofPostgres = ["store.schema", "store.contacts."]
        for key in ConfigurationKey.all where !key.isFamily && !ofPostgres.contains(where: key.name.hasPrefix) {
            #expect(names.contains(key.name))
        }
        let lines = printed(configuration).split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        #expect(lines.contains("kafka.groupId redactors worker.yaml:1"))
        #expect(lines.contains("store.url sqlite:///tmp/contacts.sqlite STORE_URL"))
        #expect(lines.contains("batch.maxRecords 1000 default"))
        #expect(lines.contains("kafka.instanceId - -"))
    }
}
