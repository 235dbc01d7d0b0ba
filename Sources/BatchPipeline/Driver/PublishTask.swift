import KafkaClient
import Synchronization

/// One Kafka transaction, from begin to the word on how it ended. Blocks; runs on the producer's thread.
struct PublishTask {
    /// Set from the loop when the transaction is to be given up.
    final class AbandonFlag: Sendable {
        private let flag = Atomic<Bool>(false)

        var isRaised: Bool { flag.load(ordering: .acquiring) }

        func raise() { flag.store(true, ordering: .releasing) }
        func lower() { flag.store(false, ordering: .releasing) }
    }

    enum Outcome: Sendable {
        case published
        case aborted(String)
        /// Aborted, since the group does not take this member's offsets.
        case refused(String)
        case ended(SessionFailure)
    }

    private enum Failure: Error {
        case abandoned
        case kafka(KafkaError)
    }

    let producer: TransactionalProducer
    let consumer: KafkaConsumer
    let abandon: AbandonFlag
    /// How often a request that may be repeated is repeated before the transaction is aborted.
    private static let attempts = 5

    /// Publishes what was applied and moves the group's offsets, together or not at all.
    ///
    /// - Parameter encode: makes the record of a message, when its turn has come.
    func publish<Message>(
        _ slices: [AppliedSlice<Message>], encode: (Message) -> OutgoingRecord, next: [TopicPartition: Int64]
    ) -> Outcome {
        let transaction: Transaction
        do {
            transaction = try producer.begin()
        } catch {
            return error.isFatal || !error.isRetriable ? .ended(failure(of: error)) : .aborted(error.description)
        }
        do throws(Failure) {
            try fill(transaction, with: slices, encode: encode, next: next)
        } catch {
            do {
                try transaction.abort()
            } catch {
                return .ended(failure(of: error))
            }
            switch error {
            case .abandoned: return .aborted("given up for a rebalance")
            case .kafka(let error) where error.isFatal: return .ended(failure(of: error))
            case .kafka(let error) where error.deniesMembership: return .refused(error.description)
            case .kafka(let error): return .aborted(error.description)
            }
        }
        do {
            try transaction.commit()
            return .published
        } catch {
            if error.transactionResult == .aborted { return .aborted(error.description) }
            return .ended(error.isFatal ? failure(of: error) : .unknownCommit(error.description))
        }
    }

    private func fill<Message>(
        _ transaction: borrowing Transaction, with slices: [AppliedSlice<Message>],
        encode: (Message) -> OutgoingRecord, next: [TopicPartition: Int64]
    ) throws(Failure) {
        for slice in slices {
            for message in slice.messages {
                let record = encode(message)
                // Asked last: what is handed over may be on its way to the broker at once.
                if abandon.isRaised { throw .abandoned }
                do {
                    try transaction.produce(record)
                } catch {
                    throw .kafka(error)
                }
            }
        }
        for attempt in 1... {
            if abandon.isRaised { throw .abandoned }
            do {
                // The metadata is read here and not kept: the generation moves with every rebalance.
                try transaction.sendOffsets(next, of: consumer)
                break
            } catch {
                guard error.isRetriable, attempt < Self.attempts else { throw .kafka(error) }
            }
        }
        if abandon.isRaised { throw .abandoned }
    }

    private func failure(of error: KafkaError) -> SessionFailure {
        error.isFenced ? .fenced(error.description) : .producer(error.description)
    }
}
