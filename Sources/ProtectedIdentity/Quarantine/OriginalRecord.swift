public import Foundation

/// A record as it stood in the events topic: what is sealed into the quarantine, and put back from there.
public struct OriginalRecord: Sendable {
    /// A header as Kafka has it.
    public struct Header: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Its bytes; `nil` is Kafka's null.
        public let value: Data?

        /// A header of the original record.
        public init(name: String, value: Data?) {
            self.name = name
            self.value = value
        }
    }

    /// The key.
    public let key: Data?
    /// The value; `nil` for a tombstone.
    public let value: Data?
    /// The headers, in their order.
    public let headers: [Header]
    /// Milliseconds since 1970, where the record has them.
    public let timestamp: Int64?

    /// A record as it was read.
    public init(key: Data?, value: Data?, headers: [Header], timestamp: Int64?) {
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
    }

    /// What the seal is put around: JSON, so that any HPKE implementation and a text editor are enough to read it.
    ///
    /// `Codable` is kept off the type itself: nothing but the seal may write a record out.
    func encoded() throws -> Data {
        let encoder = JSONEncoder()
        // Base64 has slashes; escaped, they would make up to twice as much of it.
        encoder.outputFormatting = .withoutEscapingSlashes
        return try encoder.encode(
            Wire(
                key: key, value: value, headers: headers.map { Wire.Header(name: $0.name, value: $0.value) },
                timestamp: timestamp))
    }

    init(decoding data: Data) throws {
        let wire = try JSONDecoder().decode(Wire.self, from: data)
        key = wire.key
        value = wire.value
        headers = wire.headers.map { Header(name: $0.name, value: $0.value) }
        timestamp = wire.timestamp
    }

    private struct Wire: Codable {
        struct Header: Codable {
            let name: String
            let value: Data?
        }

        let key: Data?
        let value: Data?
        let headers: [Header]
        let timestamp: Int64?
    }
}

extension OriginalRecord: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A placeholder.
    public var description: String { "‹original record›" }

    /// A placeholder.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
