import ServiceLifecycle
import Synchronization

/// Parts that begin together and end together: within a service group, one service.
///
/// A group would stop its services one after the other. These have one patience together, and a second request ends them at once.
final class RunningParts: Service {
    private let parts: [any WorkerPart]
    private let isAsked = Atomic<Bool>(false)
    private let areDrained = Atomic<Bool>(false)

    init(_ parts: [any WorkerPart]) {
        self.parts = parts
    }

    /// Whether all of them have finished what was in flight.
    var hasDrained: Bool { areDrained.load(ordering: .acquiring) }

    /// Asks all of them for their end; said again, at once.
    func stop() {
        isAsked.store(true, ordering: .releasing)
        for part in parts { part.stop() }
    }

    /// Runs them until all have ended. One that fails ends the others, and what it says is what is said.
    func run() async throws {
        let isDrained = try await withGracefulShutdownHandler {
            try await runAll()
        } onGracefulShutdown: {
            self.stopOnce()
        }
        areDrained.store(isDrained, ordering: .releasing)
    }

    private func runAll() async throws -> Bool {
        try await withTaskGroup(of: Result<Bool, any Error>.self) { group in
            for part in parts {
                group.addTask {
                    do {
                        return .success(try await part.run())
                    } catch {
                        return .failure(error)
                    }
                }
            }
            var end = Result<Bool, any Error>.success(true)
            for await result in group {
                switch (end, result) {
                case (.failure, _): break
                case (.success(let areDrained), .success(let isDrained)): end = .success(areDrained && isDrained)
                case (.success, .failure): end = result
                }
                stopOnce()
            }
            return end
        }.get()
    }

    /// Said a second time it would cut short what the others have in flight.
    private func stopOnce() {
        guard !isAsked.exchange(true, ordering: .acquiringAndReleasing) else { return }
        for part in parts { part.stop() }
    }
}
