import Foundation
import Testing

/// Runs every job on a thread of its own: what a test does here blocks, and the pool that Swift runs tasks on has only
/// as many threads as there are cores.
private final class ThreadExecutor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}

/// Gives each test of a suite a thread, so that tests that mostly wait can wait at the same time.
struct OwnThreadTrait: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(ThreadExecutor(), operation: function)
    }
}

extension Trait where Self == OwnThreadTrait {
    static var ownThread: Self { OwnThreadTrait() }
}
