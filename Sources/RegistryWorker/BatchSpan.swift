import BatchPipeline
import ContactStore
import ProtectedIdentity
import Tracing

/// A batch's way into the store as a span, linked to the traces of its events. Nothing, unless a tracer was bootstrapped: the
/// program does not, a program that embeds the worker may.
///
/// Names and attributes are OpenTelemetry's for messaging; of a record it has the coordinates, of an error the kind.
struct BatchSpan {
    private let span: (any Span)?

    init(of slices: [BatchPipeline.Slice<RegistryItem>], group: String) {
        let tracer = InstrumentationSystem.tracer
        guard !(tracer is NoOpTracer) else {
            span = nil
            return
        }
        let span = tracer.startSpan("apply batch", context: .topLevel, ofKind: .consumer)
        span.attributes["messaging.system"] = "kafka"
        span.attributes["messaging.operation.type"] = "process"
        span.attributes["messaging.consumer.group.name"] = group
        span.attributes["messaging.batch.message_count"] = slices.reduce(0) { $0 + $1.items.count }
        for item in slices.lazy.flatMap(\.items) {
            guard let traceparent = item.incoming.traceparent else { continue }
            var context = ServiceContext.topLevel
            tracer.extract(["traceparent": traceparent], into: &context, using: HeaderExtractor())
            let coordinates = item.incoming.coordinates
            span.addLink(
                SpanLink(
                    context: context,
                    attributes: [
                        "messaging.destination.name": .string(coordinates.topic),
                        "messaging.destination.partition.id": .string("\(coordinates.partition)"),
                        "messaging.kafka.offset": .int64(coordinates.offset),
                    ]))
        }
        self.span = span
    }

    /// Ends the span with `body`.
    func around<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
        do {
            let value = try body()
            span?.end()
            return value
        } catch {
            end(failing: error)
            throw error
        }
    }

    /// The failure's own words name servers and tables, and stay in the log.
    private func end(failing error: StoreError) {
        let kind =
            switch error {
            case .transient: "transient"
            case .refused: "refused"
            case .unusable: "unusable"
            case .setBack: "set-back"
            }
        span?.attributes["error.type"] = kind
        span?.setStatus(SpanStatus(code: .error))
        span?.end()
    }
}

private struct HeaderExtractor: Extractor {
    func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
}
