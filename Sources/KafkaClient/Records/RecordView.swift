/// One record of a batch. Reading it allocates nothing: slices and views share the batch's bytes.
///
/// It has no description on purpose: what it holds is not this library's to print.
public struct RecordView: Sendable {
    let storage: RecordStorage
    let index: Int

    private var entry: RecordStorage.Entry { storage.entries[index] }

    /// The partition that the record came from.
    public var topicPartition: TopicPartition { storage.runs[entry.run].topicPartition }

    /// Its offset there.
    public var offset: Int64 { entry.offset }

    /// Milliseconds since 1970, as the topic is set up to keep them: when it was made, or when it was appended.
    public var timestamp: Int64? {
        let timestamp = entry.timestamp
        return timestamp == RecordStorage.noTimestamp ? nil : timestamp
    }

    /// The key's bytes; `nil` where the record has none.
    public var key: ArraySlice<UInt8>? { storage.slice(entry.key) }

    /// The value's bytes; `nil` for a tombstone.
    public var value: ArraySlice<UInt8>? { storage.slice(entry.value) }

    /// The headers in their order.
    public var headers: RecordHeaders { RecordHeaders(storage: storage, range: entry.headers) }

    /// Lends the name and the value of each header in turn; headers whose value is Kafka's null are passed by. That spares
    /// whoever looks at every header of every record the slices.
    public func forEachHeader(_ body: (_ name: Span<UInt8>, _ value: Span<UInt8>) -> Void) {
        let arena = storage.bytes
        let bytes = arena.span
        for header in storage.headers[entry.headers] where header.value.count >= 0 {
            body(bytes.extracting(header.name.range), bytes.extracting(header.value.range))
        }
    }

    /// The value of the last header of this name, compared as bytes.
    ///
    /// - Returns: `nil` where there is no such header, or its value is Kafka's null.
    public func header(_ name: String) -> ArraySlice<UInt8>? {
        headers.last { $0.hasName(name) }?.value
    }
}

/// The headers of one record, in their order. Names may repeat.
public struct RecordHeaders: RandomAccessCollection, Sendable {
    let storage: RecordStorage
    let range: Range<Int>

    /// The first header's index.
    public var startIndex: Int { 0 }
    /// The number of headers.
    public var endIndex: Int { range.count }
    /// A view of the header.
    public subscript(position: Int) -> RecordHeaderView {
        RecordHeaderView(storage: storage, header: storage.headers[range.lowerBound + position])
    }
}

/// One header of a record that was read.
public struct RecordHeaderView: Sendable {
    let storage: RecordStorage
    let header: RecordStorage.Header

    /// The name's bytes.
    public var nameBytes: ArraySlice<UInt8> { storage.slice(header.name) ?? [] }

    /// The name as text; bytes that are not UTF-8 are repaired.
    public var name: String { String(decoding: nameBytes, as: UTF8.self) }

    /// The value's bytes; `nil` is Kafka's null.
    public var value: ArraySlice<UInt8>? { storage.slice(header.value) }

    /// Whether the name is this one, byte by byte.
    public func hasName(_ name: String) -> Bool {
        nameBytes.elementsEqual(name.utf8)
    }
}
