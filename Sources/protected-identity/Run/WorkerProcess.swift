import AdminServer
import Logging
import ServiceLifecycle

/// A process that does one thing or several until it is stopped: all of them begin together, and end together.
struct WorkerProcess {
    let options: ConfigurationOptions

    /// Does what it is told to.
    ///
    /// - Throws: why it cannot, with the exit code.
    func run(_ duties: [WorkerDuty]) async throws {
        let assembly = try options.assembly()
        let output = LogOutput(assembly.configuration.log)
        output.bootstrap()
        defer { output.tellFloods(isEnd: true) }
        let logger = output.logger("protected-identity.run")
        for warning in assembly.configuration.warnings { logger.warning("\(warning)") }

        if duties.contains(.notifications) { _ = try assembly.noticeParts() }
        let topics = Set(duties.flatMap { $0.topics(assembly) }).sorted()
        try await BrokerPreflight(assembly: assembly, topics: topics, logger: logger).run()
        let seats = duties.flatMap { duty in (1...duty.members(assembly)).map { (duty: duty, member: $0) } }
        let stores = try await open(seats.map(\.duty), assembly, logger)
        defer { for store in stores { store.close() } }
        let watch = assembly.configuration.admin.isEnabled ? assembly.watch() : nil
        let parts = RunningParts(
            try zip(seats, stores).map { seat, store in
                try seat.duty.part(assembly.asMember(seat.member), options, store: store, output: output, watch: watch)
            })
        let signals = StopSignals {
            logger.info("asked to stop")
            parts.stop()
        }
        defer { signals.cancel() }
        try await group(of: parts, watch, assembly, output).run()
        guard parts.hasDrained else {
            throw CommandFailure(
                .temporary,
                "stopped before everything in flight was finished (shutdown.timeout); it comes again at the next start")
        }
        logger.info("stopped")
    }

    /// The workers, and before them what tells of them: a group stops the last of its services first, so health can be asked for
    /// while they drain. One that ends ends all.
    private func group(
        of parts: RunningParts, _ watch: ProcessWatch?, _ assembly: Assembly, _ output: LogOutput
    ) -> ServiceGroup {
        var services: [any Service] = [FloodWatch(output: output), parts]
        if let watch {
            let admin = AdminPart(
                watch, at: assembly.configuration.admin, logger: output.logger("protected-identity.admin"))
            services = [admin] + watch.services + services
        }
        var logger = output.logger("protected-identity.run")
        logger.logLevel = max(logger.logLevel, .warning)
        return ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    .init(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                }, logger: logger))
    }

    /// A way into the registry for each of them.
    private func open(_ duties: [WorkerDuty], _ assembly: Assembly, _ logger: Logger) async throws -> [OpenStore] {
        var stores: [OpenStore] = []
        do {
            for duty in duties {
                let configuration = assembly.configuration.store
                guard let first = stores.first else {
                    let store = try await configuration.open(logger, deletes: duty.deletes)
                    for warning in store.warnings { logger.warning("\(warning)") }
                    stores.append(store)
                    continue
                }
                stores.append(try await configuration.open(beside: first, logger, deletes: duty.deletes))
            }
        } catch {
            for store in stores { store.close() }
            throw error
        }
        return stores
    }
}
