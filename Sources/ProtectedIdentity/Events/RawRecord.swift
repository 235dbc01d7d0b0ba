/// A record as it came from the log: bytes, not yet looked at. Slices share the arena of their batch.
public struct RawRecord: Sendable {
    /// A header as Kafka has it: names may repeat, a value may be absent, neither need be UTF-8.
    public typealias Header = (name: ArraySlice<UInt8>, value: ArraySlice<UInt8>?)

    /// The headers in the order of the record.
    public var headers: [Header]
    /// The value; nil in a tombstone.
    public var value: ArraySlice<UInt8>?

    /// A record of these headers and this value.
    public init(headers: [Header], value: ArraySlice<UInt8>?) {
        self.headers = headers
        self.value = value
    }
}
