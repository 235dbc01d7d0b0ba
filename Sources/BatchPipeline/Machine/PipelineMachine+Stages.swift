import KafkaClient

// The way of a batch: gathered, applied, published, settled.
extension PipelineMachine {
    mutating func receive(_ slices: [Slice<Item>]) {
        consumer = .idle
        guard case .running = phase else { return }
        // A poll may still hand over records of partitions that we have begun to give up.
        for slice in slices where assigned.contains(slice.partition) && slice.first <= slice.last {
            if let readTo = readTo[slice.partition], slice.first < readTo {
                return end(.failed(.logBegunAnew(slice.partition, at: slice.first, after: readTo)))
            }
            readTo[slice.partition] = slice.last + 1
            gathered.add(slice)
        }
    }

    mutating func storeApplied(_ slices: [AppliedSlice<Message>]) {
        guard case .busy(.apply(_, let settled), let departed) = store else { return }
        store = .idle
        storeBackoff.reset()
        forget(settled)
        ready = slices.filter { !departed.contains($0.partition) }
        for slice in ready { appliedTo[slice.partition] = slice.last + 1 }
    }

    mutating func storeSettled() {
        guard case .busy(.settle(let settled), _) = store else { return }
        store = .idle
        storeBackoff.reset()
        forget(settled)
    }

    mutating func storeFailed(_ failure: StoreFailure) {
        guard case .busy(let work, let departed) = store else { return }
        switch failure {
        case .permanent(let reason):
            end(.failed(.store(reason)))
        case .setBack(let reason):
            end(.failed(.storeSetBack(reason)))
        case .transient(let reason):
            let delay = storeBackoff.next()
            store = .backingOff(work, until: wake(at: now + delay))
            strikeWaitingStoreWork(departed)
            effects.append(.notice(.storeRetry(failures: storeBackoff.failures, after: delay, reason: reason)))
        }
    }

    mutating func kafkaPublished() {
        guard case .publishing(let slices, _, _) = kafka else { return }
        kafka = .idle
        kafkaBackoff.reset()
        published += slices.map { PublishedSlice(id: $0.id, partition: $0.partition, last: $0.last) }
        settleAt = wake(at: now + settings.settleAfter)
    }

    mutating func kafkaAborted(_ reason: String) {
        guard case .publishing(let slices, let departed, let abandoned) = kafka else { return }
        let left = slices.filter { !departed.contains($0.partition) }
        guard !left.isEmpty else {
            kafka = .idle
            return
        }
        let delay = abandoned ? .zero : kafkaBackoff.next()
        kafka = .backingOff(left, until: wake(at: now + delay))
        if !abandoned {
            effects.append(.notice(.kafkaRetry(failures: kafkaBackoff.failures, after: delay, reason: reason)))
        }
    }

    /// Mostly a heartbeat tells soon that our partitions are lost, and the batch is struck. Where none does, the batch
    /// would be refused for ever: only a new membership helps.
    mutating func kafkaRefused(_ reason: String) {
        guard case .publishing = kafka else { return }
        let since = refusedSince ?? now
        refusedSince = since
        guard has(passed: since + settings.refusalPatience) else { return kafkaAborted(reason) }
        end(.failed(.consumer(reason)))
    }

    mutating func advanceKafka() {
        guard barrier == nil, isLive else { return }
        switch kafka {
        case .publishing:
            break
        case .backingOff(let slices, let until):
            if has(passed: until) { publish(slices) }
        case .idle:
            refusedSince = nil
            if !ready.isEmpty {
                publish(ready)
                ready = []
            }
        }
    }

    mutating func advanceStore() {
        guard isLive else { return }
        switch store {
        case .busy:
            break
        case .backingOff(let work, let until):
            if barrier == nil, has(passed: until) { begin(work) }
        case .idle:
            if barrier == nil, let work = nextStoreWork() { begin(work) }
        }
    }

    mutating func begin(_ work: StoreWork) {
        store = .busy(work, departed: [])
        switch work {
        case .admit(let standings): effects.append(.admit(standings))
        case .apply(let slices, let settling): effects.append(.apply(slices, settling: settling))
        case .settle(let slices): effects.append(.settle(slices))
        }
    }

    private mutating func nextStoreWork() -> StoreWork? {
        if !toAdmit.isEmpty {
            defer { toAdmit = [] }
            return .admit(toAdmit)
        }
        if ready.isEmpty, isBatchDue() {
            nextBatchAt = now + settings.minimumInterval
            let batch = nextBatch()
            for slice in batch {
                guard let follows = slice.follows, slice.first < follows else { continue }
                end(.failed(.readFromBefore(slice.partition, at: slice.first, committed: follows)))
                return nil
            }
            return .apply(batch, settling: published)
        }
        if !published.isEmpty, isEnding || settleAt.map(has(passed:)) == true {
            // At an end the last batch is still to be published; its deletion would need one more transaction.
            if isEnding, !ready.isEmpty || !isKafkaIdle { return nil }
            return .settle(published)
        }
        return nil
    }

    private mutating func nextBatch() -> [Slice<Item>] {
        gathered.take(except: unadmitted).map { slice in
            var slice = slice
            slice.follows = appliedTo[slice.partition]
            return slice
        }
    }

    private mutating func isBatchDue() -> Bool {
        guard gathered.holdsMore(than: unadmitted) else { return false }
        if gathered.count >= settings.maximumRecords || has(passed: nextBatchAt) { return true }
        effects.append(.wake(at: nextBatchAt))
        return false
    }

    private mutating func publish(_ slices: [AppliedSlice<Message>]) {
        kafka = .publishing(slices, departed: [], abandoned: false)
        effects.append(.publish(slices))
    }

    private mutating func forget(_ settled: [PublishedSlice]) {
        // Only ever appended to, so what was settled is its beginning.
        published.removeFirst(min(settled.count, published.count))
    }

    var isLive: Bool {
        if case .ended = phase { false } else { true }
    }

    var isKafkaIdle: Bool {
        if case .idle = kafka { true } else { false }
    }

    var isStoreIdle: Bool {
        if case .idle = store { true } else { false }
    }
}
