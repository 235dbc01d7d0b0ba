import ArgumentParser
import BatchPipeline
import KafkaClient
import Logging
import RedactionWorker

/// `protected-identity run`: the worker.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Consume events, redact contacts, publish outcomes, until stopped.",
        discussion: """
            SIGTERM or SIGINT: polling stops, what is in flight is finished (shutdown.timeout), the group is left, the \
            program ends with 0. A second signal ends it at once; nothing is lost by that, what was in flight comes again.
            """)

    @Option(
        name: .customLong("with"),
        help: "Do this too, in the same process: sweep, every sweep.every. The embedded registry needs it.")
    var extras: [WorkerExtra] = []

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let assembly = try options.assembly()
        let output = LogOutput(assembly.configuration.log)
        output.bootstrap()
        let logger = output.logger("protected-identity.run")
        for warning in assembly.configuration.warnings { logger.warning("\(warning)") }

        let topics = [assembly.configuration.topics.events] + assembly.outgoingTopics.all
        try await BrokerPreflight(assembly: assembly, topics: topics, logger: logger).run()
        let store = try await assembly.configuration.store.open(logger)
        defer { store.close() }
        for warning in store.warnings { logger.warning("\(warning)") }

        let beside = try await extras.contains(.sweep) ? assembly.configuration.store.open(beside: store, logger) : nil
        let sweeper = beside.map { [options] in
            BackgroundSweeper(
                $0, every: assembly.configuration.sweepInterval, load: { try options.assembly() },
                logger: output.logger("protected-identity.sweep"))
        }

        let log = WorkerLog(group: assembly.configuration.kafka.groupId, logger: logger)
        let work = RedactionWork(
            store: store.store, settings: assembly.workSettings, observer: log, clock: { WallClock.now() })
        let driver = PipelineDriver(
            work: work, topics: [assembly.configuration.topics.events], outgoing: assembly.outgoingTopics.all,
            consumer: assembly.consumer, producer: assembly.producer, settings: assembly.pipelineSettings,
            observer: log, logger: output.logger("protected-identity.kafka"))
        let signals = StopSignals {
            logger.info("asked to stop")
            driver.stop()
            sweeper?.stop()
        }
        defer { signals.cancel() }
        let isDrained: Result<Bool, any Error>
        do {
            isDrained = .success(try await driver.run())
        } catch let failure as SessionFailure {
            isDrained = .failure(CommandFailure(failure))
        } catch {
            isDrained = .failure(error)
        }
        if await sweeper?.end(within: assembly.configuration.shutdownTimeout) == false {
            logger.warning("a sweep did not end in time (shutdown.timeout); the next one goes on")
        }
        guard try isDrained.get() else {
            throw CommandFailure(
                .temporary,
                "stopped before everything in flight was finished (shutdown.timeout); it comes again at the next start")
        }
        logger.info("stopped")
    }
}

extension CommandFailure {
    fileprivate init(_ failure: SessionFailure) {
        switch failure {
        case .fenced:
            self.init(
                .temporary,
                "another process has this one's kafka.instanceId and has taken over: give each its own, or end the other"
            )
        case .store(let reason):
            self.init(.unavailable, reason)
        case .producer(let reason), .consumer(let reason), .unknownCommit(let reason):
            self.init(.unavailable, reason)
        case .storeSetBack(let reason):
            self.init(.unavailable, reason)
        case .logBegunAnew(let partition, _, _):
            self.init(.unavailable, "\(partition) begins anew: another topic stands under the same name")
        case .readFromBefore(let partition, _, _):
            self.init(.unavailable, "\(partition) is read from below the committed offset")
        case .stuck:
            self.init(.unavailable, "a Kafka transaction neither ended nor could be aborted")
        }
    }
}
