import ArgumentParser
import Crypto
import Foundation
import ProtectedIdentity
import Testing

@testable import protected_identity

@Suite("keys generate")
struct KeysGenerateTests {
    private let folder = try? TemporaryFolder()

    private func generate(_ arguments: String...) throws -> KeysReport {
        let command = try ProtectedIdentityCommand.parseAsRoot(["keys", "generate"] + arguments)
        return try #require(command as? KeysGenerateCommand).generate()
    }

    @Test("secrets lie in files that their owner alone can read, and are not printed")
    func files() throws {
        let folder = try #require(folder)
        let (digest, privateKey) = (folder.file("digest.keys"), folder.file("quarantine.pem"))
        let report = try generate("--digest-keys", digest, "--private-key", privateKey)
        #expect(try mode(of: digest) == 0o600)
        #expect(try mode(of: privateKey) == 0o600)
        #expect(report.digest?.key == nil && report.quarantine?.privateKey == nil)
        let key = try String(contentsOfFile: digest, encoding: .utf8).split(separator: ":")[1].trimming(
            while: \.isWhitespace)
        #expect(Data(base64Encoded: key)?.count == 32)
        #expect(!report.yaml.contains(key))
        #expect(!report.yaml.contains("PRIVATE KEY"))
    }

    @Test("what is printed is a configuration that a worker can be made of")
    func pasted() throws {
        let folder = try #require(folder)
        let report = try generate("--digest-keys", folder.file("it's.keys"), "--private-key", folder.file("q.pem"))
        let others = "\nkafka.bootstrapServers: localhost:9092\nstore.url: sqlite:///tmp/contacts.sqlite\n"
        let file = ConfigurationFile(path: "worker.yaml", text: report.yaml + others)
        let assembly = try Assembly.load(ConfigurationSources(file: file, environment: [:]))
        #expect(assembly.keyring.keys.map(\.id) == [report.digest?.id])
        #expect(assembly.seal?.keyID == report.quarantine?.keyId)
    }

    @Test("printed secrets are such a configuration too")
    func printed() throws {
        let report = try generate("--print-secrets", "--id", "a1")
        let others = "\nkafka.bootstrapServers: localhost:9092\nstore.url: sqlite:///tmp/contacts.sqlite\n"
        let file = ConfigurationFile(path: "worker.yaml", text: report.yaml + others)
        let assembly = try Assembly.load(ConfigurationSources(file: file, environment: [:]))
        #expect(assembly.keyring.writing.id == "a1")
        #expect(report.quarantine?.privateKey?.hasPrefix("-----BEGIN PRIVATE KEY-----\n") == true)
    }

    @Test("the private key in PEM opens what was sealed to the public one")
    func pair() throws {
        let folder = try #require(folder)
        let path = folder.file("quarantine.pem")
        let report = try generate("--private-key", path)
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let der = try #require(Data(base64Encoded: String(lines[1])))
        #expect(lines.count == 3 && der.count == 48)
        let privateKey = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: der.suffix(32))
        let publicKey = try #require(report.quarantine?.publicKey)
        let seal = try #require(QuarantineSeal(publicKey: publicKey))
        let place = RecordCoordinates(topic: "events", partition: 0, offset: 7)
        let record = OriginalRecord(key: nil, value: Data("value".utf8), headers: [], timestamp: nil)
        let opened = try QuarantineSeal.open(seal.seal(record, at: place), at: place, with: privateKey)
        #expect(opened.value == record.value)
        #expect(report.digest == nil, "no file was named for it")
    }

    @Test("a file that exists is never overwritten, and nothing else stays behind")
    func existing() throws {
        let folder = try #require(folder)
        let held = try folder.write("the only copy", to: "quarantine.pem")
        let failure = #expect(throws: CommandFailure.self) {
            try generate("--digest-keys", folder.file("digest.keys"), "--private-key", held)
        }
        #expect(failure?.exit == .cannotCreate)
        #expect(failure?.message.contains(held) == true)
        #expect(try String(contentsOfFile: held, encoding: .utf8) == "the only copy")
        #expect(try folder.names() == ["quarantine.pem"])
    }

    @Test("a link is not followed")
    func link() throws {
        let folder = try #require(folder)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("digest.keys"), withDestinationPath: folder.file("elsewhere"))
        let failure = #expect(throws: CommandFailure.self) { try generate("--digest-keys", folder.file("digest.keys")) }
        #expect(failure?.exit == .cannotCreate)
        #expect(try folder.names() == ["digest.keys"])
    }

    @Test("the id of a digest key tells its day")
    func dated() throws {
        #expect(GeneratedDigestKey.id(on: Timestamp(milliseconds: 1_795_426_200_000)) == "k20261123")
    }
}
