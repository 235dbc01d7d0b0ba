import BenchmarkSupport
import ContactStore
import Foundation
import PostgresContactStore
import ProtectedIdentity

/// A company's table of customers with delivery addresses, and people enough for every measurement.
final class Registry {
    private let url: String
    private let settings: PostgresContactStore.Settings
    private let store: PostgresContactStore
    private let keyring: DigestKeyring
    private let tenant: TenantName
    private var nextPerson = 0
    private var offset: Int64 = 0
    private let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))

    init(url: String, people: Int) throws {
        self.url = url
        guard let schema = SchemaName(CompanyTables.schema), let tenant = TenantName(rawValue: CompanyTables.tenant)
        else {
            throw Failure()
        }
        self.tenant = tenant
        keyring = try DigestKeyring(parsing: "k:" + Data(repeating: 7, count: 32).base64EncodedString())
        settings = PostgresContactStore.Settings(
            target: try ConnectionTarget(uri: url), schema: schema, map: CompanyTables.map)
        try Commands.psql(url, CompanyTables.layout(people: people))
        _ = try Migrator(target: settings.target, schema: schema).migrate()
        store = try PostgresContactStore(settings)
    }

    struct Failure: Error {}

    /// Both ways once, on a few thousand people, so that neither meets cold caches.
    func warmUp() throws {
        for variant in [Variant.store, .sameRowsByHand] { _ = try measure(variant, events: 5_000, batch: 1_000) }
        try Commands.psql(
            url, "CHECKPOINT; VACUUM ANALYZE benchmark.customer; VACUUM ANALYZE benchmark.delivery_address;")
    }

    /// Events a second.
    func measure(_ variant: Variant, events: Int, batch size: Int) throws -> Double {
        try Commands.psql(url, "CHECKPOINT")
        switch variant {
        case .store: return try measureStore(events, size)
        case .guarded:
            try Guard.install(settings)
            defer { try? Guard.remove(settings) }
            return try measureStore(events, size)
        case .sameRowsByHand: return try measureByHand(events, size, everything: true)
        case .clearingByHand: return try measureByHand(events, size, everything: false)
        }
    }

    private func measureStore(_ events: Int, _ size: Int) throws -> Double {
        // Decoding and digests are another stage's work, which overlaps with this one.
        let batches = try stride(from: 0, to: events, by: size).map { try batch(min(size, events - $0)) }
        var published: [SettledSlice] = []
        let begin = ContinuousClock.now
        for batch in batches {
            let applied = try store.apply(
                StoreBatch(redaction: batch.redaction, slices: batch.slices, settling: published))
            published = zip(applied.sliceIDs, batch.slices).map {
                SettledSlice(id: $0, partition: $1.partition, last: $1.last)
            }
        }
        return Double(events) / begin.duration(to: .now).inSeconds
    }

    /// `pgbench` sends it, since its overhead is the smallest there is.
    private func measureByHand(_ events: Int, _ size: Int, everything: Bool) throws -> Double {
        let first = nextPerson
        nextPerson += events
        let file = FileManager.default.temporaryDirectory.appending(path: "by-hand-\(UUID().uuidString).sql")
        defer { try? FileManager.default.removeItem(at: file) }
        // Each transaction takes the next people of the sequence.
        try Data(Self.byHand(size: size, everything: everything).utf8).write(to: file)
        try Commands.psql(url, "SELECT setval('benchmark.next', \(first), false)")
        let transactions = events / size
        let begin = ContinuousClock.now
        try Commands.run(
            "env",
            [
                "PGOPTIONS=\(Self.planner)", "pgbench", "--no-vacuum", "--protocol=prepared", "--client=1",
                "--transactions=\(transactions)", "--file=\(file.path)", url,
            ])
        return Double(transactions * size) / begin.duration(to: .now).inSeconds
    }

    private func batch(_ count: Int) throws -> StoreBatch {
        let first = offset
        let today = now.date
        let records = try (0..<count).map { _ -> IncomingRecord in
            defer {
                offset += 1
                nextPerson += 1
            }
            guard let identity = EventIdentity(source: "/registry/spar", id: "event-\(offset)") else { throw Failure() }
            let event = StatusEvent(
                identity: identity, tenant: tenant, status: .protected, origin: .monitoring,
                country: CountryCode(.sweden), observedAt: now, numbers: [Sensitive(TestNumber.number(nextPerson))],
                registry: "SPAR")
            let says = ContentDigestInput(raw: ArraySlice("event \(offset)".utf8))
            return IncomingRecord(
                coordinates: RecordCoordinates(topic: "events", partition: 0, offset: offset),
                journalKeys: keyring.eventKeys(of: identity),
                placeKeys: keyring.placeKeys(topic: "events", partition: 0, offset: offset, timestamp: 0, content: []),
                says: says, raw: says, digest: keyring.contentDigest(of: says), redrives: 0,
                content: .event(event, EventNumbers(of: event, today: today, keyring: keyring)))
        }
        let redaction = RedactionBatch(
            group: "workers", records: records, decidedAt: now, policies: .keepEverywhere, keyring: keyring)
        let slice = BatchSlice(
            partition: PartitionName(topic: "events", partition: 0), first: first, last: offset - 1)
        return StoreBatch(redaction: redaction, slices: [slice])
    }

    func remove() throws {
        store.close()
        try Commands.psql(
            url, "DROP SCHEMA IF EXISTS benchmark CASCADE; DROP SCHEMA IF EXISTS benchmark_worker CASCADE")
    }
}

extension Duration {
    fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
