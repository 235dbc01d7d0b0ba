internal import CRdkafka

/// A list of partitions as librdkafka has it, with one owner.
struct PartitionList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(_ partitions: some Collection<TopicPartition>) {
        pointer = rd_kafka_topic_partition_list_new(Int32(clamping: partitions.count))
        for partition in partitions {
            rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.partition)
        }
    }

    init(_ offsets: [TopicPartition: Int64]) {
        pointer = rd_kafka_topic_partition_list_new(Int32(clamping: offsets.count))
        for (partition, offset) in offsets.sorted(by: { $0.key < $1.key }) {
            let element = rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.partition)
            element?.pointee.offset = offset
        }
    }

    init(topics: [String]) {
        self.init(topics.map { TopicPartition(topic: $0, partition: PartitionList.unassigned) })
    }

    deinit {
        rd_kafka_topic_partition_list_destroy(pointer)
    }

    /// `RD_KAFKA_PARTITION_UA`: no partition in particular.
    static let unassigned: Int32 = -1

    static func partitions(
        in list: UnsafePointer<rd_kafka_topic_partition_list_t>?
    ) -> [(partition: TopicPartition, offset: Int64, error: rd_kafka_resp_err_t)] {
        guard let list, let elements = list.pointee.elems else { return [] }
        return (0..<Int(list.pointee.cnt)).map { index in
            let element = elements[index]
            let partition = TopicPartition(topic: String(cString: element.topic), partition: element.partition)
            return (partition, element.offset, element.err)
        }
    }
}
