import BatchPipeline
import ContactStore
import KafkaClient

// Processes that die, stand still, come and go; servers that are away.
extension Simulation {
    /// Now and then something happens, as long as faults strike.
    func trouble() {
        schedule(after: random.duration(.milliseconds(200), .seconds(4))) {
            guard self.faultsAreOn else { return }
            self.happen()
            self.trouble()
        }
    }

    private func happen() {
        // Drawn in any case, so that a fault left out leaves the others as they are.
        let worker = (workers + replays.filter { !$0.isDone }).randomElement(using: &random)
        let delay = random.duration(.milliseconds(50), .seconds(5))
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1:
            guard let worker, strikes(.crash, onceIn: 1) else { break }
            worker.crash()
            schedule(after: delay) { if !worker.isUp, !worker.isDone { worker.start() } }
        case 2, 3:
            if let worker, strikes(.pause, onceIn: 1) { worker.pause(for: delay + delay) }
        case 4:
            guard let worker, strikes(.restart, onceIn: 1) else { break }
            worker.stop()
            schedule(after: delay) { if !worker.isUp, !worker.isDone { worker.start() } }
        case 5:
            guard workers.count < 4 else { break }
            addWorker(named: "\(workers.count)")
            workers.last?.start()
        case 6:
            if strikes(.storeOutage, onceIn: 2) { storeAwayUntil = now + delay }
        default:
            if strikes(.groupCoordinatorMove, onceIn: 2) {
                for name in groups.keys.sorted() { groups[name]?.moveCoordinator(until: now + delay) }
            }
            if strikes(.transactionCoordinatorMove, onceIn: 2) { transactionsAwayUntil = now + delay }
        }
    }
}
