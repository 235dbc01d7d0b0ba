import BatchPipeline
import KafkaClient
import ProtectedIdentity
import RegistryWorker
import Simulation

/// A breakage: slices are forgotten as soon as they are applied, whether they were published or not.
struct EarlySettlement: PipelineWork {
    let work: Alterations.Work

    func decode(_ records: RecordBatch) -> [BatchPipeline.Slice<RegistryItem>] {
        work.decode(records)
    }

    func admit(_ standings: [PartitionStanding]) throws(StoreFailure) -> [StandingAlarm] {
        try work.admit(standings)
    }

    func apply(
        _ slices: [BatchPipeline.Slice<RegistryItem>], settling: [PublishedSlice]
    ) throws(StoreFailure) -> [AppliedSlice<EncodedMessage>] {
        let applied = try work.apply(slices, settling: settling)
        try work.settle(applied.map { PublishedSlice(id: $0.id, partition: $0.partition, last: $0.last) })
        return applied
    }

    func settle(_ slices: [PublishedSlice]) throws(StoreFailure) {
        try work.settle(slices)
    }

    func encode(_ message: EncodedMessage) -> OutgoingRecord {
        work.encode(message)
    }
}
