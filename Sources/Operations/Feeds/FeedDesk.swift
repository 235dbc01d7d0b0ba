internal import Foundation
public import ProtectedIdentity
public import RegisterFeeds

/// Feeds files, one after the other: reads each as a stream, and publishes what it says. Blocks.
public struct FeedDesk {
    /// What the files are, and whom they speak of.
    public struct Settings: Sendable {
        /// Their format.
        public var format: FeedFormat
        /// What stands where in a list.
        public var mapping: FieldMapping
        /// Whose contacts are meant.
        public var tenant: TenantName
        /// How they came about.
        public var origin: Origin
        /// Whose numbers stand in them.
        public var country: Country
        /// Whose word they are.
        public var registry: String?
        /// When the register said what bears no date of its own; nil: a protection when the file was last written to, and a lift
        /// is rejected.
        public var observedAt: Timestamp?
        /// Events a second at most.
        public var rate: Int?
        /// The writing key makes identities and record keys.
        public var keyring: DigestKeyring

        /// Files of a format, for a tenant.
        public init(
            format: FeedFormat, mapping: FieldMapping = FieldMapping(), tenant: TenantName, origin: Origin,
            country: Country, registry: String?, observedAt: Timestamp? = nil, rate: Int? = nil,
            keyring: DigestKeyring
        ) {
            self.format = format
            self.mapping = mapping
            self.tenant = tenant
            self.origin = origin
            self.country = country
            self.registry = registry
            self.observedAt = observedAt
            self.rate = rate
            self.keyring = keyring
        }
    }

    private static let samples = 5

    private let settings: Settings
    private let publisher: EventPublisher?
    private let clock: () -> Timestamp
    private let progress: (FeedReport) -> Void
    private let isStopped: () -> Bool

    /// A desk for files of one kind.
    ///
    /// - Parameters:
    ///   - publisher: where events go; nil: nowhere, they are counted.
    ///   - clock: the present moment.
    ///   - progress: told now and then of how far a file is.
    ///   - isStopped: whether to end before the end of the file.
    public init(
        _ settings: Settings, publisher: EventPublisher?, clock: @escaping () -> Timestamp,
        progress: @escaping (FeedReport) -> Void = { _ in }, isStopped: @escaping () -> Bool = { false }
    ) {
        self.settings = settings
        self.publisher = publisher
        self.clock = clock
        self.progress = progress
        self.isStopped = isStopped
    }

    /// Reads a file and publishes what it says. Returns when the brokers have confirmed all of it; fed again, the same file
    /// gives the same events, which a worker knows already.
    ///
    /// - Throws: ``FeedFailure``.
    public func feed(_ file: FeedFile) throws(FeedFailure) -> FeedReport {
        let source = try file.open()
        let now = clock()
        let rejects = file.rejects.map { RejectsFile(path: $0) }
        let writer = NoticeWriter(
            format: settings.format, tenant: settings.tenant, origin: settings.origin, country: settings.country,
            registry: settings.registry, keyring: settings.keyring,
            observedAt: settings.observedAt, written: source.state?.modified ?? now, now: now)
        var run = FeedRun(
            report: FeedReport(name: file.name), writer: writer, publisher: publisher, rejects: rejects,
            pacing: settings.rate.map { Pacing(perSecond: $0) }, isStopped: isStopped,
            samples: publisher == nil ? Self.samples : 0)
        let input = PackedInput(descriptor: source.handle.fileDescriptor, isStopped: isStopped)
        do throws(PackedInput.Failure) {
            while !run.report.isStopped, try nextMember(input, &run) {
                try read(input, &run, today: now.date)
            }
        } catch {
            switch error {
            case .unreadable(let reason): throw .unreadable("\(file.name): cannot be read to its end (\(reason))")
            case .stopped: run.report.isStopped = true
            case .broken(let fault): run.breakOff(FeedPlace(line: run.lastLine), fault)
            }
        }
        if let failure = run.failure { throw .publishing(failure) }
        do throws(PublishFailure) {
            try publisher?.settle()
        } catch {
            throw .publishing(error)
        }
        run.report.hasChanged = file.hasChanged(since: source)
        rejects?.finish()
        if let failure = rejects?.failure { throw .rejects(failure, run.report) }
        return run.report
    }

    private func nextMember(_ input: PackedInput, _ run: inout FeedRun) throws(PackedInput.Failure) -> Bool {
        defer { run.member = input.member.map(ShownName.of) }
        return try input.nextMember()
    }

    private func read(
        _ input: PackedInput, _ run: inout FeedRun, today: CalendarDate
    ) throws(PackedInput.Failure) {
        var reader = settings.format.reader(settings.mapping, today: today)
        // Where the packing breaks off, the reader is not told of an end: what it holds is half a record.
        while let chunk = try input.read() {
            run.take(reader.read(chunk))
            progress(run.report)
            if run.failure != nil || isStopped() {
                run.report.isStopped = true
                return
            }
        }
        run.take(reader.finish())
        progress(run.report)
    }
}
