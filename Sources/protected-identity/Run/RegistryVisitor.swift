import ContactStore
import Synchronization

/// Looks into the registry now and then, over a connection that it keeps.
final class RegistryVisitor: Sendable {
    private let configuration: StoreConfiguration
    private let kept = Mutex<(any RegistryInspection)?>(nil)

    init(_ configuration: StoreConfiguration) {
        self.configuration = configuration
    }

    /// What there is to do in the registry. A connection that was lost is made anew by the next look; the embedded registry's file
    /// is opened each time, for another may have taken its place.
    func backlog() throws -> RegistryBacklog {
        let inspection = try kept.withLock { $0 } ?? configuration.inspection()
        if case .postgres = configuration.location { kept.withLock { $0 = inspection } }
        return try inspection.backlog(at: WallClock.now())
    }
}
