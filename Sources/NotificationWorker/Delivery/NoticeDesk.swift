internal import ContactStore
private import Dispatch
private import Foundation
internal import Logging
internal import ProtectedIdentity
private import Synchronization

/// Delivers the notices of a batch, several at once, each in three steps: taken in the store, handed over, noted in the store.
/// What is noted never goes out again, whatever becomes of the batch.
final class NoticeDesk: Sendable {
    /// What a batch has come to.
    struct Result: Sendable {
        var results: [DeletionNotice: NoticeResult] = [:]
        /// Why some of it is to be tried again; nil where all is known.
        var unfinished: String?
    }

    private struct Memory {
        /// What is known of notices whose batch has to come again.
        var known: [DeletionNotice: NoticeResult] = [:]
        /// When a notice was first put off.
        var putOff: [DeletionNotice: ContinuousClock.Instant] = [:]
        /// How often a notice was handed over without a word on whether it is out.
        var uncertain: [DeletionNotice: Int] = [:]
        /// When somebody else's got through for the last time.
        var lastDelivery: ContinuousClock.Instant?
    }

    private let store: any OperationsStore
    private let templates: NoticeTemplates
    private let transport: any NoticeTransport
    private let settings: NotificationSettings
    private let pace: Pace
    private let clock: @Sendable () -> Timestamp
    private let logger: Logger
    private let memory = Mutex(Memory())
    private let isStopped = Atomic<Bool>(false)

    /// How often a notice is handed over that may be out already.
    private static let mostUncertain = 2

    init(
        store: any OperationsStore, templates: NoticeTemplates, transport: any NoticeTransport,
        settings: NotificationSettings, clock: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.store = store
        self.templates = templates
        self.transport = transport
        self.settings = settings
        self.clock = clock
        self.logger = logger
        pace = Pace(perSecond: settings.rate)
    }

    /// Begins no further delivery; those under way go to their end.
    func stop() { isStopped.store(true, ordering: .releasing) }

    /// Delivers all of them, and waits for the last. One that is slow holds up no other, but for its thread.
    func deliver(_ deliveries: [NoticePlan.Delivery]) -> Result {
        let round = Round(deliveries.filter { known($0.notice) == nil })
        let threads = DispatchGroup()
        for _ in 0..<min(settings.concurrency, round.count) {
            threads.enter()
            Thread.detachNewThread { [self] in
                while let delivery = round.next() { round.note(attempt(delivery), of: delivery.notice) }
                threads.leave()
            }
        }
        threads.wait()
        var result = Result()
        result.unfinished = round.unfinished
        return memory.withLock { memory in
            memory.known.merge(round.results) { $1 }
            for notice in round.results.keys { (memory.putOff[notice], memory.uncertain[notice]) = (nil, nil) }
            for delivery in deliveries { result.results[delivery.notice] = memory.known[delivery.notice] }
            // The batch comes again as it is, and is forgotten with its end.
            if result.unfinished == nil { (memory.known, memory.putOff, memory.uncertain) = ([:], [:], [:]) }
            return result
        }
    }

    private func known(_ notice: DeletionNotice) -> NoticeResult? { memory.withLock { $0.known[notice] } }

    private enum Attempt {
        case known(NoticeResult)
        /// Try this one again.
        case again(String)
        /// Try everything again.
        case nothingNow(String)
    }

    private func attempt(_ delivery: NoticePlan.Delivery) -> Attempt {
        guard let rendered = templates.render(delivery) else { return .known(.failed(.undeliverable)) }
        pace.wait()
        guard !isStopped.load(ordering: .acquiring) else { return .nothingNow("the worker is asked to stop") }
        do throws(StoreError) {
            guard try store.takeNotice(delivery.notice, for: transport.timeout + .seconds(30)) else {
                return .again("another worker has a notice, or the registry says something else now")
            }
        } catch {
            return .nothingNow(error.description)
        }
        let reply = transport.deliver(OutgoingNotice(delivery: delivery, rendered: rendered, now: clock()))
        guard reply != .delivered else { return note(delivery.notice) }
        do throws(StoreError) {
            try store.giveBackNotice(delivery.notice)
        } catch {
            logger.notice(
                "a notice could not be given back; it is free when its lease ends", metadata: ["reason": "\(error)"])
        }
        return judge(reply, delivery.notice)
    }

    /// Notes a notice that is out. The store may be away for a moment, and what is not noted goes out again: it is asked for as
    /// long as the lease lasts.
    private func note(_ notice: DeletionNotice) -> Attempt {
        memory.withLock { $0.lastDelivery = .now }
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            do throws(StoreError) {
                try store.noteNotices([notice])
                return .known(.sent)
            } catch {
                guard .now < deadline else {
                    logger.error(
                        "a notice went out and could not be noted: it may go out again, under the same id",
                        metadata: ["reason": "\(error)"])
                    return .nothingNow(error.description)
                }
                Thread.sleep(forTimeInterval: 0.2)
            }
        }
    }

    private func judge(_ reply: DeliveryReply, _ notice: DeletionNotice) -> Attempt {
        switch reply {
        case .delivered: return .known(.sent)
        case .invalidAddress: return .known(.failed(.invalidAddress))
        case .refused(let reason):
            logger.warning("a notice was refused", metadata: ["reason": "\(reason)"])
            return .known(.failed(.undeliverable))
        case .unavailable(let reason): return .nothingNow(reason)
        case .uncertain(let reason):
            let count = memory.withLock { memory in
                let count = (memory.uncertain[notice] ?? 0) + 1
                memory.uncertain[notice] = count
                return count
            }
            guard count >= Self.mostUncertain else { return .again(reason) }
            logger.warning("a notice may be out, and is not sent once more", metadata: ["reason": "\(reason)"])
            return .known(.failed(.undelivered))
        case .deferred(let reason, let isAlive):
            let (first, lastDelivery) = memory.withLock { memory in
                let first = memory.putOff[notice] ?? .now
                memory.putOff[notice] = first
                return (first, memory.lastDelivery)
            }
            guard .now - first >= settings.retryFor else { return .again(reason) }
            // Where nobody gets through it is no fault of this one. Where it is alone nobody else can show that.
            let isItsOwn = isAlive || lastDelivery.map { $0 > first } ?? false || transport.probe() == .delivered
            guard isItsOwn else { return .again(reason) }
            logger.warning("a notice was put off for too long", metadata: ["reason": "\(reason)"])
            return .known(.failed(.undelivered))
        }
    }

    /// The deliveries of a batch, for the threads that share them.
    private final class Round: Sendable {
        private struct State {
            var left: ArraySlice<NoticePlan.Delivery>
            var results: [DeletionNotice: NoticeResult] = [:]
            var unfinished: String?
            var isOver = false
        }

        let count: Int
        private let state: Mutex<State>

        init(_ deliveries: [NoticePlan.Delivery]) {
            count = deliveries.count
            state = Mutex(State(left: deliveries[...]))
        }

        var results: [DeletionNotice: NoticeResult] { state.withLock { $0.results } }
        var unfinished: String? { state.withLock { $0.unfinished } }

        func next() -> NoticePlan.Delivery? { state.withLock { $0.isOver ? nil : $0.left.popFirst() } }

        func note(_ attempt: Attempt, of notice: DeletionNotice) {
            state.withLock { state in
                switch attempt {
                case .known(let result): state.results[notice] = result
                case .again(let reason): state.unfinished = state.unfinished ?? reason
                case .nothingNow(let reason):
                    state.unfinished = reason
                    state.isOver = true
                }
            }
        }
    }
}
