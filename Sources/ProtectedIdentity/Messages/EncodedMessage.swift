/// A message ready to be produced, but for the topic's name.
public struct EncodedMessage: Sendable {
    /// Which of the worker's topics it goes to.
    public enum Destination: String, Sendable, Hashable, CaseIterable {
        /// What became of events.
        case outcomes
        /// For the notification workers.
        case notifications
        /// For the deletion workers.
        case deletions
        /// What was set aside.
        case quarantine
    }

    /// Which of the worker's topics it goes to.
    public var destination: Destination
    /// The record key.
    public var key: [UInt8]
    /// The record value; nil where there is none to write.
    public var value: [UInt8]?
    /// The headers in their order.
    public var headers: [(String, [UInt8])]

    /// A message of these parts.
    public init(destination: Destination, key: [UInt8], value: [UInt8]?, headers: [(String, [UInt8])]) {
        self.destination = destination
        self.key = key
        self.value = value
        self.headers = headers
    }
}
