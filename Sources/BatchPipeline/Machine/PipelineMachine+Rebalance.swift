import KafkaClient

// Partitions that come and go.
extension PipelineMachine {
    mutating func receive(_ rebalance: Rebalance) {
        consumer = .idle
        switch rebalance.kind {
        case .assigned:
            effects.append(.answer(rebalance))
            effects.append(.notice(.assigned(rebalance.partitions)))
            assigned.formUnion(rebalance.partitions)
            unadmitted.formUnion(rebalance.partitions)
            toLookUp.formUnion(rebalance.partitions)
        case .revoked, .lost:
            depart(Set(rebalance.partitions))
            // What was struck is to be read again.
            if case .finishing = phase { phase = .running }
            let lost = rebalance.kind == .lost
            let abandonAt = lost ? now : wake(at: now + settings.revokePatience)
            let giveUpAt = wake(at: abandonAt + settings.revokePatience)
            // Lost partitions have a new owner already: nothing is left to be tidy for.
            barrier = Barrier(rebalance: rebalance, abandonAt: abandonAt, giveUpAt: giveUpAt, hasSettled: lost)
            effects.append(.notice(.departed(rebalance.partitions, lost: lost)))
        }
    }

    mutating func receive(_ standings: [PartitionStanding]) {
        consumer = .idle
        kafkaBackoff.reset()
        for standing in standings where toLookUp.remove(standing.partition) != nil {
            if case .open(let applied) = suspected[standing.partition] {
                suspected[standing.partition] = .settled
                if standing.end < applied {
                    effects.append(.notice(.alarm(.logBehindStore(standing, applied: applied))))
                }
            }
            toAdmit.append(standing)
        }
    }

    mutating func lookUpFailed(_ reason: String) {
        consumer = .idle
        let delay = kafkaBackoff.next()
        lookUpAt = wake(at: now + delay)
        effects.append(.notice(.lookUpRetry(failures: kafkaBackoff.failures, after: delay, reason: reason)))
    }

    mutating func storeAdmitted(_ alarms: [StandingAlarm]) {
        guard case .busy(.admit(let standings), let departed) = store else { return }
        store = .idle
        storeBackoff.reset()
        // A partition that left and came back meanwhile is looked up anew.
        var admitted = standings.filter { !departed.contains($0.partition) }
        var alarms = alarms
        alarms.removeAll { alarm in
            guard case .logBehindStore(let standing, let applied) = alarm else { return false }
            if suspected[standing.partition] == nil, !departed.contains(standing.partition) {
                suspected[standing.partition] = .open(applied: applied)
                toLookUp.insert(standing.partition)
                admitted.removeAll { $0.partition == standing.partition }
            }
            return true
        }
        unadmitted.subtract(admitted.map(\.partition))
        // What is committed is applied, unless that is just what is wrong.
        let wrong = Set(alarms.map(\.standing.partition))
        for standing in admitted where !wrong.contains(standing.partition) {
            appliedTo[standing.partition] = standing.committed
        }
        effects += alarms.map { .notice(.alarm($0)) }
    }

    mutating func advanceConsumer() {
        guard case .idle = consumer, isLive, !isStopping, barrier == nil else { return }
        if !toLookUp.isEmpty, lookUpAt.map(has(passed:)) ?? true {
            lookUpAt = nil
            consumer = .lookingUp
            effects.append(.lookUp(toLookUp.sorted()))
        } else if !isEnding {
            consumer = .polling
            effects.append(.poll(maximum: max(0, settings.maximumRecords - gathered.count)))
        }
    }

    /// Answers a revoke as soon as no Kafka transaction is open and the store has forgotten what was published.
    mutating func advanceBarrier() {
        guard isLive, var barrier else { return }
        if case .publishing(let slices, let departed, let abandoned) = kafka {
            if has(passed: barrier.giveUpAt) {
                end(.failed(.stuck))
            } else if has(passed: barrier.abandonAt), !abandoned {
                kafka = .publishing(slices, departed: departed, abandoned: true)
                effects.append(.abandon)
            }
            return
        }
        if !barrier.hasSettled, !has(passed: barrier.abandonAt) {
            switch store {
            case .busy:
                return
            case .idle where published.contains { barrier.rebalance.partitions.contains($0.partition) }:
                barrier.hasSettled = true
                self.barrier = barrier
                begin(.settle(published))
                return
            case .idle, .backingOff:
                break
            }
        } else if barrier.rebalance.kind == .revoked, case .busy(.settle, _) = store, !has(passed: barrier.abandonAt) {
            return
        }
        self.barrier = nil
        effects.append(.answer(barrier.rebalance))
    }

    /// Strikes `departed` from every stage. Under way it can only be remembered, and is struck when the reply comes.
    private mutating func depart(_ departed: Set<TopicPartition>) {
        assigned.subtract(departed)
        unadmitted.subtract(departed)
        toLookUp.subtract(departed)
        for partition in departed {
            readTo[partition] = nil
            appliedTo[partition] = nil
            suspected[partition] = nil
        }
        toAdmit.removeAll { departed.contains($0.partition) }
        gathered.strike(departed)
        ready.removeAll { departed.contains($0.partition) }
        switch store {
        case .idle: break
        case .busy(let work, let earlier): store = .busy(work, departed: earlier.union(departed))
        case .backingOff: strikeWaitingStoreWork(departed)
        }
        switch kafka {
        case .idle:
            break
        case .publishing(let slices, let earlier, let abandoned):
            kafka = .publishing(slices, departed: earlier.union(departed), abandoned: abandoned)
        case .backingOff(let slices, let until):
            let left = slices.filter { !departed.contains($0.partition) }
            kafka = left.isEmpty ? .idle : .backingOff(left, until: until)
        }
    }

    /// Strikes `departed` from work that waits to be repeated, and drops the work when nothing is left of it.
    mutating func strikeWaitingStoreWork(_ departed: Set<TopicPartition>) {
        guard case .backingOff(let work, let until) = store else { return }
        switch work {
        case .admit(let standings):
            let left = standings.filter { !departed.contains($0.partition) }
            store = left.isEmpty ? .idle : .backingOff(.admit(left), until: until)
        case .apply(let slices, let settling):
            let left = slices.filter { !departed.contains($0.partition) }
            store = left.isEmpty ? .idle : .backingOff(.apply(left, settling: settling), until: until)
        case .settle:
            break
        }
    }
}
