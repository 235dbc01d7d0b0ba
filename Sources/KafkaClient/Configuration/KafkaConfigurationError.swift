/// A configuration that librdkafka does not take: every fault in it at once, each with the property's name.
///
/// Values of properties that may be secret (passwords, keys, tokens) are never in it.
public struct KafkaConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One property, and what is wrong with it.
    public struct Fault: Hashable, Sendable, CustomStringConvertible {
        /// Why a property is refused.
        public enum Kind: Hashable, Sendable {
            /// librdkafka has no property of this name.
            case unknownName
            /// librdkafka has the property, but does not take the value.
            case invalidValue
            /// The program sets it itself, and works only so.
            case ownedByProgram
            /// The properties do not fit together, or the client could not be made of them.
            case inconsistent
        }

        /// The property's name as given; empty where several together are meant.
        public var property: String
        /// Why it is refused.
        public var kind: Kind
        /// What librdkafka says, or a sentence of the same sort.
        public var reason: String

        /// A fault of one property.
        public init(property: String, kind: Kind, reason: String) {
            self.property = property
            self.kind = kind
            self.reason = reason
        }

        /// `property: reason`.
        public var description: String { property.isEmpty ? reason : "\(property): \(reason)" }
    }

    /// All faults, in the order of the names.
    public var faults: [Fault]

    /// Faults found; at least one.
    public init(faults: [Fault]) {
        self.faults = faults
    }

    /// All faults on one line.
    public var description: String { faults.map(\.description).joined(separator: "; ") }
}
