import BatchPipeline
import ContactStore
import KafkaClient
import ProtectedIdentity
import Simulation
import Synchronization
import Testing

@Suite("What the deletion worker promises")
struct GuaranteeTests {
    /// Requests for contacts `c-0`, `c-1`, ….
    private func requests(_ count: Int, _ office: Office) throws -> [EncodedMessage] {
        for index in 0..<count {
            try office.put("c-\(index)", number: nil)
            try office.say("protected", contact: "c-\(index)")
        }
        office.pass(Office.period)
        return try office.sweep()
    }

    @Test("one outcome for each command: copies lead to nothing, wherever they stand")
    func copies() throws {
        let office = try Office(requiresNotice: false)
        let requests = try requests(3, office)
        #expect(try office.carryOut(requests + requests).map(\.told) == ["deleted", "deleted", "deleted"])
        #expect(try office.carryOut(requests).isEmpty)
    }

    @Test("a batch that comes again, since its transaction was lost, publishes the same bytes")
    func again() throws {
        let office = try Office(requiresNotice: false)
        let requests = try requests(3, office)
        let first = try office.carryOut(requests, from: 0).flatMap(\.messages)
        office.pass(.seconds(3_600))
        let second = try office.carryOut(requests, from: 0).flatMap(\.messages)
        #expect(first.map(\.text) == second.map(\.text))
        #expect(first.map { $0.header("ce_id") } == second.map { $0.header("ce_id") })
    }

    @Test("a contact that the store refuses to delete stands alone in the quarantine, and the others are deleted")
    func refused() throws {
        let tries = Mutex<ReferredStore?>(nil)
        let office = try Office(requiresNotice: false) { registry in
            let store = ReferredStore(registry, referred: ["c-3", "c-11"])
            tries.withLock { $0 = store }
            return store
        }
        let told = try office.carryOut(requests(16, office))
        #expect(told.count { $0.told == "deleted" } == 14)
        let aside = told.filter { $0.destination == .quarantine }
        #expect(aside.map(\.told) == ["quarantined: refused-by-store", "quarantined: refused-by-store"])
        // In the order of their keys: c-0, c-1, c-10, c-11, …
        #expect(Set(aside.map { String(decoding: $0.key, as: UTF8.self) }) == ["deletions-0@3", "deletions-0@9"])
        for index in 0..<16 { #expect(try office.exists("c-\(index)") == [3, 11].contains(index)) }
    }

    @Test("another worker's commands, events and bytes are set aside with a reason")
    func others() throws {
        let office = try Office()
        func record(_ type: String, _ data: String) -> OutgoingRecord {
            OutgoingRecord(
                topic: "deletions", value: Array(data.utf8),
                headers: [
                    RecordHeader("ce_specversion", "1.0"), RecordHeader("ce_id", type + data),
                    RecordHeader("ce_source", "/w"), RecordHeader("ce_type", type),
                ])
        }
        let told = try office.carryOut([
            record("protected-identity.notification.requested.v1", "{}"), record(StatusEvent.type, "{}"),
            record("protected-identity.deletion.requested.v1", "{}"),
            record("protected-identity.deletion.requested.v1", "{"),
            OutgoingRecord(topic: "deletions", value: Array("no event".utf8), headers: []),
        ])
        #expect(
            told.map(\.told) == [
                "quarantined: unknown-type", "quarantined: unknown-type", "quarantined: invalid-data",
                "quarantined: undecodable", "quarantined: invalid-envelope",
            ])
    }

    @Test("a configuration that cannot be read lets the batch wait: nothing is deleted, and nothing lost")
    func unreadable() throws {
        let office = try Office(requiresNotice: false)
        let requests = try requests(1, office)
        office.setReadable(false)
        #expect {
            try office.carryOut(requests, from: 0)
        } throws: { error in
            if case .transient = error as? StoreFailure { true } else { false }
        }
        #expect(try office.exists("c-0"))
        office.setReadable(true)
        #expect(try office.carryOut(requests, from: 0).flatMap(\.messages).map(\.told) == ["deleted"])
    }
}
