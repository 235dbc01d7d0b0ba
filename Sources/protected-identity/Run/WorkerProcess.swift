import Logging
import Synchronization

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
        let logger = output.logger("protected-identity.run")
        for warning in assembly.configuration.warnings { logger.warning("\(warning)") }

        if duties.contains(.notifications) { _ = try assembly.noticeParts() }
        let topics = Set(duties.flatMap { $0.topics(assembly) }).sorted()
        try await BrokerPreflight(assembly: assembly, topics: topics, logger: logger).run()
        let seats = duties.flatMap { duty in (1...duty.members(assembly)).map { (duty: duty, member: $0) } }
        let stores = try await open(seats.map(\.duty), assembly, logger)
        defer { for store in stores { store.close() } }
        let watch = ProcessWatch(version: ProtectedIdentityCommand.configuration.version)
        let workers = try zip(seats, stores).map { seat, store in
            try seat.duty.part(assembly.asMember(seat.member), options, store: store, output: output, watch: watch)
        }
        let admin = AdminPart(watch, at: assembly.configuration.admin, logger: output.logger("protected-identity.admin"))
        let parts = RunningParts(workers + [admin])
        let signals = StopSignals {
            logger.info("asked to stop")
            parts.stop()
        }
        defer { signals.cancel() }
        guard try await parts.run() else {
            throw CommandFailure(
                .temporary,
                "stopped before everything in flight was finished (shutdown.timeout); it comes again at the next start")
        }
        logger.info("stopped")
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

/// Parts that begin together and end together.
final class RunningParts: Sendable {
    private let parts: [any WorkerPart]
    private let isAsked = Atomic<Bool>(false)

    init(_ parts: [any WorkerPart]) {
        self.parts = parts
    }

    /// Asks all of them for their end; said again, at once.
    func stop() {
        isAsked.store(true, ordering: .releasing)
        for part in parts { part.stop() }
    }

    /// Runs them until all have ended. One that fails ends the others, and what it says is what is said.
    ///
    /// - Returns: whether all of them have finished what was in flight.
    func run() async throws -> Bool {
        try await withTaskGroup(of: Result<Bool, any Error>.self) { group in
            for part in parts {
                group.addTask {
                    do {
                        return .success(try await part.run())
                    } catch {
                        return .failure(error)
                    }
                }
            }
            var end = Result<Bool, any Error>.success(true)
            for await result in group {
                switch (end, result) {
                case (.failure, _): break
                case (.success(let areDrained), .success(let isDrained)): end = .success(areDrained && isDrained)
                case (.success, .failure): end = result
                }
                // Said a second time it would cut short what the others have in flight.
                if !isAsked.exchange(true, ordering: .acquiringAndReleasing) {
                    for part in parts { part.stop() }
                }
            }
            return end
        }.get()
    }
}
