import Dispatch
import Foundation
import Logging
import SQLiteContactStore
import Testing

@testable import protected_identity

@Suite("A sweeper beside a worker")
struct SweepingPartTests {
    private struct NotConfigured: Error {}

    private func part(
        _ folder: TemporaryFolder, patience: Duration, load: @escaping @Sendable () throws -> Assembly
    ) throws -> SweepingPart {
        SweepingPart(
            OpenStore(try SQLiteContactStore(path: folder.file("registry.sqlite"))), every: .seconds(3_600),
            endingWithin: patience, load: load, logger: Logger(label: "test"))
    }

    @Test("ends in the pause between two sweeps, and not behind it", .timeLimit(.minutes(10)))
    func ends() async throws {
        let folder = try TemporaryFolder()
        let part = try part(folder, patience: .seconds(3_600)) { throw NotConfigured() }
        part.stop()
        #expect(await part.run())
    }

    @Test("that does not come to its end is not waited for longer than it may take")
    func patience() async throws {
        #expect(try await endsWhileHeld(patience: .milliseconds(50), askedTimes: 1))
    }

    @Test("that is asked twice is not waited for at all", .timeLimit(.minutes(10)))
    func twice() async throws {
        #expect(try await endsWhileHeld(patience: .seconds(3_600), askedTimes: 2))
    }

    /// Runs a part whose sweep does not come to its end.
    private func endsWhileHeld(patience: Duration, askedTimes count: Int) async throws -> Bool {
        let folder = try TemporaryFolder()
        let goesOn = DispatchSemaphore(value: 0)
        defer { goesOn.signal() }
        let part = try part(folder, patience: patience) {
            goesOn.wait()
            throw NotConfigured()
        }
        let run = Task { await part.run() }
        for _ in 0..<count { part.stop() }
        return await run.value
    }
}
