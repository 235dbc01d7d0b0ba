import Testing

@testable import ProtectedIdentity

@Suite("Keyed digests")
struct DigestTests {
    @Test("a person's digest is HMAC-SHA-256 over tenant, country and canonical number, behind the key's id")
    func golden() throws {
        let ring = try testKeyring(("k1", 7))
        let digest = try #require(ring.digests(of: swedish("000125-2386"), tenant: tenant()).first)
        #expect(
            Hexadecimal.text(digest.bytes)
                == "026b31" + "418a08308c563d574d06bb55a1d7fd363aa7d79aa18148c0a5d842b481458fca")
        #expect(digest.keyID == "k1")
        #expect(digest.bytes.starts(with: PersonDigest.prefix(keyID: "k1")))
        #expect(PersonDigest(bytes: digest.bytes) == digest)
    }

    @Test("every key gives a digest, the writing key's first, the same for every written form")
    func allKeys() throws {
        let ring = try testKeyring(("new", 7), ("old", 8))
        let digests = try ring.digests(of: swedish("20000125-2386"), tenant: tenant())
        #expect(digests.map(\.keyID) == ["new", "old"])
        #expect(try ring.digests(of: swedish("0001252386"), tenant: tenant()) == digests)
        #expect(try testKeyring(("old", 8)).digests(of: swedish("0001252386"), tenant: tenant()) == [digests[1]])
    }

    @Test("another tenant, country, number or key gives another digest")
    func distinct() throws {
        let ring = try testKeyring(("k1", 7))
        let digits = "010102238" + String(NumberGenerator.checkDigit("010102238"))
        let digests =
            try ring.digests(of: swedish("200001252386"), tenant: tenant())
            + ring.digests(of: swedish("200001252386"), tenant: tenant("other"))
            + ring.digests(of: swedish("190001252386"), tenant: tenant())
            + ring.digests(of: swedish(digits), tenant: tenant()) + ring.digests(of: danish(digits), tenant: tenant())
            + testKeyring(("k1", 8)).digests(of: swedish("200001252386"), tenant: tenant())
        #expect(Set(digests).count == 6)
        #expect(digests.sorted() == digests.shuffled().sorted())
    }

    @Test(
        "bytes that are no digest are not taken for one",
        arguments: [[], [2], [2, 0x6B, 0x31], [0] + [UInt8](repeating: 1, count: 32)])
    func damaged(bytes: [UInt8]) {
        #expect(PersonDigest(bytes: bytes) == nil)
        #expect(ContentDigest(bytes: bytes) == nil)
        #expect(PersonDigest(bytes: [1, 0x20] + [UInt8](repeating: 1, count: 32)) == nil)
        #expect(PersonDigest(bytes: [255] + [UInt8](repeating: 0x61, count: 255 + 32)) == nil)
    }

    @Test("a content digest knows its content again under its own key, also after rotation")
    func content() throws {
        let content = Self.said(#"{"tenant":"a","otherPersonalIdentityNumbers":["2","3"]}"#)
        let digest = try testKeyring(("old", 8)).contentDigest(of: content)
        let rotated = try testKeyring(("new", 7), ("old", 8))
        #expect(rotated.matches(digest, content) == true)
        #expect(rotated.matches(digest, Self.said(#"{"tenant":"a"}"#)) == false)
        #expect(try testKeyring(("new", 7)).matches(digest, content) == nil)
        #expect(ContentDigest(bytes: digest.bytes) == digest)
    }

    @Test("what is said does not depend on the order of members, and on every value and boundary")
    func contentInput() {
        let content = Self.said(#"{"tenant":"a","otherPersonalIdentityNumbers":["2","3"]}"#)
        #expect(Self.said(#"{"otherPersonalIdentityNumbers":["2","3"],"x":1,"status":null,"tenant":"a"}"#) == content)
        for other in [
            #"{"tenant":"a","otherPersonalIdentityNumbers":["3","2"]}"#,
            #"{"tenant":"a","otherPersonalIdentityNumbers":["23"]}"#,
            #"{"tenant":"a","otherPersonalIdentityNumbers":["2","3"],"contactId":""}"#,
            #"{"status":"a","otherPersonalIdentityNumbers":["2","3"]}"#, #"{"tenant":"a"}"#, "{}",
        ] { #expect(Self.said(other) != content) }
        #expect(ContentDigestInput(raw: nil) != ContentDigestInput(raw: []))
        #expect(ContentDigestInput(raw: [1]) == ContentDigestInput(raw: [0, 1].dropFirst()))
    }

    private static func said(_ json: String) -> ContentDigestInput {
        guard let object = JSONText(ArraySlice(json.utf8)), object.value.kind == .object else {
            Issue.record("no JSON object: \(json)")
            return ContentDigestInput(raw: nil)
        }
        return StatusData(object).content
    }

    @Test("a person and a content of the same bytes have different digests")
    func labels() {
        #expect(LengthPrefixed(label: "person").bytes != LengthPrefixed(label: "content").bytes)
        #expect(LengthPrefixed(label: "a").bytes == [0, 0, 0, 1, 0x61])
    }
}
