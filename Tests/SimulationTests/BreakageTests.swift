import KafkaClient
import RedactionWorker
import Simulation
import Testing

/// An oracle that nothing can displease shows nothing: each of these breakages of the protocol has to be noticed.
@Suite("The simulation notices")
struct BreakageTests {
    private func caught(_ what: String, _ alterations: @escaping @Sendable () -> Alterations) async -> Int {
        let reports = await Campaign(100).run(alterations)
        let caught = reports.filter { !$0.violations.isEmpty }
        let example = caught.first.map { ", such as seed \($0.seed): \($0.violations[0])" } ?? ""
        print("\(what): noticed by \(caught.count) of \(reports.count) seeds\(example)")
        return caught.count
    }

    @Test("when Kafka comes before the store")
    func kafkaBeforeStore() async {
        let count = await caught("Kafka before the store") {
            var alterations = Alterations()
            alterations.work = { work, store in
                // The work under simulation is the shipped one; anything else would go unbroken, and unnoticed.
                (work as? RedactionWork).map { KafkaBeforeStore(work: $0, store: store) } ?? work
            }
            return alterations
        }
        #expect(count > 0)
    }

    @Test("when the journal is not consulted")
    func journalNotConsulted() async {
        let count = await caught("the journal is not consulted") {
            var alterations = Alterations()
            alterations.work = { work, _ in ForgetfulWork(work) }
            return alterations
        }
        #expect(count > 0)
    }

    @Test("when a record is another event each time it is read, though duplicates are known")
    func journalForgetsRecords() async {
        let count = await caught("a record is another event each time it is read") {
            var alterations = Alterations()
            alterations.work = { work, _ in ForgetfulWork(work, forgetsOnlyPlaces: true) }
            return alterations
        }
        #expect(count > 0)
    }

    @Test("when revoked partitions are not struck")
    func notStruck() async {
        let count = await caught("revoked partitions are not struck") {
            var alterations = Alterations()
            alterations.hidesRebalance = { $0.kind == .revoked }
            return alterations
        }
        #expect(count > 0)
    }
}
