import Foundation

/// A thread for calls that block, so that none of them holds up a thread of the cooperative pool.
///
/// Jobs run one at a time in the order of asking. How many can wait is bounded by who asks: the pipeline has at most one
/// operation a thread under way, and a few answers behind it.
final class BlockingThread: Sendable {
    private let mailbox = Mailbox()

    init(name: String) {
        let mailbox = mailbox
        let thread = Thread {
            while let job = mailbox.next() { job() }
        }
        thread.name = name
        thread.start()
    }

    /// Runs `job` behind those that were asked for before.
    func perform(_ job: @escaping @Sendable () -> Void) {
        mailbox.put(job)
    }

    /// Runs `job` likewise, and waits for what it returns.
    func run<Result: Sendable>(_ job: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            perform { continuation.resume(returning: job()) }
        }
    }

    deinit {
        mailbox.close()
    }
}

/// The jobs of one thread. `@unchecked Sendable`: all state is read and written under `condition`'s lock.
private final class Mailbox: @unchecked Sendable {
    private let condition = NSCondition()
    private var jobs: [@Sendable () -> Void] = []
    private var isClosed = false

    func put(_ job: @escaping @Sendable () -> Void) {
        condition.withLock {
            jobs.append(job)
            condition.signal()
        }
    }

    /// The next job; `nil` when no more will come.
    func next() -> (@Sendable () -> Void)? {
        condition.withLock {
            while jobs.isEmpty, !isClosed { condition.wait() }
            return jobs.isEmpty ? nil : jobs.removeFirst()
        }
    }

    func close() {
        condition.withLock {
            isClosed = true
            condition.signal()
        }
    }
}
