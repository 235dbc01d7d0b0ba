/// Which broker, which group, who we are in it.
struct KafkaConfiguration: Sendable, Equatable {
    /// How partitions are shared out in the group; the same in every member.
    enum Assignment: String, Sendable, CaseIterable {
        case cooperativeSticky = "cooperative-sticky"
        case range
    }

    /// `HOST:PORT[,HOST:PORT…]`, as librdkafka reads it.
    var bootstrapServers: String
    var groupId: String
    /// Set: `group.instance.id` and `transactional.id` derive from it. Unset: random, dynamic membership.
    var instanceId: String?
    /// As how many members of the group a process consumes events.
    var members: Int
    var assignment: Assignment
    /// Further librdkafka properties, none of them owned by the worker.
    var properties: KafkaProperties

    /// Reads the section; nil where something required is missing, which is noted.
    static func read(_ reading: inout ConfigurationReading) -> KafkaConfiguration? {
        let servers = reading.value(
            "kafka.bootstrapServers", expected: "HOST:PORT[,HOST:PORT…]", parse: serverList)
        if servers == nil, reading.sources.value(of: "kafka.bootstrapServers") == nil {
            reading.problem("kafka.bootstrapServers", "is required", "Write HOST:PORT of a broker, like localhost:9092")
        }
        let group = group("kafka.groupId", &reading)
        let instance = reading.value("kafka.instanceId", expected: KafkaName.form, parse: KafkaName.parse)
        let members = reading.integer("kafka.members", in: 1...16)
        let assignment: Assignment? = reading.choice("kafka.assignment")
        let properties = KafkaProperties.read(&reading)
        guard let servers, let group, let members, let assignment else { return nil }
        return KafkaConfiguration(
            bootstrapServers: servers, groupId: group, instanceId: instance, members: members,
            assignment: assignment, properties: properties)
    }

    /// A consumer group's name.
    static func group(_ key: String, _ reading: inout ConfigurationReading) -> String? {
        reading.value(key, expected: "a name of 1 to 249 characters") { text in
            (1...249).contains(text.utf8.count) ? text : nil
        }
    }

    /// The list without blanks; nil where an entry is empty or its port is none. A port may be left out (9092).
    private static func serverList(_ text: String) -> String? {
        let servers = text.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.trimming(while: \.isWhitespace)
        }
        let valid = servers.allSatisfy { server in
            guard !server.isEmpty, !server.contains(where: \.isWhitespace) else { return false }
            guard let colon = server.lastIndex(of: ":"), !server.hasSuffix("]") else { return true }
            return colon > server.startIndex && UInt16(server[server.index(after: colon)...]).map { $0 > 0 } == true
        }
        return valid ? servers.joined(separator: ",") : nil
    }
}

/// The names that Kafka allows for topics and instances.
enum KafkaName {
    /// The form, for messages.
    static let form = "1 to 249 of the characters a-z A-Z 0-9 . _ -"

    /// The name where it is one.
    static func parse(_ text: String) -> String? {
        let valid = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return valid && (1...249).contains(text.utf8.count) && text != "." && text != ".." ? text : nil
    }
}

extension StringProtocol {
    /// Without what stands at either end and fulfils the condition.
    func trimming(while condition: (Character) -> Bool) -> String {
        let start = drop(while: condition)
        guard let last = start.lastIndex(where: { !condition($0) }) else { return "" }
        return String(start[...last])
    }
}
