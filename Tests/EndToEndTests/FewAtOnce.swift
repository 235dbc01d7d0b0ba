import Testing

extension Trait where Self == FewAtOnce {
    /// Only a few of the tests that carry this run at the same time, whatever suites they are in.
    static var fewAtOnce: FewAtOnce { FewAtOnce() }
}

/// Lets a few tests in, and the others wait: each runs several processes, and dozens of those on two cores make a test of a slow
/// machine out of each test of the worker.
struct FewAtOnce: SuiteTrait, TestTrait, TestScoping {
    private static let places = Places(8)

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        await Self.places.take()
        do {
            try await function()
        } catch {
            await Self.places.giveBack()
            throw error
        }
        await Self.places.giveBack()
    }
}

/// So many may be inside; who comes later is let in in the order of arrival.
private actor Places {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) {
        free = count
    }

    func take() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func giveBack() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
