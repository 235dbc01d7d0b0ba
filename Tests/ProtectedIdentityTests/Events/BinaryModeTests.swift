import Testing

@testable import ProtectedIdentity

@Suite("Decoding in binary mode")
struct BinaryModeTests {
    private let decoder = EventDecoder()

    private func decode(_ change: (inout [(String, String?)]) -> Void, value: String? = exampleData) -> DecodedEvent {
        var headers = binaryHeaders
        change(&headers)
        return decoder.decode(record(headers, value))
    }

    private func decode(replacing name: String, with value: String?) -> DecodedEvent {
        decode { headers in headers = headers.map { $0.0 == name ? (name, value) : $0 } }
    }

    private func decode(without name: String) -> DecodedEvent {
        decode { headers in headers.removeAll { $0.0 == name } }
    }

    @Test("the contract's example is read, member by member")
    func example() throws {
        let event = try event(decoder.decode(record(binaryHeaders, exampleData)))
        #expect(event.identity == EventIdentity(source: "/registry/spar", id: "7d1c2c0e-6a0a-4d0e-9a54-2f0f6f2f9b11"))
        #expect(try event.time == moment("2026-11-23T09:30:00Z"))
        #expect(event.traceparent == nil)
        #expect(try event.tenant == tenant())
        #expect(event.status == .protected)
        #expect(event.origin == .monitoring)
        #expect(event.country.served == .sweden)
        #expect(try event.observedAt == moment("2026-11-23T09:29:58Z"))
        #expect(event.numbers == [Sensitive("20000125-2386")])
        #expect(event.contactID == nil)
        #expect(event.registry == "SPAR")
        #expect(event.protection == Sensitive("sekretessmarkering"))
        #expect(event.redrives == 0)
    }

    @Test(
        "a missing required attribute is an invalid envelope",
        arguments: ["ce_specversion", "ce_id", "ce_source", "ce_type"])
    func missing(name: String) {
        #expect(decode(without: name).reason == .invalidEnvelope)
        #expect(decode(replacing: name, with: nil).reason == .invalidEnvelope)
        #expect(decode(replacing: name, with: "").reason == .invalidEnvelope)
    }

    @Test("an attribute given twice is an invalid envelope, even with the same value")
    func twice() {
        for header in binaryHeaders {
            #expect(decode { $0.append(header) }.reason == .invalidEnvelope)
        }
    }

    @Test("versions 1.x are read, others are not")
    func versions() throws {
        for version in ["1.0", "1.1", "1.10"] {
            #expect(decode(replacing: "ce_specversion", with: version).reason == nil)
        }
        for version in ["0.3", "2.0", "1", "1.", "1.x", " 1.0", "１.0"] {
            #expect(decode(replacing: "ce_specversion", with: version).reason == .invalidEnvelope)
        }
    }

    @Test("a type that is not ours is unknown, whatever the rest says, and keeps its identity")
    func unknownType() {
        let decoded = decode(replacing: "ce_type", with: "protected-identity.status.v2")
        #expect(decoded.reason == .unknownType)
        #expect(decoded.refusedIdentity?.source == "/registry/spar")
        #expect(decoded.seemsProtected)
    }

    @Test("identities are bounded and hold no control character")
    func identityBounds() {
        #expect(decode(replacing: "ce_id", with: String(repeating: "x", count: 1_024)).reason == nil)
        for id in [String(repeating: "x", count: 1_025), "a\nb", "a\u{0}b", "a\u{7F}"] {
            #expect(decode(replacing: "ce_id", with: id).reason == .invalidEnvelope)
            #expect(decode(replacing: "ce_source", with: id).reason == .invalidEnvelope)
        }
    }

    @Test("a header of a required attribute that is no UTF-8 is undecodable")
    func invalidHeader() {
        for name in ["ce_specversion", "ce_id", "ce_source", "ce_type"] {
            var raw = record(binaryHeaders, exampleData)
            raw.headers = raw.headers.map { $0.name.elementsEqual(name.utf8) ? ($0.name, [0xFF, 0xFE]) : $0 }
            #expect(decoder.decode(raw).reason == .undecodable)
        }
    }

    @Test(
        "JSON goes by several content types, and by none",
        arguments: [
            "application/json", "APPLICATION/JSON", "application/json; charset=UTF-8", " application/json ;x=y",
            "text/json",
            "application/vnd.spar+json", nil,
        ])
    func jsonTypes(type: String?) {
        #expect(decode(replacing: "content-type", with: type).reason == nil)
        #expect(decode(without: "content-type").reason == nil)
        #expect(decode { $0 = $0.map { $0.0 == "content-type" ? ("Content-Type", type) : $0 } }.reason == nil)
    }

    @Test(
        "another content type is undecodable",
        arguments: ["", "application/xml", "text/plain", "application/jsonp", "application/avro", "json", "+jsonx"])
    func otherTypes(type: String) {
        #expect(decode(replacing: "content-type", with: type).reason == .undecodable)
    }

    @Test("a tombstone, or an empty value, lacks its data; without an envelope it lacks that")
    func tombstone() {
        for value in [nil, ""] {
            let decoded = decoder.decode(record(binaryHeaders, value))
            #expect(decoded.reason == .invalidData)
            #expect(decoded.refusedIdentity != nil)
            #expect(!decoded.seemsProtected)
            #expect(decoder.decode(record([], value)).reason == .invalidEnvelope)
        }
    }

    @Test("a value that is no JSON, or no UTF-8, is undecodable and keeps its identity")
    func undecodable() {
        for value in ["{", "nonsense", exampleData + "}", "\u{0}" + exampleData] {
            let decoded = decoder.decode(record(binaryHeaders, value))
            #expect(decoded.reason == .undecodable)
            #expect(decoded.refusedIdentity != nil)
        }
        var raw = record(binaryHeaders, nil)
        raw.value = ArraySlice(exampleData.utf8) + [0xFF]
        #expect(decoder.decode(raw).reason == .undecodable)
        raw.value = ArraySlice(exampleData.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
        #expect(decoder.decode(raw).reason == .undecodable)
    }

    @Test(
        "JSON that is no object has no members",
        arguments: ["[]", "null", "1", "\"protected\"", "[{\"status\":\"protected\"}]"])
    func noObject(value: String) {
        #expect(decoder.decode(record(binaryHeaders, value)).reason == .invalidData)
    }

    @Test("a value over the limit is too large, whatever is in it, and keeps its identity")
    func tooLarge() {
        let padded = exampleData + String(repeating: " ", count: 256 * 1_024 - exampleData.utf8.count)
        #expect(decoder.decode(record(binaryHeaders, padded)).reason == nil)
        let decoded = decoder.decode(record(binaryHeaders, padded + " "))
        #expect(decoded.reason == .tooLarge)
        #expect(decoded.refusedIdentity != nil)
        #expect(decoded.seemsProtected)
        #expect(EventDecoder(maximumBytes: 10).decode(record([], exampleData)).reason == .tooLarge)
    }

    @Test("unknown attributes are ignored, given twice or not")
    func unknownAttributes() {
        #expect(decode { $0 += [("ce_subject", "x"), ("ce_foo", nil), ("ce_foo", "y"), ("", "z")] }.reason == nil)
    }

    @Test("attribute names are written small")
    func capitals() {
        #expect(decode { $0 = $0.map { ($0.0 == "ce_id" ? "CE_ID" : $0.0, $0.1) } }.reason == .invalidEnvelope)
    }

    @Test("a time that is no RFC 3339 is none, and decides nothing")
    func brokenTime() throws {
        #expect(try event(decode(replacing: "ce_time", with: "yesterday")).time == nil)
        #expect(try event(decode(without: "ce_time")).time == nil)
    }

    @Test("a trace context is passed on where it is one")
    func traceparent() throws {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        #expect(try event(decode { $0.append(("traceparent", good)) }).traceparent == good)
        #expect(try event(decode { $0.append(("ce_traceparent", good)) }).traceparent == good)
        for bad in [
            "", "20000125-2386", good.uppercased(), good + "-x", "ff" + good.dropFirst(2),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        ] { #expect(try event(decode { $0.append(("traceparent", bad)) }).traceparent == nil) }
    }

    @Test(
        "redrives are counted from their header",
        arguments: [("3", 3), ("0", 0), ("-4", 0), ("x", 0), ("99999999999", 1_000_000), ("", 0)])
    func redrives(text: String, count: Int) throws {
        #expect(try event(decode { $0.append(("quarantine-redrives", text)) }).redrives == count)
    }
}
