import Crypto
import Foundation
import Testing

@testable import ProtectedIdentity

@Suite("The digest keyring")
struct DigestKeyringTests {
    private static let good = Data(repeating: 7, count: 32).base64EncodedString()

    private static func error(_ text: String) -> DigestKeyringError? {
        do {
            _ = try DigestKeyring(parsing: text)
            return nil
        } catch { return error }
    }

    @Test("the first key writes, all of them read")
    func order() throws {
        let ring = try testKeyring(("new", 7), ("old", 8))
        #expect(ring.writing.id == "new")
        #expect(ring.keys.map(\.id) == ["new", "old"])
        #expect(ring.key(id: "old")?.id == "old")
        #expect(ring.key(id: "gone") == nil)
    }

    @Test("space around entries is dropped, as a file has it")
    func space() throws {
        let ring = try DigestKeyring(
            parsing: " a:\(Self.good) ,\n b:\(Data(repeating: 8, count: 64).base64EncodedString())\n")
        #expect(ring.keys.map(\.id) == ["a", "b"])
    }

    @Test("what is wrong is named by its entry or its id")
    func errors() {
        let short = Data(repeating: 7, count: 31).base64EncodedString()
        #expect(Self.error("") == .empty)
        #expect(Self.error(" \n") == .empty)
        #expect(Self.error(Self.good) == .missingColon(entry: 1))
        #expect(Self.error("a:\(Self.good),") == .missingColon(entry: 2))
        #expect(Self.error("a:\(Self.good),:\(Self.good)") == .invalidID(entry: 2))
        #expect(Self.error("a b:\(Self.good)") == .invalidID(entry: 1))
        #expect(Self.error("abcdefghijklmnopq:\(Self.good)") == .invalidID(entry: 1))
        #expect(Self.error("é:\(Self.good)") == .invalidID(entry: 1))
        #expect(Self.error("a:\(Self.good),a:\(Self.good)") == .repeatedID("a"))
        #expect(Self.error("a:not base64") == .invalidBase64(id: "a"))
        #expect(Self.error("a:\(short)") == .tooShort(id: "a", bytes: 31))
        #expect(Self.error("a:") == .tooShort(id: "a", bytes: 0))
    }

    @Test("no error and no description holds a key")
    func noKeyInText() throws {
        let secret = "c2VjcmV0c2VjcmV0c2VjcmV0"
        for text in [secret, "a b:\(secret)", "a:\(secret)", "a:\(secret)!", "a:\(Self.good),\(secret):x"] {
            let error = try #require(Self.error(text))
            #expect(!"\(error) \(String(reflecting: error))".contains("c2Vj"))
        }
        var dumped = ""
        dump(try testKeyring(("a", 7)), to: &dumped)
        #expect(!dumped.contains("SymmetricKey"))
    }

    @Test("a key of its own is checked like one from a text")
    func keys() {
        #expect(DigestKey(id: "k1", key: SymmetricKey(size: .bits256)) != nil)
        #expect(DigestKey(id: "k1", key: SymmetricKey(size: .bits128)) == nil)
        #expect(DigestKey(id: "", key: SymmetricKey(size: .bits256)) == nil)
    }

    @Test("two keys of one id are no ring")
    func doubled() throws {
        let key = try #require(DigestKey(id: "k", key: SymmetricKey(size: .bits256)))
        #expect(DigestKeyring(writing: key, others: [key]) == nil)
        #expect(DigestKeyring(writing: key)?.keys.count == 1)
    }
}
