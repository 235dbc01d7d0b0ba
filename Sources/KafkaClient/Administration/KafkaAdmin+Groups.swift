internal import CRdkafka

extension KafkaAdmin {
    /// A consumer group as its coordinator knows it. Blocks at most for `timeout`.
    ///
    /// The request is the older of two, `rd_kafka_list_groups`. The newer one (KIP-222) makes librdkafka 2.0.2 end the process where
    /// a coordinator does not answer (an assertion in `rd_kafka_enq_once_del_source_return`).
    ///
    /// - Returns: The group; one that nobody has ever heard of is `Dead` and without members.
    /// - Throws: ``KafkaError``; ``KafkaError/isUnsupportedByBroker`` where the broker has no such request (the embedded one).
    public func describeGroup(_ group: String, timeout: Duration) throws(KafkaError) -> GroupDescription {
        try client.call("describe group") { instance throws(KafkaError) in
            try describe(group: group, timeout, instance)
        }
    }

    private func describe(
        group: String, _ timeout: Duration, _ instance: OpaquePointer
    ) throws(KafkaError) -> GroupDescription {
        let operation = "describe group"
        var list: UnsafePointer<rd_kafka_group_list>?
        let code = rd_kafka_list_groups(instance, group, &list, timeout.milliseconds)
        defer { if let list { rd_kafka_group_list_destroy(list) } }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, operation: operation) }
        guard let groups = list?.pointee, groups.group_cnt > 0, let found = groups.groups?.pointee else {
            return GroupDescription(state: "Dead", members: [])
        }
        guard found.err == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(found.err, operation: operation) }
        let members = UnsafeBufferPointer(start: found.members, count: Int(found.member_cnt))
        return GroupDescription(state: Self.text(found.state), members: members.map(Self.member))
    }

    private static func member(_ member: rd_kafka_group_member_info) -> GroupDescription.Member {
        let assignment = UnsafeRawBufferPointer(
            start: member.member_assignment, count: Int(member.member_assignment_size))
        return GroupDescription.Member(
            id: text(member.member_id), clientID: text(member.client_id), host: text(member.client_host),
            partitions: MemberAssignment(Array(assignment)).partitions.sorted())
    }

    private static func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
}

/// What a group's leader has assigned to a member, in the consumer protocol's own bytes: a version, then topics with their
/// partitions, all integers big-endian (`ConsumerProtocolAssignment`, KIP-429).
struct MemberAssignment {
    /// The partitions; none behind where the bytes are cut short.
    private(set) var partitions: [TopicPartition] = []

    private var bytes: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        self.bytes = bytes[...]
        guard integer(bytes: 2) != nil, let topics = integer(bytes: 4) else { return }
        for _ in 0..<max(0, topics) {
            guard let length = integer(bytes: 2), let name = take(length), let count = integer(bytes: 4) else { return }
            let topic = String(decoding: name, as: UTF8.self)
            for _ in 0..<max(0, count) {
                guard let partition = integer(bytes: 4) else { return }
                partitions.append(TopicPartition(topic: topic, partition: Int32(partition)))
            }
        }
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= bytes.count else { return nil }
        defer { bytes = bytes.dropFirst(count) }
        return bytes.prefix(count)
    }

    private mutating func integer(bytes count: Int) -> Int? {
        guard let taken = take(count) else { return nil }
        let value = taken.reduce(0) { $0 << 8 | UInt32($1) }
        return count == 2 ? Int(Int16(truncatingIfNeeded: value)) : Int(Int32(bitPattern: value))
    }
}
