import ContactStore
import ContactStoreConformance
import Operations
import ProtectedIdentity
import Simulation
import Synchronization
import Testing

/// A registry in memory with contacts that are due, a topic that is a list, and a clock that is moved by hand.
final class SweepWorld: Sendable {
    static let policies = TenantPolicies(
        named: [:],
        fallback: .delete(
            noticePeriod: .seconds(60), termsUrl: "https://example.com/terms", supportContact: "help", language: "sv",
            requiresNotice: false))

    let registry: InMemoryContactStore
    let topic = Topic()
    private let now = Mutex(Events.now.adding(.seconds(3_600)))
    private let counter = PointCounter()

    /// - Parameter contacts: how many, all of them due, with their slice settled.
    init(contacts count: Int, policies: TenantPolicies = SweepWorld.policies) throws {
        registry = InMemoryContactStore { [counter] (_) throws(StoreError) in try counter.pass() }
        registry.put(try (0..<count).map { try Events.contact("c-\($0)", number: Events.number($0), text: "x") })
        var events = try Events()
        let batch = try events.batch((0..<count).map { [Events.number($0)] }, policies: policies)
        let applied = try registry.apply(batch)
        let last = try #require(batch.slices.first?.last)
        try registry.settle(
            applied.sliceIDs.map { SettledSlice(id: $0, partition: events.partition, last: last) }, of: events.group)
    }

    func sweep(
        policies: TenantPolicies = SweepWorld.policies, pageSize: Int = 7, looksAtAll: Bool = false, rate: Int? = nil,
        isStopped: @escaping @Sendable () -> Bool = { false }
    ) throws -> Sweep {
        var settings = Sweep.Settings(
            policies: policies,
            keyring: try DigestKeyring(parsing: "old:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="), source: "/w",
            retention: .seconds(30 * 86_400), pageSize: pageSize, lease: .seconds(120))
        settings.looksAtAll = looksAtAll
        settings.rate = rate
        return Sweep(
            store: registry, publisher: topic, settings: settings,
            clock: { self.now.withLock { $0 } }, isStopped: isStopped)
    }

    func wait(_ duration: Duration) {
        now.withLock { $0 = $0.adding(duration) }
    }

    /// The store fails for good at the point of a transaction that comes after so many others, once.
    func failStore(after points: Int) {
        counter.set(points)
    }
}

/// Fails once, when so many points were passed.
final class PointCounter: Sendable {
    private let left = Mutex(Int.max)

    func set(_ points: Int) {
        left.withLock { $0 = points }
    }

    func pass() throws(StoreError) {
        let fails = left.withLock { left in
            defer { if left != .max { left = left == 0 ? .max : left - 1 } }
            return left == 0
        }
        if fails { throw .unusable("the sweep has died") }
    }
}

/// What was published, and a broker that may take a page in part and say nothing.
final class Topic: MessagePublisher {
    private struct State {
        var messages: [EncodedMessage] = []
        var pagesLeft = Int.max
    }

    private let state = Mutex(State())

    /// The page after so many others arrives in part, and its sender is not told.
    func fail(after pages: Int) {
        state.withLock { $0.pagesLeft = pages }
    }

    func publish(_ messages: [EncodedMessage]) throws(PublishFailure) {
        let fails = state.withLock { state in
            let fails = state.pagesLeft == 0
            if state.pagesLeft != .max { state.pagesLeft = fails ? .max : state.pagesLeft - 1 }
            state.messages += fails ? Array(messages.prefix(messages.count / 2)) : messages
            return fails
        }
        if fails { throw PublishFailure("the broker is gone") }
    }

    /// Every message that is in the topic, copies included.
    var messages: [EncodedMessage] { state.withLock { $0.messages } }

    /// The distinct values of each `ce_id`.
    var values: [String: Set<[UInt8]>] {
        messages.reduce(into: [:]) { values, message in
            let id = message.headers.first { $0.0 == "ce_id" }.map { String(decoding: $0.1, as: UTF8.self) } ?? ""
            values[id, default: []].insert(message.value ?? [])
        }
    }

    /// The record keys, each once.
    var keys: Set<String> { Set(messages.map { String(decoding: $0.key, as: UTF8.self) }) }
}
