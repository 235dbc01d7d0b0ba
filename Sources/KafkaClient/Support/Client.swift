internal import CRdkafka
internal import Foundation
internal import Logging
internal import Synchronization

/// One instance of librdkafka, and how it is taken down without hanging.
///
/// librdkafka is thread-safe; what is not (a transaction's calls, a rebalance's answer) is serialised by the owners.
final class Client: Sendable {
    enum Kind {
        case consumer
        case producer
    }

    /// A pointer that may cross threads: librdkafka's instances and queues are thread-safe by contract (rdkafka.h,
    /// "Thread-safety"), and the class around it decides when it dies.
    struct Pointer: @unchecked Sendable {
        let raw: OpaquePointer
    }

    private struct Closing: Sendable {
        /// Whether anybody has begun to take it down (or has decided to leave it).
        var isClosed = false
        /// How many calls are inside librdkafka with this instance.
        var calls = 0
        var queues: [Pointer] = []
    }

    private let pointer: Pointer
    let context: ClientContext
    private let closing = Mutex(Closing())
    /// Signalled once: closed, and no call left inside.
    private let drained = DispatchSemaphore(value: 0)

    /// The instance, for calls that cannot meet its end: those that exclude closing by other means.
    var raw: OpaquePointer { pointer.raw }

    /// Makes a call that may meet the instance's end on another thread: the instance lives until the call is over, and
    /// no call begins after it was closed.
    ///
    /// - Throws: ``KafkaErrorCode/state`` if it is closed, or what the call throws.
    func call<Result>(
        _ operation: String, _ body: (_ instance: OpaquePointer) throws(KafkaError) -> Result
    ) throws(KafkaError) -> Result {
        let mayEnter = closing.withLock { closing in
            if !closing.isClosed { closing.calls += 1 }
            return !closing.isClosed
        }
        guard mayEnter else { throw KafkaError(code: .state, reason: "the client is closed", operation: operation) }
        defer {
            let isLast = closing.withLock { closing in
                closing.calls -= 1
                return closing.isClosed && closing.calls == 0
            }
            if isLast { drained.signal() }
        }
        return try body(pointer.raw)
    }

    /// - Parameters:
    ///   - configure: further calls on the configuration before the instance is made.
    init(
        _ kind: Kind, settings: [(name: String, value: String)], logger: Logger,
        configure: (_ configuration: OpaquePointer) -> Void = { _ in }
    ) throws(KafkaConfigurationError) {
        let configuration = ClientConfiguration()
        let faults = settings.compactMap { configuration.set($0.name, $0.value) }
        guard faults.isEmpty else { throw KafkaConfigurationError(faults: faults) }

        let context = ClientContext(logger: logger)
        let draft = configuration.duplicate()
        let opaque = Unmanaged.passRetained(context)
        rd_kafka_conf_set_opaque(draft, opaque.toOpaque())
        rd_kafka_conf_set_log_cb(draft, logCallback)
        // Tokens are refreshed on a thread of librdkafka's, not when somebody happens to poll.
        let refreshesTokens = settings.contains { $0.name.hasPrefix("sasl.mechanism") && $0.value == "OAUTHBEARER" }
        if refreshesTokens { rd_kafka_conf_enable_sasl_queue(draft, 1) }
        configure(draft)

        var text = [CChar](repeating: 0, count: 512)
        let type = kind == .consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER
        guard let instance = rd_kafka_new(type, draft, &text, text.count) else {
            rd_kafka_conf_destroy(draft)
            opaque.release()
            let reason = text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
            throw KafkaConfigurationError(faults: [
                .init(property: "", kind: .inconsistent, reason: Self.masked(reason, settings: settings))
            ])
        }
        if refreshesTokens, let error = rd_kafka_sasl_background_callbacks_enable(instance) {
            rd_kafka_error_destroy(error)
        }
        self.pointer = Pointer(raw: instance)
        self.context = context
    }

    deinit {
        // Nobody closed it: take it down behind the back of whoever let go, who must not be blocked here.
        _ = close(flags: RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE, within: .zero)
    }

    /// Hands over a queue that has to be destroyed before the instance is.
    func own(_ queue: OpaquePointer) {
        let queue = Pointer(raw: queue)
        closing.withLock { $0.queues.append(queue) }
    }

    /// Leaves the instance as it is for the life of the process: for states in which librdkafka crashes or hangs on the
    /// way down.
    func abandon() {
        closing.withLock { $0.isClosed = true }
    }

    /// Destroys the instance on a thread of its own, since destroying may hang (#4724, #4187).
    ///
    /// - Returns: Whether it was gone within `timeout`; if not it is left to finish, or to hang, alone.
    func close(flags: Int32 = 0, within timeout: Duration) -> Bool {
        let queues: [Pointer]? = closing.withLock { closing in
            guard !closing.isClosed else { return nil }
            closing.isClosed = true
            if closing.calls == 0 { self.drained.signal() }
            defer { closing.queues = [] }
            return closing.queues
        }
        guard let queues else { return true }

        let pointer = pointer
        let context = context
        let drained = drained
        let finished = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            drained.wait()
            for queue in queues { rd_kafka_queue_destroy(queue.raw) }
            rd_kafka_destroy_flags(pointer.raw, flags)
            // From here on librdkafka calls nobody: the reference that its opaque pointer held ends.
            Unmanaged.passUnretained(context).release()
            finished.signal()
        }
        return finished.wait(timeout: .now() + .milliseconds(Int(timeout.milliseconds))) == .success
    }

    /// librdkafka's message about a whole configuration, with no secret value in it.
    private static func masked(_ reason: String, settings: [(name: String, value: String)]) -> String {
        settings.filter { KafkaProperties.isSecret($0.name) && !$0.value.isEmpty }.reduce(reason) { text, setting in
            text.split(separator: setting.value, omittingEmptySubsequences: false).joined(separator: "…")
        }
    }
}
