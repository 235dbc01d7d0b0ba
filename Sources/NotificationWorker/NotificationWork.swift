public import BatchPipeline
public import ContactStore
public import Logging
public import ProtectedIdentity
public import RegistryWorker

/// How notices go out.
public struct NotificationSettings: Sendable {
    /// How many at once.
    public var concurrency: Int
    /// How many a second at most.
    public var rate: Int
    /// For how long a notice is tried that is put off while others get through.
    public var retryFor: Duration

    /// Settings of a worker.
    public init(concurrency: Int, rate: Int, retryFor: Duration) {
        self.concurrency = concurrency
        self.rate = rate
        self.retryFor = retryFor
    }
}

/// The work of the notification worker: commands in, people told where the registry still says so, outcomes out.
public struct NotificationWork: RegistryWork {
    /// The registry.
    public let store: any ContactStore
    /// Everything that the work needs to know.
    public let settings: RegistryWorkSettings
    /// Is told of every decision.
    public let observer: any DecisionObserver
    /// Reads commands on notifications.
    public let reader: RecordReader
    /// The wall clock.
    public let clock: @Sendable () -> Timestamp
    private let notices: any OperationsStore
    private let load: @Sendable () throws -> TenantPolicies
    private let needsAddress: Bool
    private let desk: NoticeDesk

    /// The work on a store.
    ///
    /// - Parameters:
    ///   - templates: what is written.
    ///   - transport: the way to people.
    ///   - observer: is told of every decision, on the store's thread.
    ///   - policies: reads what each tenant does, anew for each batch.
    ///   - clock: the wall clock, injected so that it can be a test's.
    public init(
        store: any OperationsStore, templates: NoticeTemplates, transport: any NoticeTransport,
        notifications: NotificationSettings, settings: RegistryWorkSettings,
        observer: any DecisionObserver = SilentObserver(), policies: @escaping @Sendable () throws -> TenantPolicies,
        logger: Logger, clock: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        notices = store
        self.settings = settings
        self.observer = observer
        self.clock = clock
        load = policies
        needsAddress = transport.needsAddress
        reader = RecordReader(reading: .commands([.notificationRequested]), keyring: settings.keyring)
        desk = NoticeDesk(
            store: store, templates: templates, transport: transport, settings: notifications, clock: clock,
            logger: logger)
    }

    /// Begins no further delivery; those under way go to their end.
    public func stop() { desk.stop() }

    /// What each tenant does, as the configuration says now. Where it cannot be read nobody is told, and the batch waits.
    public func policies() throws(StoreFailure) -> TenantPolicies {
        do {
            return try load()
        } catch {
            throw .transient("the configuration cannot be read, so nobody knows whom to tell: \(error)")
        }
    }

    /// Sends the notices that are still to be sent, and tells what became of each command.
    public func prepare(_ records: [IncomingRecord]) throws(StoreFailure) -> [RecordCoordinates: NoticeResult] {
        let snapshot: NoticeSnapshot
        do throws(StoreError) {
            snapshot = try notices.notices(NoticePlan.lookup(for: records))
        } catch {
            throw StoreFailure(error)
        }
        let plan = NoticePlan(
            for: records, snapshot, policies: try policies(), keyring: settings.keyring, needsAddress: needsAddress,
            now: clock())
        let delivered = desk.deliver(plan.deliveries)
        if let reason = delivered.unfinished { throw .transient("not every notice is out: \(reason)") }
        return plan.results(with: delivered.results)
    }
}
