import ContactStore
import InMemoryTracing
import KafkaClient
import RegistryWorker
import Synchronization
import Testing
import Tracing

@testable import RedactionWorker

/// A tracer is bootstrapped once in a process; the other tests of this one run under it, too.
private let tracer: InMemoryTracer = {
    let tracer = InMemoryTracer()
    InstrumentationSystem.bootstrap(tracer)
    return tracer
}()

@Suite("A batch is a span, where a tracer is bootstrapped", .serialized)
struct TracingTests {
    private let desk: Desk

    init() throws {
        _ = tracer
        desk = try Desk()
        try desk.put("c-1", number: testNumbers[0])
    }

    /// The spans of a batch of so many records: others may be at work.
    private func spans(of count: Int) -> [FinishedInMemorySpan] {
        tracer.finishedSpans.filter {
            $0.operationName == "apply batch"
                && $0.attributes["messaging.batch.message_count"]?.toSpanAttribute() == .int64(Int64(count))
        }
    }

    @Test("linked to the traces of its events, with their coordinates and nothing of what they say")
    func links() throws {
        let other = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let padding = (0..<94).map { Fed.garbage("garbage \($0)") }
        _ = try desk.apply(
            [
                .protection(testNumbers[0], id: "a", headers: [RecordHeader("traceparent", Desk.traceparent)]),
                .protection(testNumbers[1], id: "b"),
                .protection(testNumbers[2], id: "c", headers: [RecordHeader("traceparent", other)]),
            ] + padding)
        let span = try #require(spans(of: 97).last)
        #expect(span.links.count == 2)
        let offsets = span.links.compactMap { $0.attributes["messaging.kafka.offset"]?.toSpanAttribute() }
        #expect(offsets == [.int64(0), .int64(2)])
        let carriers = tracer.performedContextExtractions.compactMap { $0.carrier as? [String: String] }
        #expect(carriers.contains(["traceparent": Desk.traceparent]))
        #expect(carriers.contains(["traceparent": other]))
        // Whoever reads traces learns of no person.
        let told = "\(span.attributes) \(span.links.map { "\($0.attributes)" }) \(span.operationName)"
        for number in testNumbers { #expect(!told.contains(number)) }
        #expect(!told.contains("nordic-sport") && !told.contains("c-1"))
    }

    @Test("that has failed where the store has, by the kind of the failure")
    func failure() throws {
        desk.store.asked.withLock { $0.failures[0] = .transient("db:5432: 20000125-2386") }
        #expect(throws: (any Error).self) { try desk.apply((0..<83).map { .garbage("garbage \($0)") }) }
        let span = try #require(spans(of: 83).last)
        #expect(span.status?.code == .error)
        #expect(span.attributes["error.type"]?.toSpanAttribute() == .string("transient"))
        #expect(span.errors.isEmpty)
    }
}
