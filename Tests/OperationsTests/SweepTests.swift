import ContactStore
import ContactStoreConformance
import Operations
import ProtectedIdentity
import Simulation
import Synchronization
import Testing

@Suite("A sweep")
struct SweepTests {
    @Test("every contact that is due is asked to be deleted, once, and nothing is owed after that")
    func selects() throws {
        let world = try SweepWorld(contacts: 20)
        let report = try world.sweep().run()
        #expect(report.selection?.requested == 20)
        #expect(report.owed == OwedCounts(slices: 0, messages: 0))
        #expect(world.topic.messages.count == 20)
        #expect(world.topic.keys == Set((0..<20).map { "c-\($0)" }))
        #expect(world.topic.messages.allSatisfy { $0.destination == .deletions })
        let again = try world.sweep().run()
        #expect(again.selection == SelectionCounts())
        #expect(world.topic.messages.count == 20)
    }

    @Test("whatever the store's transaction that it dies at, the next sweeps lose no request and invent none")
    func diesAtTheStore() throws {
        var points = 0
        var died = true
        while died {
            let world = try SweepWorld(contacts: 20)
            world.failStore(after: points)
            died = (try? world.sweep().run()) == nil
            world.failStore(after: .max)
            world.wait(.seconds(121))
            let report = try world.sweep().run()
            #expect(report.owed?.messages == 0, "died at \(points)")
            #expect(world.topic.keys.count == 20, "died at \(points)")
            #expect(world.topic.values.count == 20, "died at \(points)")
            #expect(world.topic.values.values.allSatisfy { $0.count == 1 }, "died at \(points)")
            points += 1
        }
        #expect(points > 10)
    }

    @Test("whatever the page that the broker takes in part, the next sweeps lose no request and invent none")
    func diesAtTheBroker() throws {
        for pages in 0..<3 {
            let world = try SweepWorld(contacts: 20)
            world.topic.fail(after: pages)
            #expect(throws: SweepFailure.self) { try world.sweep().run() }
            // What the other has in its hands is not taken from it before its time.
            let early = try world.sweep().run([.owed])
            #expect(early.republished == 0)
            #expect((early.owed?.messages ?? 0) > 0)
            world.wait(.seconds(121))
            #expect(try world.sweep().run().owed?.messages == 0)
            #expect(world.topic.keys.count == 20)
            #expect(world.topic.values.count == 20)
            #expect(world.topic.values.values.allSatisfy { $0.count == 1 })
        }
    }

    @Test("a selection alone publishes what an earlier one has left")
    func selectionPublishesWhatIsOwed() throws {
        let world = try SweepWorld(contacts: 5)
        world.topic.fail(after: 0)
        #expect(throws: SweepFailure.self) { try world.sweep().run([.selection]) }
        world.wait(.seconds(121))
        #expect(try world.sweep().run([.selection]).republished == 5)
        #expect(world.topic.keys.count == 5)
    }

    @Test("a dry sweep counts what the next one does, and does nothing")
    func dry() throws {
        let world = try SweepWorld(contacts: 20)
        world.wait(.seconds(40 * 86_400))
        let dry = try world.sweep().run(isDry: true)
        #expect(world.topic.messages.isEmpty)
        #expect(try world.registry.owed().messages == 0)
        let wet = try world.sweep().run()
        #expect(dry.selection == wet.selection)
        #expect(dry.purged == wet.purged)
        #expect(wet.purged?.journalRows == 20)
    }

    @Test("a part alone is the part alone")
    func parts() throws {
        let world = try SweepWorld(contacts: 5)
        world.wait(.seconds(40 * 86_400))
        let purge = try world.sweep().run([.purge])
        #expect(purge.selection == nil && purge.owed == nil)
        #expect(purge.purged == PurgeableCounts(journalRows: 5, persons: 0))
        #expect(world.topic.messages.isEmpty)
        let owed = try world.sweep().run([.owed])
        #expect(owed.selection == nil && owed.purged == nil)
        #expect(try world.sweep().run([.selection]).selection?.requested == 5)
    }

    @Test("a policy that has become keep cancels, and one that has become delete begins with the notice")
    func policies() throws {
        let world = try SweepWorld(contacts: 3)
        #expect(try world.sweep(policies: .keepEverywhere).run().selection?.cancelled == 3)
        let report = try world.sweep().run()
        #expect(report.selection?.scheduled == 3)
        #expect(report.selection?.requested == 0)
        #expect(world.topic.messages.suffix(3).allSatisfy { $0.destination == .notifications })
        world.wait(.seconds(60))
        #expect(try world.sweep().run().selection?.requested == 3)
        #expect(world.topic.values.count == 9)
    }

    @Test("a sweep that is stopped ends between two pages, says so, and owes nothing")
    func stops() throws {
        let world = try SweepWorld(contacts: 20)
        let asked = Mutex(0)
        let report = try world.sweep(isStopped: {
            asked.withLock { count in
                count += 1
                return count > 3
            }
        }).run()
        #expect(report.isStopped)
        #expect((1..<20).contains(report.selection?.requested ?? 0))
        #expect(try world.registry.owed().messages == 0)
        #expect(try world.sweep().run().isStopped == false)
        #expect(world.topic.keys.count == 20)
    }

    @Test("a contact that came back is redacted by a sweep that looks at all, with an outcome of its own, once")
    func reconciles() throws {
        let world = try SweepWorld(contacts: 3)
        world.registry.put(try Events.contact("again", number: Events.number(1), text: "x"))
        // The registry in memory does not tell what has changed.
        #expect(try world.sweep().run([.reconciliation]).reconciliation == ReconciliationCounts(extent: .none))
        let dry = try world.sweep(looksAtAll: true).run([.reconciliation], isDry: true)
        #expect(dry.reconciliation?.redacted == 1)
        let report = try world.sweep(looksAtAll: true).run([.reconciliation])
        #expect(report.reconciliation?.scanned == 4)
        #expect(report.reconciliation?.redacted == 1)
        #expect(world.topic.messages.map(\.destination) == [.outcomes, .notifications])
        #expect(world.topic.keys == ["again"])
        #expect(try world.registry.owed().messages == 0)
        #expect(try world.sweep(looksAtAll: true).run([.reconciliation]).reconciliation?.redacted == 0)
    }

    @Test("whatever it dies at, an outcome of the reconciliation is neither lost nor told twice under two identities")
    func reconciliationDies() throws {
        var points = 0
        var died = true
        while died {
            let world = try SweepWorld(contacts: 12)
            world.registry.put(
                try (0..<12).map { try Events.contact("b-\($0)", number: Events.number($0), text: "x") })
            world.failStore(after: points)
            died = (try? world.sweep(pageSize: 5, looksAtAll: true).run([.reconciliation])) == nil
            world.failStore(after: .max)
            world.wait(.seconds(121))
            _ = try world.sweep(pageSize: 5, looksAtAll: true).run([.reconciliation])
            #expect(world.topic.keys.count == 12, "died at \(points)")
            // An outcome and a notice for each of them.
            #expect(world.topic.values.count == 24, "died at \(points)")
            #expect(world.topic.values.values.allSatisfy { $0.count == 1 }, "died at \(points)")
            points += 1
        }
        #expect(points > 8)
    }

    @Test("a rate holds the reconciliation to so many contacts a second")
    func rate() throws {
        let world = try SweepWorld(contacts: 20)
        let begin = ContinuousClock.now
        _ = try world.sweep(pageSize: 5, looksAtAll: true, rate: 50).run([.reconciliation])
        #expect(ContinuousClock.now - begin >= .milliseconds(290))
    }
}
