import ContactStore

// The store's troubles.
extension Simulation {
    /// Has the store get to a call, unless it did so in the middle of another one.
    func perform(_ call: StoreCall) {
        guard call.isWaiting else { return }
        storeTrouble.next =
            if storeAwayUntil > now || strikes(.storeRefused) {
                .before
            } else if strikes(.storeRolledBack) {
                .beforeCommit
            } else if strikes(.storeReplyLost) {
                .afterCommit
            } else {
                nil
            }
        call.perform()
        storeTrouble.next = nil
    }

    /// Is told of the points that a transaction reaches.
    func storeReached(_ point: StorePoint) {
        switch point {
        case .lockMet: count(.lockMet)
        case .underLock: overlapCalls()
        case .before, .beforeCommit, .afterCommit: break
        }
    }

    /// Has the other workers' calls run in the middle of the one under way.
    private func overlapCalls() {
        waitingCalls.removeAll { !$0.isWaiting }
        let ready = waitingCalls.filter { $0.canRun() }
        guard !isOverlapping, !ready.isEmpty, strikes(.storeOverlap) else { return }
        isOverlapping = true
        let next = storeTrouble.next
        storeTrouble.next = nil
        for other in ready.shuffled(using: &random) { other.perform() }
        storeTrouble.next = next
        isOverlapping = false
    }
}

/// What goes wrong in the store's transaction under way.
///
/// Unchecked, since the registry's closure has to be sendable; but a world and all that is in it run on one thread.
final class StoreTrouble: @unchecked Sendable {
    /// Where the transaction fails.
    var next: StorePoint?
    /// Is told of each point that is reached.
    var listener: (StorePoint) -> Void = { _ in }

    func reach(_ point: StorePoint) throws(StoreError) {
        listener(point)
        guard next == point else { return }
        next = nil
        throw .transient("simulated failure: \(point)")
    }
}

/// A call that a worker has sent to the store, and that the store gets to at some time.
final class StoreCall {
    private var body: (() -> Void)?
    /// Whether the worker that has sent it is still the same, and awake.
    let canRun: () -> Bool

    init(canRun: @escaping () -> Bool, _ body: @escaping () -> Void) {
        self.canRun = canRun
        self.body = body
    }

    var isWaiting: Bool { body != nil }

    func perform() {
        let body = body
        self.body = nil
        body?()
    }
}
