internal import CRdkafka
internal import Foundation

extension KafkaAdmin {
    /// A consumer group as its coordinator knows it (KIP-222). Blocks at most for `timeout`.
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
        let name = strdup(group)
        defer { free(name) }
        var names: [UnsafePointer<CChar>?] = [UnsafePointer(name)]
        let answer = try ask(
            operation, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, timeout, instance, asksController: false
        ) { options, queue in
            rd_kafka_DescribeConsumerGroups(instance, &names, 1, options, queue)
        }
        defer { rd_kafka_event_destroy(answer) }
        var count = 0
        let groups = rd_kafka_DescribeConsumerGroups_result_groups(
            rd_kafka_event_DescribeConsumerGroups_result(answer), &count)
        guard count > 0, let found = groups?[0] else { return GroupDescription(state: "Dead", members: []) }
        if let error = rd_kafka_ConsumerGroupDescription_error(found) {
            let code = rd_kafka_error_code(error)
            if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code, operation: operation) }
        }
        let members = (0..<rd_kafka_ConsumerGroupDescription_member_count(found)).compactMap { index in
            rd_kafka_ConsumerGroupDescription_member(found, index).map(Self.member)
        }
        let state = rd_kafka_consumer_group_state_name(rd_kafka_ConsumerGroupDescription_state(found))
        return GroupDescription(state: state.map { String(cString: $0) } ?? "Unknown", members: members)
    }

    private static func member(_ member: OpaquePointer) -> GroupDescription.Member {
        func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
        let instanceID = text(rd_kafka_MemberDescription_group_instance_id(member))
        let assigned = rd_kafka_MemberDescription_assignment(member).map(rd_kafka_MemberAssignment_partitions)
        return GroupDescription.Member(
            id: text(rd_kafka_MemberDescription_consumer_id(member)), instanceID: instanceID.isEmpty ? nil : instanceID,
            clientID: text(rd_kafka_MemberDescription_client_id(member)),
            host: text(rd_kafka_MemberDescription_host(member)),
            partitions: PartitionList.partitions(in: assigned ?? nil).map(\.partition).sorted())
    }
}
