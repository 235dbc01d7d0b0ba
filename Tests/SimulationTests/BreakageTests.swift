import BatchPipeline
import KafkaClient
import ProtectedIdentity
import RedactionWorker
import RegistryWorker
import Simulation
import Testing

/// An oracle that nothing can displease shows nothing: each of these breakages of a guarantee has to be noticed.
@Suite("The simulation notices when")
struct BreakageTests {
    struct Breakage: CustomTestStringConvertible {
        let name: String
        /// How many seeds are tried: more of what few of them notice.
        let seeds: Int
        let alterations: @Sendable () -> Alterations

        var testDescription: String { name }

        init(_ name: String, seeds: Int = 100, _ alter: @escaping @Sendable (inout Alterations) -> Void) {
            self.name = name
            self.seeds = seeds
            alterations = {
                var alterations = Alterations()
                alter(&alterations)
                return alterations
            }
        }
    }

    static let breakages = [
        Breakage("offsets are sent outside the transaction") { $0.sendsOffsetsOutsideTransaction = true },
        Breakage("Kafka comes before the store") { alterations in
            alterations.work = { work, registry in
                guard let work = work as? RedactionWork, let registry = registry as? InMemoryContactStore else {
                    // The work under simulation is the shipped one; anything else would go unbroken, and unnoticed.
                    return work
                }
                return KafkaBeforeStore(work: work, store: registry)
            }
        },
        Breakage("the journal is not consulted") { $0.work = { work, _ in ForgetfulWork(work) } },
        Breakage("a record is another event each time it is read, though duplicates are known") {
            $0.work = { work, _ in ForgetfulWork(work, forgetsOnlyPlaces: true) }
        },
        Breakage("slices are deleted before they are published") {
            $0.work = { work, _ in EarlySettlement(work: work) }
        },
        Breakage("a record publishes though it is not the outcome's home") {
            $0.store = { TalkativeStore($0, ignoring: .duplicate) }
        },
        Breakage("a record publishes again what it has published") {
            $0.store = { TalkativeStore($0, ignoring: .alreadyPublished) }
        },
        Breakage("revoked partitions are not struck") { $0.hidesRebalance = { $0.kind == .revoked } },
        Breakage("lost partitions are not struck, and offsets are sent without a member") {
            $0.hidesRebalance = { $0.kind == .lost }
            $0.sendsOffsetsWithoutMember = true
        },
        Breakage("a transaction of unknown result is published again from memory") {
            $0.publishesAgainAfterUnknownResult = true
        },
        // Noticed only where two workers meet over a person of whom nothing more is said afterwards.
        Breakage("persons are not locked", seeds: 800) { $0.locksPersons = false },
    ]

    @Test("this is broken:", arguments: breakages)
    func notices(_ breakage: Breakage) async throws {
        let reports = try await Campaign(Seeds.configured(default: breakage.seeds)).run(breakage.alterations)
        let caught = reports.filter { !$0.violations.isEmpty }
        let example = caught.first.map { ", such as seed \($0.seed): \($0.violations[0])" } ?? ""
        print("broken: \(breakage.name): noticed by \(caught.count) of \(reports.count) seeds\(example)")
        #expect(!caught.isEmpty)
    }

    @Test("the history of a breakage can be shrunk to a few records and faults that still show it")
    func shrinks() async throws {
        let breakage = Self.breakages[2]
        let alterations = breakage.alterations
        let broken = try #require(try await Campaign(1...50).run(alterations).first { !$0.violations.isEmpty })
        let shortest = try #require(try Shrinking(seed: broken.seed, alterations: alterations(), budget: 300).run())
        #expect(!shortest.report.violations.isEmpty)
        #expect(shortest.report.records < broken.records / 2)
        #expect(shortest.report.strikes.count <= broken.strikes.count / 2)
        #expect(!shortest.report.history.isEmpty)
        // The plan alone gives the same history again.
        let again = try Simulation.run(
            seed: broken.seed, plan: shortest.plan, recordsHistory: true, alterations: alterations())
        #expect(again.history == shortest.report.history)
    }
}
