import ContactStore
import ContactStoreConformance
import GRDB
import ProtectedIdentity
import Testing

@testable import SQLiteContactStore

@Suite("The statements of a batch")
struct StatementTests {
    private let fixture: SQLiteFixture

    init() throws {
        fixture = try SQLiteFixture()
        try fixture.add(try (0..<200).map { try Events.contact("c-\($0)", number: Events.number($0), text: "x") })
    }

    @Test("a batch of a thousand takes no more statements than one of ten")
    func fixedNumber() throws {
        var events = try Events()
        // So that both batches find persons, contacts and links to load.
        _ = try fixture.store.apply(try events.batch((0..<50).map(Events.number)))
        let small = try statements { _ = try fixture.store.apply(try events.batch((45..<55).map(Events.number))) }
        let numbers = (0..<1_000).map { Events.number($0 % 400) }
        let large = try statements { _ = try fixture.store.apply(try events.batch(numbers)) }
        #expect(large.count <= small.count)
        #expect(large.count <= 25)
    }

    @Test("no statement looks through a table that grows, or through all contacts of a tenant")
    func plans() throws {
        let policies = TenantPolicies(
            named: [:],
            fallback: .delete(noticePeriod: .seconds(60), termsUrl: "-", supportContact: "-", language: "sv"))
        var events = try Events()
        let contact = try Events.contact("c-1", number: nil, text: "x")
        let all = try statements {
            let first = try events.batch((0..<50).map { [Events.number($0)] }, policies: policies)
            for batch in [first, first] { _ = try fixture.store.apply(batch) }
            // Each of them makes one person of two.
            let merging = (0..<25).map { [Events.number($0), Events.number(49 - $0)] }
            for status in [ProtectionStatus.protected, .notProtected] {
                _ = try fixture.store.apply(try events.batch(merging, status: status, policies: policies))
            }
            _ = try fixture.registry.contact(contact.key)
            _ = try fixture.registry.contacts(of: contact.key.tenant, limit: 10)
        }
        // Aliases and contacts of merged persons, links, details, marks, deletions, moved journal rows.
        #expect(Set(all.filter { $0.hasPrefix("UPDATE") }).count == 7)
        let growing = ["contacts", "contact_details", "aliases", "register_words", "journal", "progress"]
        try fixture.registry.queue.read { database in
            for sql in Set(all) where !["BEGIN", "COMMI"].contains(sql.prefix(5)) {
                let plan = try Row.fetchAll(
                    database.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql), arguments: Self.nothing(sql)
                ).map { $0["detail"] as String }
                for step in plan {
                    #expect(!growing.contains { step == "SCAN \($0)" || step.hasPrefix("SCAN \($0) ") }, "\(sql)")
                    #expect(!step.hasSuffix("(tenant=?)") && !step.hasSuffix("(kind=?)"), "\(sql)")
                }
            }
        }
    }

    @Test("a contact in the same bucket of the index is somebody else")
    func bucketMates() throws {
        var seen: [Int64: Int] = [:]
        var pair: (Int, Int)?
        for index in 200..<5_000 where pair == nil {
            let bucket = ContactNumber(written: Events.number(index)).bucket
            if let mate = seen[bucket] { pair = (mate, index) }
            seen[bucket] = index
        }
        let (one, other) = try #require(pair)
        let mate = try Events.contact("mate", number: Events.number(other), text: "x")
        try fixture.add([Events.contact("one", number: Events.number(one), text: "x"), mate])
        var events = try Events()
        _ = try fixture.store.apply(try events.batch([Events.number(one)]))
        #expect(try fixture.registry.counts().protected == 1)
        #expect(try fixture.contact(mate.key) == mate)
    }

    @Test("a full disk is worth another try, and nothing is lost by it")
    func fullDisk() throws {
        var events = try Events()
        let batch = try events.batch((0..<1_000).map { Events.number($0) })
        let pages = try fixture.registry.queue.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        func limit(_ pages: Int) throws {
            try fixture.registry.queue.inDatabase { _ = try Row.fetchAll($0, sql: "PRAGMA max_page_count = \(pages)") }
        }
        try limit(pages + 4)
        let error = #expect(throws: StoreError.self) { try fixture.store.apply(batch) }
        guard case .transient(let text) = error else {
            Issue.record("not transient")
            return
        }
        #expect(text.contains("disk is full"))
        #expect(try fixture.registry.counts().protected == 0)
        try limit(1_000_000)
        _ = try fixture.store.apply(batch)
        #expect(try fixture.registry.counts().protected == 200)
    }

    @Test("a row that the database refuses is refused for good, and its message stays inside")
    func refusedRow() throws {
        try fixture.registry.queue.write { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER refusing BEFORE INSERT ON journal
                    BEGIN SELECT RAISE (ABORT, 'SECRET'); END
                    """)
        }
        var events = try Events()
        let batch = try events.batch([Events.number(1)])
        let error = #expect(throws: StoreError.self) { try fixture.store.apply(batch) }
        guard case .refused(let text) = error else {
            Issue.record("not refused")
            return
        }
        #expect(!text.contains("SECRET"))
        #expect(try fixture.registry.counts().protected == 0)
    }

    @Test("a store that was closed says so")
    func closed() throws {
        fixture.registry.close()
        fixture.registry.close()
        var events = try Events()
        let batch = try events.batch([Events.number(1)])
        let error = #expect(throws: StoreError.self) { try fixture.store.apply(batch) }
        #expect(error?.description.contains("closed") == true)
    }

    private func statements(_ body: () throws -> Void) throws -> [String] {
        let recorder = Recorder()
        fixture.registry.queue.inDatabase { database in
            database.trace { event in
                // The log is cut off by the clock, not by the batch.
                if case .statement(let statement) = event, !statement.sql.hasPrefix("PRAGMA") {
                    recorder.statements.append(statement.sql)
                }
            }
        }
        try body()
        fixture.registry.queue.inDatabase { $0.trace(options: []) }
        return recorder.statements
    }

    private static func nothing(_ sql: String) -> StatementArguments {
        let names = ["?1", "?2"].filter(sql.contains)
        let count = names.isEmpty ? sql.count { $0 == "?" } : names.count
        return StatementArguments(Array(repeating: String?.none, count: count))
    }

    /// Filled on the store's queue, read after it has been waited for.
    private final class Recorder {
        var statements: [String] = []
    }
}
