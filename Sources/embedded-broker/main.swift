import Foundation
import KafkaClient
import Logging

// librdkafka's mock cluster in a process of its own, for tests and for trying the worker by hand without a Kafka:
// `embedded-broker [--round-trip=MILLISECONDS] TOPIC[:PARTITIONS]…` prints the bootstrap servers and runs until its standard
// input ends. A round trip makes every answer come so much later, as a network would.
// It forgets transactional offsets (see EmbeddedBroker), so a restarted worker reads the topic from its beginning.

let logger = Logger(label: "embedded-broker")
do {
    let broker = try EmbeddedBroker(logger: logger)
    for argument in CommandLine.arguments.dropFirst() {
        if argument.hasPrefix("--round-trip="), let delay = Int(argument.dropFirst("--round-trip=".count)) {
            try broker.setRoundTrip(broker: 1, .milliseconds(delay))
            continue
        }
        let parts = argument.split(separator: ":")
        guard let name = parts.first, parts.count <= 2, let partitions = parts.count == 2 ? Int(parts[1]) : 4 else {
            print("usage: embedded-broker [--round-trip=MILLISECONDS] TOPIC[:PARTITIONS]…")
            exit(EX_USAGE)
        }
        try broker.createTopic(String(name), partitions: partitions)
    }
    // Unbuffered: whoever started us waits for this line.
    FileHandle.standardOutput.write(Data("\(broker.bootstrapServers)\n".utf8))
    while readLine() != nil {}
} catch {
    print("embedded-broker: \(error)")
    exit(EX_UNAVAILABLE)
}
