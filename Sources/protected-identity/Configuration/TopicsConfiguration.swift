/// The topics' names, all different.
struct TopicsConfiguration: Sendable, Equatable {
    var events: String
    var outcomes: String
    var notifications: String
    var deletions: String
    var quarantine: String

    /// Those that workers read: events, and the commands of notifying and deleting.
    var incoming: Set<String> { [events, notifications, deletions] }

    /// Reads the section.
    static func read(_ reading: inout ConfigurationReading) -> TopicsConfiguration? {
        var keys: [String: String] = [:]
        func topic(_ key: String) -> String? {
            guard let name = reading.value(key, expected: KafkaName.form, parse: KafkaName.parse) else { return nil }
            if let other = keys[name] {
                reading.problem(key, "the topic is that of \(other) too", "Give each its own topic")
            }
            keys[name] = key
            return name
        }
        guard let events = topic("topics.events"), let outcomes = topic("topics.outcomes"),
            let notifications = topic("topics.notifications"), let deletions = topic("topics.deletions"),
            let quarantine = topic("topics.quarantine")
        else { return nil }
        return TopicsConfiguration(
            events: events, outcomes: outcomes, notifications: notifications, deletions: deletions,
            quarantine: quarantine)
    }
}
