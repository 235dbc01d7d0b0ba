public import ProtectedIdentity

/// Where what operations owe goes.
public protocol MessagePublisher: Sendable {
    /// Returns when every message is known to be in its topic. Blocks.
    func publish(_ messages: [EncodedMessage]) throws(PublishFailure)
}

/// Why messages are not known to be in their topics. Some may be: they will be published again, with the same identities.
public struct PublishFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Codes and names of topics, never a value.
    public let description: String

    /// A failure that reads so.
    public init(_ description: String) {
        self.description = description
    }
}
