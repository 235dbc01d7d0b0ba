import Dispatch
import Foundation
import Logging
import SQLiteContactStore
import Testing

@testable import protected_identity

@Suite("A sweeper beside a worker")
struct BackgroundSweeperTests {
    private struct NotConfigured: Error {}

    private func store(_ folder: TemporaryFolder) throws -> OpenStore {
        OpenStore(try SQLiteContactStore(path: folder.file("registry.sqlite")))
    }

    @Test("ends in the pause between two sweeps at once")
    func ends() async throws {
        let folder = try TemporaryFolder()
        let sweeper = BackgroundSweeper(
            try store(folder), every: .seconds(3_600), load: { throw NotConfigured() }, logger: Logger(label: "test"))
        #expect(await sweeper.end(within: .seconds(20)))
    }

    @Test("that does not come to its end is not waited for longer than it may take")
    func patience() async throws {
        let folder = try TemporaryFolder()
        let (began, goesOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let sweeper = BackgroundSweeper(
            try store(folder), every: .seconds(3_600),
            load: {
                began.signal()
                goesOn.wait()
                throw NotConfigured()
            }, logger: Logger(label: "test"))
        let wait = BlockingCall { () throws(Never) in began.wait(timeout: .now() + 20) == .success }
        #expect(await wait.result())
        #expect(await sweeper.end(within: .milliseconds(50)) == false)
        goesOn.signal()
        #expect(await sweeper.end(within: .seconds(20)))
    }
}
