internal import CRdkafka
internal import Logging
internal import Synchronization

/// What librdkafka's callbacks of one client reach through its opaque pointer: the logger and the account of
/// deliveries. Callbacks come from librdkafka's threads, so everything in it is thread-safe.
final class ClientContext: Sendable {
    /// Records delivered and not delivered since the client was made, or since the last transaction began.
    struct Deliveries: Sendable {
        var delivered = 0
        var failed = 0
        var firstFailure: KafkaErrorCode?
    }

    let logger: Logger
    let deliveries = Mutex(Deliveries())

    init(logger: Logger) {
        self.logger = logger
    }

    func countDelivery(of message: UnsafePointer<rd_kafka_message_t>) {
        let error = message.pointee.err
        deliveries.withLock { deliveries in
            if error == RD_KAFKA_RESP_ERR_NO_ERROR {
                deliveries.delivered += 1
            } else {
                deliveries.failed += 1
                // What was dropped because of a failure does not explain it.
                let isDropped = error == RD_KAFKA_RESP_ERR__PURGE_QUEUE || error == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT
                if deliveries.firstFailure == nil, !isDropped { deliveries.firstFailure = KafkaErrorCode(error) }
            }
        }
    }

    func log(level: Int32, facility: String, line: String) {
        logger.log(
            level: Self.level(of: level, facility: facility), "\(line)",
            metadata: ["facility": .string(facility)], source: "librdkafka")
    }

    /// syslog's levels to swift-log's.
    private static func level(of level: Int32, facility: String) -> Logger.Level {
        // One set of properties serves consumers and producers; librdkafka warns of those that do not concern a client.
        if facility == "CONFWARN" { return .debug }
        return switch level {
        case ...2: .critical
        case 3: .error
        case 4: .warning
        case 5: .notice
        case 6: .info
        default: .debug
        }
    }
}

/// librdkafka calls these without a context of Swift's; the client's opaque pointer leads back to it.
private func context(of client: OpaquePointer?) -> ClientContext? {
    guard let client, let opaque = rd_kafka_opaque(client) else { return nil }
    return Unmanaged<ClientContext>.fromOpaque(opaque).takeUnretainedValue()
}

let logCallback: @convention(c) (OpaquePointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Void = {
    client, level, facility, line in
    guard let context = context(of: client), let facility, let line else { return }
    context.log(level: level, facility: String(cString: facility), line: String(cString: line))
}

let deliveryCallback:
    @convention(c) (OpaquePointer?, UnsafePointer<rd_kafka_message_t>?, UnsafeMutableRawPointer?) -> Void = {
        client, message, _ in
        guard let context = context(of: client), let message else { return }
        context.countDelivery(of: message)
    }
