import Testing

@testable import ProtectedIdentity

@Suite("The journal's key")
struct EventKeyTests {
    private let identity = EventIdentity(source: "/registry/spar", id: "7d1c2c0e-6a0a-4d0e-9a54-2f0f6f2f9b11")

    @Test("an identity's key is 16 bytes of SHA-256 over source and id")
    func golden() throws {
        let pseudonymiser = try Pseudonymiser(keyring: testKeyring(("k1", 7), ("k0", 8)))
        let keys = try pseudonymiser.eventKeys(
            of: #require(identity), traces: NumberTraces(numbers: [swedish("200001252386")]))
        #expect(keys.map(\.description) == ["fc60c27fd425d5318f53821f031de681"])
        #expect(EventKey(bytes: keys[0].bytes) == keys[0])
        #expect(EventKey(bytes: [1, 2, 3]) == nil)
    }

    @Test("where the identity holds a number, there is a key under each digest key, the writing one first")
    func candidates() throws {
        let telling = try #require(EventIdentity(source: "/registry/spar", id: "feed-200001252386"))
        let traces = try NumberTraces(numbers: [swedish("200001252386")])
        let keys = try Pseudonymiser(keyring: testKeyring(("new", 7), ("old", 8))).eventKeys(
            of: telling, traces: traces)
        #expect(keys.count == 2)
        #expect(keys[0].description == "fa5c1f59f64199dc55cefd455d459961")
        #expect(try Pseudonymiser(keyring: testKeyring(("old", 8))).eventKeys(of: telling, traces: traces) == [keys[1]])
    }

    @Test("a record that was refused has the key that it has once it is decoded, where its number shows")
    func refusedThenDecoded() throws {
        let telling = try #require(EventIdentity(source: "/registry/spar", id: "feed-200001252386"))
        let pseudonymiser = try Pseudonymiser(keyring: testKeyring(("k1", 7)))
        let refused = pseudonymiser.eventKeys(of: telling, traces: NumberTraces(suspectingAnyNumberOn: testDay))
        let decoded = try pseudonymiser.eventKeys(of: telling, traces: NumberTraces(numbers: [swedish("0001252386")]))
        #expect(refused == decoded)
    }

    @Test("source and id do not run into each other")
    func boundaries() {
        #expect(EventKey(source: "ab", id: "c") != EventKey(source: "a", id: "bc"))
    }

    @Test("a record without an identity has a key of its coordinates and content")
    func ofRecord() {
        func key(_ topic: String, _ partition: Int32, _ offset: Int64, _ time: Int64, _ hash: [UInt8]) -> EventKey {
            .ofRecord(topic: topic, partition: partition, offset: offset, timestamp: time, contentHash: hash)
        }
        let key0 = key("t", 3, 4, 5, [1, 2])
        #expect(key0.description == "cd1341b9168f15827da67daf6dd6ad1e")
        let others = [
            key("u", 3, 4, 5, [1, 2]), key("t", 4, 4, 5, [1, 2]), key("t", 3, 5, 5, [1, 2]), key("t", 3, 4, 6, [1, 2]),
            key("t", 3, 4, 5, [1, 3]),
        ]
        #expect(Set(others + [key0]).count == 6)
    }

    @Test("keys are ordered by their bytes")
    func order() throws {
        var random = SeededGenerator(seed: 1)
        let keys = (0..<200).map { _ in EventKey(source: "\(random.next())", id: "x") }.sorted()
        for (left, right) in zip(keys, keys.dropFirst()) { #expect(left.bytes.lexicographicallyPrecedes(right.bytes)) }
    }
}
