public import BatchPipeline
public import ContactStore
public import ProtectedIdentity
public import RegistryWorker

/// The work of the deletion worker: requests in, contacts deleted where the registry still says so, outcomes out.
public struct DeletionWork: RegistryWork {
    /// The registry.
    public let store: any ContactStore
    /// Everything that the work needs to know.
    public let settings: RegistryWorkSettings
    /// Is told of every decision.
    public let observer: any DecisionObserver
    /// Reads commands on deletions.
    public let reader: RecordReader
    /// The wall clock.
    public let clock: @Sendable () -> Timestamp
    private let load: @Sendable () throws -> TenantPolicies

    /// The work on a store.
    ///
    /// - Parameters:
    ///   - observer: is told of every decision, on the store's thread.
    ///   - policies: reads what each tenant does, anew for each batch: a tenant that has changed its mind is to be heard.
    ///   - clock: the wall clock, injected so that it can be a simulation's.
    public init(
        store: any ContactStore, settings: RegistryWorkSettings, observer: any DecisionObserver = SilentObserver(),
        policies: @escaping @Sendable () throws -> TenantPolicies,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.settings = settings
        self.observer = observer
        self.clock = clock
        load = policies
        reader = RecordReader(reading: .commands([.deletionRequested, .deletionCancelled]), keyring: settings.keyring)
    }

    /// What each tenant does, as the configuration says now. Where it cannot be read nothing is deleted, and the batch waits.
    public func policies() throws(StoreFailure) -> TenantPolicies {
        do {
            return try load()
        } catch {
            throw .transient("the configuration cannot be read, so nobody knows whom to delete: \(error)")
        }
    }
}
