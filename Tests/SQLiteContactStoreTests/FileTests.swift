import ContactStore
import ContactStoreConformance
import Foundation
import GRDB
import ProtectedIdentity
import Testing

@testable import SQLiteContactStore

@Suite("The file and its surroundings", .serialized)
struct FileTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("registry.sqlite")
    }

    @Test("its owner alone may read the database, the log, the index and the lock, whatever the umask")
    func modes() throws {
        let mask = umask(0)
        defer { umask(mask) }
        let store = try SQLiteContactStore(path: path)
        _ = try store.counts()
        for suffix in ["", "-wal", "-shm", ".lock"] {
            let mode = try FileManager.default.attributesOfItem(atPath: path + suffix)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(suffix)")
        }
        #expect(store.warnings.isEmpty)
    }

    @Test("a file that others may read is pointed out")
    func openFile() throws {
        try SQLiteContactStore(path: path).close()
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let warnings = try SQLiteContactStore(path: path).warnings
        #expect(warnings.contains { $0.contains(path) && $0.contains("chmod 600") })
    }

    @Test("a symbolic link is pointed out, and locks the file that it means")
    func link() throws {
        try SQLiteContactStore(path: path).close()
        let link = folder.path("link.sqlite")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        let store = try SQLiteContactStore(path: link)
        #expect(store.warnings.contains { $0.contains("symbolic link") })
        #expect(throws: StoreError.self) { try SQLiteContactStore(path: path) }
    }

    @Test("a second writer is told which file is held by which process")
    func secondWriter() throws {
        let store = try SQLiteContactStore(path: path)
        let error = unusable { try SQLiteContactStore(path: path) }
        #expect(error.contains(path) && error.contains("process \(getpid())"))
        store.close()
        _ = try SQLiteContactStore(path: path)
    }

    @Test("kill -9 releases the lock", .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/flock")))
    func killedHolder() async throws {
        try SQLiteContactStore(path: path).close()
        let holder = Process()
        holder.executableURL = URL(filePath: "/usr/bin/flock")
        holder.arguments = ["--no-fork", path + ".lock", "sleep", "600"]
        try holder.run()
        try await eventually { (try? SQLiteContactStore(path: path)) == nil }
        kill(holder.processIdentifier, SIGKILL)
        try await eventually { (try? SQLiteContactStore(path: path)) != nil }
    }

    @Test("a reader sees what the writer has committed, and takes no lock")
    func reader() throws {
        let store = try SQLiteContactStore(path: path)
        let reader = try SQLiteContactReader(path: path)
        let contact = try Events.contact("c-1", number: Events.number(1), text: "x")
        try store.add([contact], now: Events.now)
        #expect(try reader.contact(contact.key) == contact)
        #expect(try reader.contacts(of: contact.key.tenant) == [contact])
        #expect(try reader.counts() == store.counts())
        store.close()
        #expect(try SQLiteContactReader(path: path).contact(contact.key) == contact)
        let error = #expect(throws: DatabaseError.self) {
            try DatabaseQueue(path: path, configuration: Connection.reading).write {
                try $0.execute(sql: "DELETE FROM contacts")
            }
        }
        #expect(error?.resultCode == .SQLITE_READONLY)
    }

    @Test("contacts are read page by page in the order of their ids")
    func pages() throws {
        let store = try SQLiteContactStore(path: path)
        let contacts = try ["c", "a", "é", "b"].map { try Events.contact($0, number: nil, text: "x") }
        try store.add(contacts, now: Events.now)
        let tenant = contacts[0].key.tenant
        let first = try store.contacts(of: tenant, limit: 3)
        #expect(first.map(\.key.id.rawValue) == ["a", "b", "c"])
        #expect(try store.contacts(of: tenant, after: first.last?.key.id, limit: 3).map(\.key.id.rawValue) == ["é"])
    }

    @Test("a file that is no database is refused with its name")
    func noDatabase() throws {
        try Data(String(repeating: "This is no database. ", count: 100).utf8).write(to: URL(filePath: path))
        #expect(unusable { try SQLiteContactStore(path: path) }.contains("\(path): this file is not a SQLite database"))
    }

    @Test("another application's database is refused")
    func foreignDatabase() throws {
        try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE contacts (id)") }
        #expect(unusable { try SQLiteContactStore(path: path) }.contains("not a contact registry of this program"))
        #expect(unusable { try SQLiteContactReader(path: path) }.contains("not a contact registry of this program"))
    }

    @Test("a database that a newer version has upgraded is refused")
    func newerVersion() throws {
        try SQLiteContactStore(path: path).close()
        try DatabaseQueue(path: path).write { database in
            try database.execute(sql: "INSERT INTO grdb_migrations VALUES ('9 of the future')")
        }
        #expect(unusable { try SQLiteContactStore(path: path) }.contains("newer version"))
    }

    @Test("a folder that does not exist is named, and so is a path that is a folder")
    func badPaths() throws {
        #expect(
            unusable { try SQLiteContactStore(path: folder.path("none/registry.sqlite")) }.contains("does not exist"))
        let inside = folder.path("folder")
        try FileManager.default.createDirectory(atPath: inside, withIntermediateDirectories: true)
        #expect(unusable { try SQLiteContactStore(path: inside) }.contains("is not a file"))
        #expect(unusable { try SQLiteContactStore(path: "") }.contains("empty"))
        #expect(unusable { try SQLiteContactReader(path: path) }.contains("there is no such file"))
    }

    @Test("a file or folder that may not be written is refused with its name", .enabled(if: geteuid() != 0))
    func readOnly() throws {
        try SQLiteContactStore(path: path).close()
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
        #expect(unusable { try SQLiteContactStore(path: path) }.contains("\(path): may not be written"))
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.url.path)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.url.path) }
        #expect(unusable { try SQLiteContactStore(path: path) }.contains("may not be written"))
    }

    @Test("a damaged database is unusable, and the text names the way out")
    func damaged() throws {
        let store = try SQLiteContactStore(path: path)
        try store.add(
            (0..<500).map { try Events.contact("c-\($0)", number: Events.number($0), text: "x") }, now: Events.now)
        store.close()
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.seek(toOffset: 4_096 * 2)
        try file.write(contentsOf: Data(repeating: 0xFF, count: 4_096 * 12))
        try file.close()
        let text = unusable {
            let store = try SQLiteContactStore(path: path)
            var events = try Events()
            _ = try store.apply(try events.batch((0..<500).map(Events.number)))
        }
        #expect(text.contains("damaged"))
    }

    private func unusable(_ body: () throws -> some Any, _ location: SourceLocation = #_sourceLocation) -> String {
        let error = #expect(throws: StoreError.self, sourceLocation: location) { _ = try body() }
        guard case .unusable(let text) = error else {
            Issue.record("not unusable", sourceLocation: location)
            return ""
        }
        return text
    }

    private func eventually(_ holds: () throws -> Bool) async throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(10))
        while try !holds(), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        #expect(try holds())
    }
}
