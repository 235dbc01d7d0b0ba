import Foundation
import Testing

@testable import ProtectedIdentity

@Suite("UUID version 5")
struct UUIDv5Tests {
    private static let dns: [UInt8] = [
        0x6B, 0xA7, 0xB8, 0x10, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4, 0x30, 0xC8,
    ]

    @Test("the vector of RFC 9562 appendix A.4")
    func vector() {
        let uuid = UUIDv5(namespace: Self.dns, name: "www.example.com".utf8)
        #expect(uuid.description == "2ed6657d-e927-568b-95e1-2665a8aea6a2")
    }

    @Test("it is a UUID to others, of version 5 and the RFC's variant")
    func form() throws {
        for name in ["", "a", "ab"] {
            let uuid = UUIDv5(ofMessage: [name])
            let parsed = try #require(UUID(uuidString: uuid.description))
            #expect(parsed.uuidString.lowercased() == uuid.description)
            #expect(uuid.bytes[6] >> 4 == 5)
            #expect(uuid.bytes[8] >> 6 == 2)
        }
    }

    @Test("parts do not run into each other")
    func boundaries() {
        #expect(UUIDv5(ofMessage: ["ab", "c"]) != UUIDv5(ofMessage: ["a", "bc"]))
        #expect(UUIDv5(ofMessage: ["a", ""]) != UUIDv5(ofMessage: ["a"]))
    }
}
