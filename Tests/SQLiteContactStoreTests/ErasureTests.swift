import ContactStore
import ContactStoreConformance
import Foundation
import GRDB
import ProtectedIdentity
import Testing

@testable import SQLiteContactStore

@Suite("What is cleared is gone from the files")
struct ErasureTests {
    private let fixture: SQLiteFixture
    private static let gone = "XqGone"
    private static let kept = "XqKept"

    init() throws {
        fixture = try SQLiteFixture()
    }

    @Test("no value of a cleared contact is left in any byte of database, log or index", arguments: [0.02, 0.5, 1.0])
    func nothingIsLeft(share: Double) async throws {
        var generator = SystemRandomNumberGenerator()
        let count = 3_000
        let cleared = Set((0..<count).shuffled(using: &generator).prefix(Int(Double(count) * share)))
        let contacts = try (0..<count).shuffled(using: &generator).map { index in
            let number = Events.number(index)
            let marker = cleared.contains(index) ? Self.gone : Self.kept
            // From nothing to several overflow pages.
            let filling = String(repeating: "-\(marker)", count: [0, 2, 9, 40, 300, 1_500][index % 6] / 3)
            let written = index.isMultiple(of: 3) ? "\(number.dropFirst(2).prefix(6))-\(number.suffix(4))" : number
            return try Events.contact("c-\(index)", number: written, text: marker + filling + marker)
        }
        // In several transactions, as a registry grows.
        for start in stride(from: 0, to: count, by: 250) {
            try fixture.add(Array(contacts[start..<min(start + 250, count)]))
        }
        var events = try Events()
        let numbers = cleared.shuffled(using: &generator).map(Events.number)
        for start in stride(from: 0, to: numbers.count, by: 200) {
            let batch = try events.batch(Array(numbers[start..<min(start + 200, numbers.count)]))
            _ = try fixture.store.apply(batch)
        }
        #expect(try fixture.registry.counts().protected == cleared.count)
        try await expectEmptyLog(within: .seconds(5))

        let bytes = try files()
        #expect(bytes.range(of: Data(Self.gone.utf8)) == nil)
        #expect((bytes.range(of: Data(Self.kept.utf8)) != nil) == (share < 1))
        let left = Self.tenDigitNumbers(in: bytes)
        let shorts = (0..<count).map { (index: $0, digits: String(Events.number($0).suffix(10))) }
        #expect(shorts.filter { left.contains($0.digits) && cleared.contains($0.index) }.isEmpty)
        #expect(shorts.allSatisfy { left.contains($0.digits) || cleared.contains($0.index) })
    }

    @Test("the log is cut off although batches clear faster than it may be cut")
    func flood() async throws {
        try fixture.add(try (0..<20).map { try Events.contact("c-\($0)", number: Events.number($0), text: Self.gone) })
        var events = try Events()
        for index in 0..<20 { _ = try fixture.store.apply(try events.batch([Events.number(index)])) }
        try await expectEmptyLog(within: .seconds(5))
        #expect(try files().range(of: Data(Self.gone.utf8)) == nil)
    }

    @Test("a reader holds neither the batch up nor the log for longer than it reads")
    func reader() async throws {
        try fixture.add([Events.contact("c-1", number: Events.number(1), text: Self.gone)])
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: fixture.folder.path("registry.sqlite"), configuration: configuration)
        try await reader.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN; SELECT count(*) FROM contacts")
        }
        var events = try Events()
        let clock = ContinuousClock()
        let batch = try events.batch([Events.number(1)])
        let taken = try clock.measure { _ = try fixture.store.apply(batch) }
        #expect(taken < .seconds(2))
        try await reader.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        try await expectEmptyLog(within: .seconds(5))
        #expect(try files().range(of: Data(Self.gone.utf8)) == nil)
    }

    @Test("a log that a killed process has left is cut off at the next start")
    func afterKill() throws {
        try fixture.add([Events.contact("c-1", number: Events.number(1), text: Self.gone)])
        fixture.registry.truncation.stop()
        var events = try Events()
        _ = try fixture.store.apply(try events.batch([Events.number(1)]))
        // What a process leaves that dies here: a copy of its files.
        let other = try TemporaryFolder()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: fixture.folder.path("registry.sqlite" + suffix),
                toPath: other.path("registry.sqlite" + suffix))
        }
        #expect(
            try Data(contentsOf: URL(filePath: other.path("registry.sqlite-wal"))).range(of: Data(Self.gone.utf8))
                != nil)
        let store = try SQLiteContactStore(path: other.path("registry.sqlite"))
        let log = try Data(contentsOf: URL(filePath: other.path("registry.sqlite-wal")))
        #expect(log.isEmpty)
        #expect(
            try Data(contentsOf: URL(filePath: other.path("registry.sqlite"))).range(of: Data(Self.gone.utf8)) == nil)
        #expect(try store.counts().protected == 1)
    }

    @Test("details that an import replaces are gone as well, and the file does not grow for ever")
    func replacedDetails() async throws {
        let path = fixture.folder.path("contacts.csv")
        for round in 0..<6 {
            let marker = round == 5 ? Self.kept : Self.gone
            let rows = (0..<600).map { "c-\($0),nordic-sport,SE,\(marker)\(round)" }
            let text = "contact_id,tenant,country,city\n" + rows.joined(separator: "\n")
            try Data(text.utf8).write(to: URL(filePath: path))
            _ = try fixture.registry.importContacts(csv: path, replacingExisting: true, now: Events.now)
        }
        try await expectEmptyLog(within: .seconds(5))
        let bytes = try files()
        #expect(bytes.range(of: Data(Self.gone.utf8)) == nil)
        #expect(bytes.range(of: Data(Self.kept.utf8)) != nil)
        let rows = try await fixture.registry.queue.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM contact_details")
        }
        #expect(try #require(rows) <= 2 * 600 + 1_000)
    }

    @Test("a compaction that was broken off is finished at the next start")
    func brokenCompaction() throws {
        try fixture.add([Events.contact("c-1", number: Events.number(1), text: Self.kept)])
        try fixture.registry.queue.write { database in
            try database.execute(sql: "INSERT INTO unfinished_tasks (name) VALUES ('compaction')")
        }
        fixture.registry.close()
        let store = try SQLiteContactStore(path: fixture.folder.path("registry.sqlite"))
        #expect(try store.needsCompaction() == false)
        #expect(try store.counts().contacts == 1)
    }

    private func files() throws -> Data {
        var bytes = Data()
        for suffix in ["", "-wal", "-shm"] {
            let url = URL(filePath: fixture.folder.path("registry.sqlite" + suffix))
            if FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) {
                bytes.append(try Data(contentsOf: url))
            }
        }
        return bytes
    }

    private func expectEmptyLog(within limit: Duration) async throws {
        let path = fixture.folder.path("registry.sqlite-wal")
        let deadline = ContinuousClock.now.advanced(by: limit)
        func size() throws -> Int? { try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int }
        while try size() != 0, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        #expect(try size() == 0)
    }

    /// Every row of ten digits, with or without a hyphen before the last four.
    private static func tenDigitNumbers(in bytes: Data) -> Set<String> {
        var found: Set<String> = []
        var run: [UInt8] = []
        for byte in Array(bytes) + [0] {
            if (0x30...0x39).contains(byte) {
                run.append(byte)
                if run.count >= 10 { found.insert(String(decoding: run.suffix(10), as: UTF8.self)) }
            } else if byte != UInt8(ascii: "-") {
                run.removeAll(keepingCapacity: true)
            }
        }
        return found
    }
}
