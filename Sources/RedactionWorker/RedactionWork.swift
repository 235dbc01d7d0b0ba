public import ContactStore
public import ProtectedIdentity
public import RegistryWorker

/// The work of the redaction worker: events in, contacts cleared, outcomes out.
public struct RedactionWork: RegistryWork {
    /// The registry.
    public let store: any ContactStore
    /// Everything that the work needs to know.
    public let settings: RegistryWorkSettings
    /// Is told of every decision.
    public let observer: any DecisionObserver
    /// Reads events.
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
        reader = RecordReader(reading: .events, keyring: settings.keyring)
    }
}
