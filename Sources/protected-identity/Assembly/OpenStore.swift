import ContactStore
import Logging
import Operations
import PostgresContactStore
import SQLiteContactStore

/// An opened contact registry, whichever it is.
struct OpenStore: Sendable {
    let store: any OperationsStore
    /// What is dangerous about it and not wrong, to be logged once.
    let warnings: [String]
    private let end: @Sendable () -> Void

    init(_ store: SQLiteContactStore) {
        self.store = store
        warnings = store.warnings
        end = { store.close() }
    }

    init(_ store: PostgresContactStore) {
        self.store = store
        warnings = []
        end = { store.close() }
    }

    /// A second way into a registry that has one process, closed with the first.
    init(sharing other: OpenStore) {
        store = other.store
        warnings = []
        end = {}
    }

    /// Gives back what it holds.
    func close() { end() }
}

extension StoreConfiguration {
    /// For how long a server that does not answer is asked again: it may be starting too.
    private static let patience = Duration.seconds(30)

    /// Opens the contact registry: creates an embedded one where there is none, waits for a server.
    ///
    /// - Parameter deletes: whether contacts are to be deleted, so that the tables have to allow it.
    /// - Throws: why it cannot be used, with the exit code.
    func open(_ logger: Logger, deletes: Bool = false) async throws -> OpenStore {
        switch location {
        case .sqlite(let path):
            return OpenStore(try Self.openEmbedded(path))
        case .postgres(var settings):
            settings.deletes = deletes
            let deadline = ContinuousClock.now + Self.patience
            while true {
                let call = BlockingCall { [settings] () throws(StoreError) in try PostgresContactStore(settings) }
                do throws(StoreError) {
                    return OpenStore(try await call.result())
                } catch .transient(let reason) {
                    guard .now < deadline else { throw CommandFailure(.unavailable, reason) }
                    logger.warning("the store cannot be opened yet", metadata: ["reason": "\(reason)"])
                } catch {
                    throw CommandFailure(.unavailable, error.description)
                }
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// A way into the registry for another thread, beside one that is open: a connection of its own where there can be one.
    func open(beside other: OpenStore, _ logger: Logger, deletes: Bool) async throws -> OpenStore {
        switch location {
        case .sqlite: OpenStore(sharing: other)
        case .postgres: try await open(logger, deletes: deletes)
        }
    }

    /// Opens the registry in a file; creates it where there is none.
    static func openEmbedded(_ path: String) throws(CommandFailure) -> SQLiteContactStore {
        do {
            return try SQLiteContactStore(path: path)
        } catch {
            throw CommandFailure(store: error, path: path)
        }
    }

    /// The file of the embedded registry, for the commands that serve nothing else.
    func embeddedPath() throws(CommandFailure) -> String {
        switch location {
        case .sqlite(let path): return path
        case .postgres:
            throw CommandFailure(
                .configuration,
                "this command serves the embedded registry, and store.url names PostgreSQL: use the database's own tools "
                    + "for contacts that stand there")
        }
    }

    /// The registry in PostgreSQL, for the commands that serve nothing else.
    func postgres() throws(CommandFailure) -> PostgresContactStore.Settings {
        switch location {
        case .postgres(let settings): return settings
        case .sqlite:
            throw CommandFailure(
                .configuration,
                "this command serves PostgreSQL, and store.url names the embedded registry, which upgrades itself")
        }
    }
}
