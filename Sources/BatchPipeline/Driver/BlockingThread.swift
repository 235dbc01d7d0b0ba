import Foundation
import Synchronization

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

    /// Runs `job` likewise, and waits for what it returns, but no longer than `patience`: `nil` where it is not done by then.
    /// It is done later, or never.
    func run<Result: Sendable>(within patience: Duration, _ job: @escaping @Sendable () -> Result) async -> Result? {
        await withCheckedContinuation { (continuation: CheckedContinuation<Result?, Never>) in
            let answer = Answer(continuation)
            perform { answer.give(job()) }
            Task {
                try? await Task.sleep(for: patience)
                answer.give(nil)
            }
        }
    }

    deinit {
        mailbox.close()
    }
}

/// A continuation that is resumed by whoever comes first.
private final class Answer<Result: Sendable>: Sendable {
    private let waiting: Mutex<CheckedContinuation<Result?, Never>?>

    init(_ continuation: CheckedContinuation<Result?, Never>) {
        waiting = Mutex(continuation)
    }

    func give(_ result: Result?) {
        waiting.withLock { $0.take() }?.resume(returning: result)
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
