import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import protected_identity

@Suite("Parts of one process")
struct RunningPartsTests {
    /// Runs until it is stopped, or until it fails by itself.
    private final class Part: WorkerPart {
        struct Failed: Error {}

        let stops = Atomic<Int>(0)
        private let isDrained: Bool
        private let fails: Bool

        init(isDrained: Bool = true, fails: Bool = false) {
            self.isDrained = isDrained
            self.fails = fails
        }

        func run() async throws -> Bool {
            if fails { throw Failed() }
            while stops.load(ordering: .acquiring) == 0 { try await Task.sleep(for: .milliseconds(1)) }
            return isDrained
        }

        func stop() { stops.add(1, ordering: .acquiringAndReleasing) }
    }

    @Test("end together when they are asked to, and each is asked once: said again it would be cut short")
    func together() async throws {
        let parts = [Part(), Part(), Part()]
        let running = RunningParts(parts)
        async let end: Void = running.run()
        running.stop()
        try await end
        #expect(running.hasDrained)
        #expect(parts.map { $0.stops.load(ordering: .acquiring) } == [1, 1, 1])
    }

    @Test("have left something in flight if one of them has")
    func drained() async throws {
        let running = RunningParts([Part(), Part(isDrained: false)])
        async let end: Void = running.run()
        running.stop()
        try await end
        #expect(!running.hasDrained)
    }

    @Test("end in good order where the service group asks them to")
    func group() async throws {
        let part = Part()
        let running = RunningParts([part])
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: running)], logger: Logger(label: "test")))
        async let end: Void = group.run()
        await group.triggerGracefulShutdown()
        try await end
        #expect(running.hasDrained)
        #expect(part.stops.load(ordering: .acquiring) == 1)
    }

    @Test("one that fails ends the others in good order, and says why")
    func failure() async throws {
        let other = Part()
        await #expect(throws: Part.Failed.self) { try await RunningParts([other, Part(fails: true)]).run() }
        #expect(other.stops.load(ordering: .acquiring) == 1)
    }
}
