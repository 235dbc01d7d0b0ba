import Foundation
import KafkaClient
import Testing

private let kcat = "/usr/bin/kcat"

@Suite(
    "Other processes", .ownThread,
    .enabled(if: FileManager.default.isExecutableFile(atPath: kcat), "kcat is not installed"))
struct OtherProcessTests {
    @Test("another process writes to the embedded broker, and this one reads it with its headers")
    func kcatWrites() throws {
        let broker = try EmbeddedBroker(logger: quiet)
        try broker.createTopic("events", partitions: 1)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: kcat)
        process.arguments = ["-q", "-P", "-b", broker.bootstrapServers, "-t", "events", "-p", "0", "-H", "ce_id=7"]
        let input = Pipe()
        process.standardInput = input
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data("from outside\n".utf8))
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)

        let consumer = try makeConsumer(broker)
        try consumer.assign([TopicPartition(topic: "events", partition: 0): 0])
        var record: RecordView?
        _ = poll(consumer) { polled in
            if case .records(let batch) = polled { record = batch.first }
            return record != nil
        }
        #expect(text(record?.value) == "from outside")
        #expect(text(record?.header("ce_id")) == "7")
        #expect(consumer.leave(within: patience))
    }
}
