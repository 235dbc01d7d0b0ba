import BenchmarkSupport
import ContactStore
import Foundation
import ProtectedIdentity
import SQLiteContactStore

/// Everything that measurements share: the folder, the database server, what the worker is configured with.
final class Workplace {
    let settings: Settings
    let folder: URL
    let databases: Databases
    static let digestKeys = "k1:" + Data(repeating: 9, count: 32).base64EncodedString()

    init(_ settings: Settings, url: String) throws {
        self.settings = settings
        folder = FileManager.default.temporaryDirectory.appending(path: "worker-benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        databases = try Databases(url: url)
        try Data(CompanyTables.configuration.utf8).write(to: folder.appending(path: "worker.yaml"))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The shipped program, on a broker and a registry.
    ///
    /// - Parameter changes: to the environment that it is configured with.
    func worker(_ broker: Broker, store: String, _ changes: [String: String] = [:]) throws -> Program {
        var environment = broker.environment
        environment["STORE_URL"] = store
        environment["IDENTITY_DIGEST_KEYS"] = Self.digestKeys
        environment["QUARANTINE_COORDINATES_ONLY"] = "true"
        environment["BATCH_MAX_RECORDS"] = "\(settings.batch)"
        environment["LOG_LEVEL"] = "info"
        environment["LOG_FORMAT"] = "json"
        environment["ADMIN_PORT"] = "0"
        environment.merge(changes) { $1 }
        let isEmbedded = store.hasPrefix("sqlite")
        let arguments = isEmbedded ? ["run"] : ["run", "--config", folder.appending(path: "worker.yaml").path]
        return try Program("protected-identity", arguments, environment: environment, folder: folder)
    }

    /// An embedded registry with the same people; its path.
    func embeddedRegistry(contacts: Int) throws -> String {
        let template = folder.appending(path: "registry-\(contacts).sqlite")
        if !FileManager.default.fileExists(atPath: template.path) {
            let store = try SQLiteContactStore(path: template.path)
            defer { store.close() }
            guard let tenant = TenantName(rawValue: CompanyTables.tenant) else { throw BenchmarkError("no tenant") }
            let people = (0..<contacts).lazy.compactMap { index -> RegistryContact? in
                guard let id = ContactID(rawValue: "\(index + 1)") else { return nil }
                var details = RegistryContact.Details()
                details.number = Sensitive(TestNumber.number(index))
                details.firstName = Sensitive("Alva\(index + 1)")
                details.lastName = Sensitive("Exempelsson")
                details.street = Sensitive("Storgatan \(index + 1)")
                details.postalCode = Sensitive("111 22")
                details.city = Sensitive("Provköping")
                details.email = Sensitive("\(index + 1)@example.com")
                return RegistryContact(
                    key: ContactKey(tenant: tenant, id: id), country: CountryCode(.sweden), details: details)
            }
            try store.add(people, now: .now)
        }
        let copy = folder.appending(path: "run-\(UUID().uuidString).sqlite")
        try FileManager.default.copyItem(at: template, to: copy)
        return copy.path
    }
}
