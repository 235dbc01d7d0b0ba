import Crypto
import Foundation
import Testing

@testable import ProtectedIdentity

@Suite("The quarantine's seal")
struct QuarantineSealTests {
    private let operatorKey = Curve25519.KeyAgreement.PrivateKey()
    private let coordinates = RecordCoordinates(topic: "events", partition: 3, offset: 42)
    private let record = OriginalRecord(
        key: Data("the key".utf8), value: Data(#"{"personalIdentityNumber":"20000125-2386"}"#.utf8),
        headers: [
            OriginalRecord.Header(name: "ce_id", value: Data([0xFF, 0x00])),
            OriginalRecord.Header(name: "empty", value: Data()), OriginalRecord.Header(name: "null", value: nil),
            OriginalRecord.Header(name: "ce_id", value: Data("again".utf8)),
        ], timestamp: 1_795_426_200_000)

    private var seal: QuarantineSeal { QuarantineSeal(to: operatorKey.publicKey) }

    @Test("what is sealed opens as it was, with the private key alone")
    func roundTrip() throws {
        let opened = try QuarantineSeal.open(seal.seal(record, at: coordinates), at: coordinates, with: operatorKey)
        #expect(opened.key == record.key)
        #expect(opened.value == record.value)
        #expect(opened.headers == record.headers)
        #expect(opened.timestamp == record.timestamp)
    }

    @Test("a tombstone without a key, headers or time opens as one, and not as an empty value")
    func tombstone() throws {
        let empty = OriginalRecord(key: nil, value: nil, headers: [], timestamp: nil)
        let opened = try QuarantineSeal.open(seal.seal(empty, at: coordinates), at: coordinates, with: operatorKey)
        #expect(opened.key == nil && opened.value == nil && opened.headers.isEmpty && opened.timestamp == nil)
        let blank = OriginalRecord(key: Data(), value: Data(), headers: [], timestamp: 0)
        let other = try QuarantineSeal.open(seal.seal(blank, at: coordinates), at: coordinates, with: operatorKey)
        #expect(other.key == Data() && other.value == Data() && other.timestamp == 0)
    }

    @Test("another key does not open it")
    func wrongKey() throws {
        let sealed = try seal.seal(record, at: coordinates)
        #expect(throws: (any Error).self) {
            try QuarantineSeal.open(sealed, at: coordinates, with: Curve25519.KeyAgreement.PrivateKey())
        }
    }

    @Test(
        "it does not pass for another record",
        arguments: [
            RecordCoordinates(topic: "others", partition: 3, offset: 42),
            RecordCoordinates(topic: "events", partition: 4, offset: 42),
            RecordCoordinates(topic: "events", partition: 3, offset: 43),
        ])
    func otherCoordinates(_ other: RecordCoordinates) throws {
        let sealed = try seal.seal(record, at: coordinates)
        #expect(throws: (any Error).self) { try QuarantineSeal.open(sealed, at: other, with: operatorKey) }
    }

    @Test("not a bit of it can be changed")
    func tampered() throws {
        let sealed = try seal.seal(record, at: coordinates)
        for index in [0, 1, 20, 33, sealed.count / 2, sealed.count - 1] {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: (any Error).self, "byte \(index)") {
                try QuarantineSeal.open(changed, at: coordinates, with: operatorKey)
            }
        }
    }

    @Test("nor can it be cut short", arguments: [0, 1, 32, 33, 34, 49])
    func cutShort(length: Int) throws {
        let sealed = try seal.seal(record, at: coordinates).prefix(length)
        #expect(throws: (any Error).self) { try QuarantineSeal.open(sealed, at: coordinates, with: operatorKey) }
    }

    @Test("nothing of the record is visible in it, and the same record never looks the same twice")
    func nothingVisible() throws {
        let first = try seal.seal(record, at: coordinates)
        let text = String(decoding: first, as: Unicode.ASCII.self)
        for telling in ["2386", "personal", "the key", "ce_id", "again"] { #expect(!text.contains(telling)) }
        let encoded = try #require(record.value).base64EncodedString()
        #expect(!text.contains(encoded.prefix(8)))
        #expect(try seal.seal(record, at: coordinates) != first)
        #expect(first.first == 1)
    }

    @Test("printing a record shows nothing of it")
    func printing() {
        var dumped = ""
        dump(record, to: &dumped)
        for text in ["\(record)", String(reflecting: record), dumped] { #expect(!text.contains("2386")) }
    }

    @Test("a seal is made of a public key in Base64, and names it by the same eight digits")
    func publicKey() throws {
        let text = operatorKey.publicKey.rawRepresentation.base64EncodedString()
        let made = try #require(QuarantineSeal(publicKey: text))
        #expect(made.keyID == seal.keyID)
        #expect(made.keyID.count == 8)
        #expect(made.keyID.allSatisfy { "0123456789abcdef".contains($0) })
        let sealed = try made.seal(record, at: coordinates)
        #expect(try QuarantineSeal.open(sealed, at: coordinates, with: operatorKey).value == record.value)
    }

    @Test(
        "a text that is no such key makes none", arguments: ["", "nonsense", "AAAA", String(repeating: "A", count: 88)])
    func noKey(text: String) {
        #expect(QuarantineSeal(publicKey: text) == nil)
    }
}
