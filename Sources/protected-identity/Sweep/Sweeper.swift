import ContactStore
import Dispatch
import KafkaClient
import Logging
import Operations
import ProtectedIdentity
import RegistryWorker
import Synchronization

/// Sweeps a store, once or again and again. The configuration is read anew for each sweep: what is due follows from the
/// policies as they are when it is applied.
struct Sweeper: Sendable {
    let store: any OperationsStore
    /// Reads the configuration.
    let load: @Sendable () throws -> Assembly
    let parts: Set<SweepPart>
    /// Whether every contact is reconciled, and how many a second at most; nil: as the configuration says.
    var looksAtAll = false
    var rate: Int?
    let stop: StopFlag
    let logger: Logger

    /// One sweep. Blocks.
    func once(isDry: Bool, observer: any SweepObserver = SilentSweepObserver()) throws(CommandFailure) -> SweepReport {
        do {
            let assembly = try load()
            let topics = assembly.outgoingTopics
            let publisher = try KafkaMessagePublisher(
                ProducerConfiguration(
                    bootstrapServers: assembly.configuration.kafka.bootstrapServers, properties: assembly.properties),
                topic: { topics[$0] }, logger: logger)
            defer { publisher.close() }
            var settings = assembly.sweepSettings
            settings.looksAtAll = looksAtAll
            settings.rate = rate ?? assembly.configuration.sweepRate
            let sweep = Sweep(
                store: store, publisher: publisher, settings: settings, observer: observer,
                clock: { WallClock.now() }, isStopped: { [stop] in stop.isStopped })
            return try sweep.run(parts, isDry: isDry)
        } catch let failure as SweepFailure {
            throw CommandFailure(failure)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Sweeps until stopped. One that fails is told, and tried again at its time: what it has left is owed, and not lost.
    func repeatedly(every interval: Duration) {
        while !stop.isStopped {
            do throws(CommandFailure) {
                let report = try once(isDry: false)
                logger.info("swept", metadata: report.metadata)
                if let refused = report.reconciliation?.refused, refused > 0 {
                    logger.error(
                        "the store refuses to clear contacts: somebody is still exposed",
                        metadata: ["contacts": "\(refused)"])
                }
            } catch {
                logger.error("a sweep failed; the next one goes on", metadata: ["reason": "\(error.message)"])
            }
            stop.wait(atMost: interval)
        }
    }
}

extension Assembly {
    /// What a sweep needs to know.
    var sweepSettings: Sweep.Settings {
        Sweep.Settings(
            policies: policies, keyring: keyring, source: configuration.outcomesSource,
            retention: configuration.store.journalRetention)
    }
}

extension CommandFailure {
    init(_ failure: SweepFailure) {
        switch failure {
        case .store(let error): self.init(error)
        case .publishing(let error):
            self.init(
                .unavailable, "\(error). What is not known to be published stands as owed; the next sweep publishes it")
        }
    }
}
