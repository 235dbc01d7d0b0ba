import Testing

@testable import ProtectedIdentity

@Suite("Quarantine records")
struct QuarantineMessageTests {
    private let headers = QuarantineHeaders(
        topic: "protected-identity.events", partition: 3, offset: 0x0102_0304_0506_0708, timestamp: -1,
        consumerGroup: "protected-identity", reason: .malformedNumber, attempts: 2, redrives: 1, keyID: "q1")

    @Test("headers are Spring's, numbers big endian, and ours as text")
    func encodings() {
        let encoded = headers.encoded
        #expect(
            encoded.map(\.0) == [
                "kafka_dlt-original-topic", "kafka_dlt-original-partition", "kafka_dlt-original-offset",
                "kafka_dlt-original-timestamp", "kafka_dlt-original-consumer-group", "quarantine-reason",
                "quarantine-attempts", "quarantine-redrives", "quarantine-key-id",
            ])
        #expect(encoded[0].1 == Array("protected-identity.events".utf8))
        #expect(encoded[1].1 == [0, 0, 0, 3])
        #expect(encoded[2].1 == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(encoded[3].1 == [UInt8](repeating: 0xFF, count: 8))
        #expect(
            encoded[4...].map { String(decoding: $0.1, as: UTF8.self) } == [
                "protected-identity", "malformed-number", "2", "1", "q1",
            ])
    }

    @Test("a sealed original is the value, and its key says nothing but where it stood")
    func sealed() {
        let message = QuarantineMessage(headers: headers, sealed: [1, 2, 3]).encoded()
        #expect(message.destination == .quarantine)
        #expect(message.value == [1, 2, 3])
        #expect(String(decoding: message.key, as: UTF8.self) == "protected-identity.events-3@72623859790382856")
        #expect(message.headers.last?.0 == "content-type")
        #expect(message.headers.last?.1 == Array("application/vnd.protected-identity.sealed".utf8))
    }

    @Test("coordinates alone have an empty value, no key id and no content type")
    func coordinates() {
        var headers = headers
        headers.keyID = nil
        let message = QuarantineMessage(headers: headers, sealed: nil).encoded()
        #expect(message.value?.isEmpty == true)
        #expect(message.headers.count == 8)
    }

    @Test("the reasons are the contract's closed set")
    func reasons() {
        #expect(
            QuarantineReason.allCases.map(\.rawValue) == [
                "undecodable", "invalid-envelope", "unknown-type", "invalid-data", "malformed-number",
                "unsupported-number", "ambiguous-identity", "ambiguous-match", "unknown-tenant", "implausible-time",
                "identity-reused", "refused-by-store", "too-large", "invalid-address", "undeliverable", "undelivered",
            ])
    }

    private func reader(_ list: [(String, [UInt8])]) -> (String) -> ArraySlice<UInt8>? {
        { name in list.last { $0.0 == name }?.1[...] }
    }

    @Test("what was written is read again, and nothing else is taken for it")
    func reading() {
        #expect(QuarantineHeaders(reading: reader(headers.encoded)) == headers)
        for (name, _) in headers.encoded.prefix(7) {
            let damaged = headers.encoded.map { ($0.0, $0.0 == name ? [0xFF] : $0.1) }
            #expect(QuarantineHeaders(reading: reader(damaged)) == nil, "\(name)")
            #expect(QuarantineHeaders(reading: reader(headers.encoded.filter { $0.0 != name })) == nil)
        }
        #expect(QuarantineHeaders(reading: { _ in nil }) == nil)
    }

    @Test(
        "an offset that no record can have is none: no end can lie behind the last", arguments: [-1, Int64.min, .max])
    func impossibleOffset(_ offset: Int64) {
        var headers = headers
        headers.offset = offset
        #expect(QuarantineHeaders(reading: reader(headers.encoded)) == nil)
        headers.offset = .max - 1
        #expect(QuarantineHeaders(reading: reader(headers.encoded)) == headers)
    }

    @Test("a mark bears the key of its record, and neither is taken for the other")
    func mark() {
        let mark = RedriveMark(
            original: headers.original, reason: .malformedNumber, redrives: 2,
            redrivenAt: Timestamp(milliseconds: 1_795_426_200_000))
        let message = mark.encoded()
        #expect(message.key == QuarantineMessage(headers: headers, sealed: nil).encoded().key)
        #expect(message.value?.isEmpty == true && message.destination == .quarantine)
        #expect(RedriveMark(reading: reader(message.headers)) == mark)
        #expect(QuarantineHeaders(reading: reader(message.headers)) == nil)
        #expect(RedriveMark(reading: reader(headers.encoded)) == nil)
    }

    @Test("coordinates are read as they are written, and in no other way")
    func coordinatesText() {
        let place = RecordCoordinates(topic: "a-b.c-1", partition: 12, offset: 4_711)
        #expect(RecordCoordinates(place.description) == place)
        for text in [
            "", "a", "a@1", "a-1", "-1@1", "a-01@1", "a-1@+1", "a-1@01", "a-1@-1", "a-1@1 ",
            "a-1@99999999999999999999", "a-1@", "a-@1", "a-1@1@x",
        ] {
            #expect(RecordCoordinates(text) == nil, "\(text)")
        }
    }
}
