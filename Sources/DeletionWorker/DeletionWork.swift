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

    /// The work on a store.
    ///
    /// - Parameters:
    ///   - observer: is told of every decision, on the store's thread.
    ///   - clock: the wall clock, injected so that it can be a simulation's.
    public init(
        store: any ContactStore, settings: RegistryWorkSettings, observer: any DecisionObserver = SilentObserver(),
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.settings = settings
        self.observer = observer
        self.clock = clock
        reader = RecordReader(reading: .commands([.deletionRequested, .deletionCancelled]), keyring: settings.keyring)
    }
}
