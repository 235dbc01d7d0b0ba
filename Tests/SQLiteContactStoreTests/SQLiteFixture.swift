import ContactStore
import ContactStoreConformance
import Foundation
import ProtectedIdentity
import SQLiteContactStore

/// A registry in a folder of its own that vanishes with it.
final class SQLiteFixture: ConformanceFixture {
    let folder: TemporaryFolder
    let registry: SQLiteContactStore

    init() throws {
        folder = try TemporaryFolder()
        registry = try SQLiteContactStore(path: folder.path("registry.sqlite"))
    }

    var store: any OperationsStore { registry }

    func add(_ contacts: [RegistryContact]) throws {
        try registry.add(contacts, now: Timestamp(milliseconds: 1_795_000_000_000))
    }

    func contact(_ key: ContactKey) throws -> RegistryContact? {
        try registry.contact(key)
    }
}

/// A folder that is removed at the end of its life.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "registry-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func path(_ name: String) -> String {
        url.appending(path: name).path(percentEncoded: false)
    }
}
