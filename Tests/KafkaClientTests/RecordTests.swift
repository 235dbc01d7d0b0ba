import KafkaClient
import Testing

@Suite("Reading records by hand-assigned partitions", .ownThread)
struct RecordTests {
    let topic = "records"
    let broker: EmbeddedBroker

    init() throws {
        broker = try EmbeddedBroker(logger: quiet)
        try broker.createTopic(topic, partitions: 3)
    }

    @Test("key, value and headers come back byte by byte, and null is not empty")
    func roundTrip() throws {
        let producer = try makeProducer(broker)
        let headers = [
            RecordHeader("ce_id", "one"), RecordHeader("empty", []), RecordHeader("null", nil as [UInt8]?),
            RecordHeader("ce_id", "two"), RecordHeader("bytes", [0, 255, 0]),
        ]
        try producer.produce(
            OutgoingRecord(topic: topic, partition: 1, key: [7, 0, 8], value: [1, 2, 3], headers: headers))
        try producer.produce(OutgoingRecord(topic: topic, partition: 1, key: [], value: []))
        try producer.produce(OutgoingRecord(topic: topic, partition: 1, key: nil, value: nil))
        try producer.flush(within: patience)

        let consumer = try makeConsumer(broker)
        try consumer.assign([TopicPartition(topic: topic, partition: 1): 0])
        var records: [RecordView] = []
        #expect(
            poll(consumer) { polled in
                if case .records(let batch) = polled { records += batch }
                return records.count >= 3
            })
        try #require(records.count == 3)
        #expect(records.map(\.offset) == [0, 1, 2])
        #expect(records[0].topicPartition == TopicPartition(topic: topic, partition: 1))
        #expect(records[0].key.map(Array.init) == [7, 0, 8])
        #expect(records[0].value.map(Array.init) == [1, 2, 3])
        #expect(records[0].headers.map(\.name) == headers.map(\.name))
        #expect(records[0].headers.map { $0.value.map(Array.init) } == headers.map(\.value))
        #expect(text(records[0].header("ce_id")) == "two", "the last of a name counts")
        #expect(records[0].header("ce_i") == nil)
        #expect((records[0].timestamp ?? 0) > 1_500_000_000_000)
        #expect(records[1].key.map(Array.init) == [])
        #expect(records[1].value.map(Array.init) == [])
        #expect(records[1].headers.isEmpty)
        #expect(records[2].key == nil)
        #expect(records[2].value == nil)
        #expect(consumer.leave(within: patience))
    }

    @Test("a batch holds each partition's records together, in the order of their offsets")
    func grouping() throws {
        let producer = try makeProducer(broker)
        for index in 0..<300 {
            try producer.produce(
                OutgoingRecord(topic: topic, partition: Int32(index % 3), value: Array("\(index)".utf8)))
        }
        try producer.flush(within: patience)

        let consumer = try makeConsumer(broker)
        try consumer.assign(
            Dictionary(uniqueKeysWithValues: (0..<3).map { (TopicPartition(topic: topic, partition: $0), 0) }))
        var batches: [RecordBatch] = []
        _ = poll(consumer, maximum: 50) { polled in
            if case .records(let batch) = polled { batches.append(batch) }
            return batches.map(\.count).reduce(0, +) >= 300
        }
        for batch in batches {
            #expect(batch.count <= 50)
            #expect(batch.runs.map(\.range.count).reduce(0, +) == batch.count)
            for run in batch.runs {
                let records = batch.records(of: run)
                #expect(records.allSatisfy { $0.topicPartition == run.topicPartition })
                #expect(records.map(\.offset) == records.map(\.offset).sorted())
            }
        }
        let seen = batches.flatMap(\.seen)
        #expect(Set(seen).count == 300)
        for partition in 0..<Int32(3) {
            let offsets = seen.filter { $0.partition == partition }.map(\.offset)
            #expect(offsets == Array(0..<100))
        }
        #expect(consumer.leave(within: patience))
    }

    @Test("a batch closes when it holds the bytes that it may")
    func byteBound() throws {
        try write((0..<10).map { _ in String(repeating: "x", count: 1_000) }, to: topic, broker)
        let consumer = try makeConsumer(broker) { $0.maximumBatchBytes = 2_500 }
        try consumer.assign([TopicPartition(topic: topic, partition: 0): 0])
        var counts: [Int] = []
        #expect(
            poll(consumer) { polled in
                if case .records(let batch) = polled { counts.append(batch.count) }
                return counts.reduce(0, +) >= 10
            })
        #expect(counts.allSatisfy { $0 <= 3 })
        #expect(counts.reduce(0, +) == 10)
        #expect(consumer.leave(within: patience))
    }

    @Test("reading begins at the offset asked for, and again when it is asked again")
    func reassignment() throws {
        try write((0..<5).map { "\($0)" }, to: topic, broker)
        let partition = TopicPartition(topic: topic, partition: 0)
        let consumer = try makeConsumer(broker)
        try consumer.assign([partition: 3])
        #expect(read(2, consumer).map(\.offset) == [3, 4])
        // Overlaps with what is being stopped: the forwarding of its queue has to survive that.
        try consumer.assign([partition: 1])
        #expect(read(4, consumer).map(\.offset) == [1, 2, 3, 4])
        try consumer.assign([:])
        try write(["5"], to: topic, broker)
        #expect(!poll(consumer, within: .milliseconds(300)) { if case .records = $0 { true } else { false } })
        #expect(consumer.leave(within: patience))
    }

    @Test("partitions may be taken and given up without a pause")
    func takenAndGivenUp() throws {
        let consumer = try makeConsumer(broker)
        let partition = TopicPartition(topic: topic, partition: 0)
        for _ in 0..<300 {
            try consumer.assign([partition: 0])
            try consumer.assign([partition: 0])
            try consumer.assign([:])
        }
        try write(["0"], to: topic, broker)
        try consumer.assign([partition: 0])
        #expect(read(1, consumer).map(\.offset) == [0])
        #expect(consumer.leave(within: patience))
    }

    @Test("a record wakes a waiting poll long before its timeout")
    func wakeUp() throws {
        let consumer = try makeConsumer(broker)
        try consumer.assign([TopicPartition(topic: topic, partition: 0): 0])
        _ = consumer.poll(maximum: 10, timeout: .milliseconds(200))
        let producer = try makeProducer(broker)
        try producer.produce(OutgoingRecord(topic: topic, partition: 0, value: [1]))
        let start = ContinuousClock.now
        var count = 0
        while count == 0, ContinuousClock.now - start < patience {
            if case .records(let batch) = consumer.poll(maximum: 10, timeout: patience) { count += batch.count }
        }
        #expect(count == 1)
        #expect(ContinuousClock.now - start < patience / 2)
        try producer.flush(within: patience)
        #expect(consumer.leave(within: patience))
    }

    @Test("nothing to read is nothing, after the timeout")
    func nothing() throws {
        let consumer = try makeConsumer(broker)
        let start = ContinuousClock.now
        guard case .nothing = consumer.poll(maximum: 10, timeout: .milliseconds(120)) else {
            Issue.record("something came out of an idle consumer")
            return
        }
        #expect(ContinuousClock.now - start >= .milliseconds(110))
        #expect(consumer.leave(within: patience))
        guard case .nothing = consumer.poll(maximum: 10, timeout: patience) else {
            Issue.record("something came out of a closed consumer")
            return
        }
    }

    @Test("a record that is larger than what a fetch is to bring comes all the same, and those behind it")
    func larger() throws {
        let large = String(repeating: "x", count: 900_000)
        try write(["a", large, "b"], to: topic, broker)
        let consumer = try makeConsumer(broker)
        try consumer.assign([TopicPartition(topic: topic, partition: 0): 0])
        #expect(read(3, consumer).map(\.value) == ["a", large, "b"])
        #expect(consumer.leave(within: patience))
    }

    @Test("bounds of a log, and of a partition that does not exist")
    func offsetBounds() throws {
        try write(["a", "b"], to: topic, broker)
        let consumer = try makeConsumer(broker)
        let bounds = try consumer.offsetBounds(of: TopicPartition(topic: topic, partition: 0), timeout: patience)
        #expect(bounds == OffsetBounds(low: 0, high: 2))
        let error = #expect(throws: KafkaError.self) {
            try consumer.offsetBounds(of: TopicPartition(topic: topic, partition: 99), timeout: .seconds(3))
        }
        #expect(error?.isUnknownTopicOrPartition == true, "\(String(describing: error))")
        #expect(consumer.leave(within: patience))
    }

    @Test("bounds of many logs at once, with one that does not exist among them")
    func offsetBoundsOfMany() throws {
        try write(["a", "b"], to: topic, broker)
        let consumer = try makeConsumer(broker)
        let partitions = (0..<3).map { TopicPartition(topic: topic, partition: $0) }
        let bounds = try consumer.offsetBounds(of: partitions, timeout: patience)
        #expect(bounds.count == 3)
        #expect(bounds.values.reduce(0) { $0 + $1.high - $1.low } == 2)
        #expect(try bounds[partitions[0]] == consumer.offsetBounds(of: partitions[0], timeout: patience))
        #expect(throws: KafkaError.self) {
            let missing = TopicPartition(topic: topic, partition: 99)
            _ = try consumer.offsetBounds(of: partitions + [missing], timeout: .seconds(3))
        }
        #expect(try consumer.offsetBounds(of: [], timeout: patience) == [:])
        #expect(consumer.leave(within: patience))
    }

    @Test("a group without committed offsets has none")
    func noCommittedOffsets() throws {
        let consumer = try makeConsumer(broker)
        let offsets = try consumer.committedOffsets(
            for: [TopicPartition(topic: topic, partition: 0)], timeout: patience)
        #expect(offsets == [:])
        #expect(consumer.leave(within: patience))
    }

    @Test("a batch put together by hand reads like one that came from a broker")
    func byHand() {
        let first = TopicPartition(topic: "t", partition: 0)
        let second = TopicPartition(topic: "t", partition: 1)
        let content = OutgoingRecord(topic: "", key: [1], value: [2], headers: [RecordHeader("h", "v")])
        let batch = RecordBatch([
            (first, 4, 1_000, content), (second, 9, nil, OutgoingRecord(topic: "", value: nil)),
            (first, 5, nil, content),
        ])
        #expect(batch.runs.map(\.topicPartition) == [first, second])
        #expect(batch.map(\.offset) == [4, 5, 9])
        #expect(batch.first?.timestamp == 1_000)
        #expect(batch.last?.timestamp == nil)
        #expect(text(batch[1].header("h")) == "v")
        #expect(batch[2].value == nil)
        #expect(RecordBatch([]).isEmpty)
    }
}
