import NIOCore

/// Ends a connection a minute after it began, whatever it does: who sends a byte now and then is never idle, and would keep its
/// place for ever. Probes, Prometheus and browsers open another one.
final class ConnectionLifetime: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private static let limit = TimeAmount.seconds(60)
    private var end: Scheduled<Void>?

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        end = context.eventLoop.scheduleTask(in: Self.limit) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end?.cancel()
    }
}
