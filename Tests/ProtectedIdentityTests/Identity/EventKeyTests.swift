import Testing

@testable import ProtectedIdentity

@Suite("The journal's key")
struct EventKeyTests {
    private let identity = EventIdentity(source: "/registry/spar", id: "7d1c2c0e-6a0a-4d0e-9a54-2f0f6f2f9b11")

    @Test("an identity's key is 16 bytes of SHA-256 over source and id, whatever digest keys there are")
    func golden() throws {
        let keys = try testKeyring(("k1", 7), ("k0", 8)).eventKeys(of: try #require(identity))
        #expect(keys.map(\.description) == ["fc60c27fd425d5318f53821f031de681"])
        #expect(EventKey(bytes: keys[0].bytes) == keys[0])
        #expect(EventKey(bytes: [1, 2, 3]) == nil)
    }

    @Test("where the identity may hold a number, there is a keyed one under each digest key, the writing one first")
    func candidates() throws {
        let telling = try #require(EventIdentity(source: "/registry/spar", id: "feed-200001252386"))
        let keys = try testKeyring(("new", 7), ("old", 8)).eventKeys(of: telling)
        #expect(keys.map(\.description) == ["229085c488868ab1b1fe1f907f4c3e02", "d4b0e32f74a4d0f23881f75762a1b079"])
        #expect(try testKeyring(("old", 8)).eventKeys(of: telling) == [keys[1]])
    }

    @Test("source and id do not run into each other")
    func boundaries() throws {
        let keyring = try testKeyring(("k1", 7))
        let identities = try [("ab", "c"), ("a", "bc")].map { try #require(EventIdentity(source: $0, id: $1)) }
        #expect(keyring.eventKeys(of: identities[0]) != keyring.eventKeys(of: identities[1]))
    }

    @Test("a record without an identity has a key of its coordinates and content")
    func ofRecord() throws {
        let keyring = try testKeyring(("k1", 7), ("k0", 8))
        func keys(_ topic: String, _ partition: Int32, _ offset: Int64, _ time: Int64, _ content: [UInt8]) -> [EventKey]
        {
            keyring.placeKeys(topic: topic, partition: partition, offset: offset, timestamp: time, content: content)
        }
        let first = keys("t", 3, 4, 5, [1, 2])
        #expect(first.map(\.description) == ["843c43c3b3a01564ce37b9a6184f6a8c", "852274b1467322693141d4fb8d4b45d6"])
        let others = [
            keys("u", 3, 4, 5, [1, 2]), keys("t", 4, 4, 5, [1, 2]), keys("t", 3, 5, 5, [1, 2]),
            keys("t", 3, 4, 6, [1, 2]), keys("t", 3, 4, 5, [1, 3]),
        ]
        #expect(Set((others + [first]).flatMap { $0 }).count == 12)
    }

    @Test("keys are ordered by their bytes")
    func order() throws {
        var random = SeededGenerator(seed: 1)
        let keys = try (0..<200).map { _ in
            try #require(EventKey(bytes: (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }))
        }
        .sorted()
        for (left, right) in zip(keys, keys.dropFirst()) { #expect(left.bytes.lexicographicallyPrecedes(right.bytes)) }
    }
}
