import BatchPipeline
import KafkaClient
import ProtectedIdentity

// The producer's thread: one transaction, request by request.
extension SimulatedWorker {
    func publish(_ slices: [AppliedSlice<EncodedMessage>], encodedBy work: Alterations.Work) {
        wasAbandoned = false
        isPublishing = true
        let records = slices.flatMap { $0.messages.map(work.encode) }
        let offsets = Dictionary(slices.map { ($0.partition, $0.last + 1) }) { max($0, $1) }
        step {
            try self.world.log.begin(self.transactionalID, epoch: self.epoch, at: self.world.now)
        } then: {
            self.step {
                let (id, epoch, now) = (self.transactionalID, self.epoch, self.world.now)
                try self.world.log.produce(id, epoch: epoch, records, at: now)
            } then: {
                self.step {
                    try self.send(offsets)
                } then: {
                    self.commit(offsets)
                }
            }
        }
    }

    private func end(_ reply: Machine.Input) {
        isPublishing = false
        feed(reply)
    }

    /// One request to the broker, unless the transaction is to be given up. Some take longer than a rebalance, so that one
    /// falls into the middle of a transaction.
    private func step(_ request: @escaping () throws -> Void, then next: @escaping () -> Void) {
        let isSlow = world.strikes(.requestDelayed)
        after(.milliseconds(1), isSlow ? .seconds(3) : .milliseconds(80)) {
            self.attempt(request, then: next, attempts: 5)
        }
    }

    /// A coordinator that is away is asked again by the client itself, and then by the task that publishes.
    private func attempt(
        _ request: @escaping () throws -> Void, then next: @escaping () -> Void, attempts: Int
    ) {
        if wasAbandoned { return abort("abandoned") }
        if world.transactionsAwayUntil > world.now {
            guard attempts > 1 else { return abort("the coordinator is away") }
            return after(.milliseconds(50), .milliseconds(400)) {
                self.attempt(request, then: next, attempts: attempts - 1)
            }
        }
        if world.strikes(.requestRefused) { return abort("refused") }
        if world.strikes(.producerFatal) { return end(.publishEnded(.producer("fatal"))) }
        do {
            try request()
            next()
        } catch LogError.illegalGeneration {
            abort("illegal generation", isRefused: true)
        } catch {
            end(.publishEnded(.producer("\(error)")))
        }
    }

    private func send(_ offsets: [TopicPartition: Int64]) throws {
        if consumer.isManual {
            guard world.groups[group]?.awayUntil ?? world.now <= world.now else { throw LogError.illegalGeneration }
            return try world.log.send(transactionalID, epoch: epoch, of: group, offsets: offsets)
        }
        if consumer.memberID.isEmpty { world.count(.emptyMemberID) }
        if !consumer.memberID.isEmpty, world.strikes(.offsetsRefused) {
            world.groups[group]?.refuse(consumer.memberID)
        }
        // As the client does it: without a member the transaction is aborted, the broker would take anything.
        let isSomebody = !consumer.memberID.isEmpty || world.alterations.sendsOffsetsWithoutMember
        guard isSomebody, !consumer.isSomebodyElse, let coordinator = world.groups[group],
            coordinator.awayUntil <= world.now,
            coordinator.mayCommit(consumer.memberID, generation: consumer.generation)
        else { throw LogError.illegalGeneration }
        if world.alterations.sendsOffsetsOutsideTransaction {
            for (partition, offset) in offsets { world.log.move(group, in: partition, to: offset) }
        } else {
            try world.log.send(transactionalID, epoch: epoch, of: group, offsets: offsets)
        }
    }

    private func commit(_ offsets: [TopicPartition: Int64]) {
        after(.milliseconds(1), .milliseconds(80)) {
            if self.wasAbandoned { return self.abort("abandoned") }
            // The client asks until it has an answer.
            if self.world.transactionsAwayUntil > self.world.now { return self.commit(offsets) }
            let isLost = self.world.strikes(.commitReplyLost)
            do {
                if !isLost || self.world.random.once(in: 2) {
                    try self.world.log.commit(self.transactionalID, epoch: self.epoch)
                    self.world.note(
                        self.name,
                        "publishes \(offsets.sorted { $0.key < $1.key }.map { "\($0.key)→\($0.value)" })")
                }
            } catch {
                return self.end(.publishEnded(.producer("\(error)")))
            }
            self.after(.milliseconds(0), .milliseconds(80)) {
                guard isLost else { return self.end(.published) }
                guard self.world.alterations.publishesAgainAfterUnknownResult else {
                    return self.end(.publishEnded(.unknownCommit("no reply")))
                }
                self.abort("no reply")
            }
        }
    }

    private func abort(_ reason: String, isRefused: Bool = false) {
        after(.milliseconds(1), .milliseconds(40)) {
            if self.world.transactionsAwayUntil > self.world.now { return self.abort(reason, isRefused: isRefused) }
            do {
                try self.world.log.abort(self.transactionalID, epoch: self.epoch)
                self.end(isRefused ? .publishRefused(reason) : .publishAborted(reason))
            } catch {
                self.end(.publishEnded(.producer("\(error)")))
            }
        }
    }
}
