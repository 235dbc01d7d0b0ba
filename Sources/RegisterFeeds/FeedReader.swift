public import ProtectedIdentity

/// Reads one file of a format, chunk by chunk, and says of each record what is in it.
///
/// It holds one record at a time, whatever the file's size. No bytes crash it, and each record comes to exactly one finding,
/// in the file's order.
public protocol FeedReader {
    /// Reads a further chunk: the records that it completes.
    mutating func read(_ chunk: [UInt8]) -> [FeedItem]

    /// The end of the file: the records that it completes, and whether it ends too early.
    mutating func finish() -> [FeedItem]
}

/// The formats that are read.
public enum FeedFormat: String, Sendable, Hashable, CaseIterable {
    /// SPAR's XML: change notices and look-up answers.
    case spar
    /// CPR's fixed-width records.
    case cpr
    /// A list with a header, its columns named in the configuration.
    case csv
    /// JSON Lines, their members named in the configuration.
    case jsonl

    /// Whether the configuration has to say what stands where.
    public var isMapped: Bool { self == .csv || self == .jsonl }

    /// A reader of one file.
    ///
    /// - Parameters:
    ///   - mapping: what stands where; of `csv` and `jsonl` alone.
    ///   - today: the current day in UTC; no notice hangs on it.
    public func reader(_ mapping: FieldMapping, today: CalendarDate) -> any FeedReader {
        switch self {
        case .spar: SPARReader()
        case .cpr: CPRReader(today: today)
        case .csv: CSVReader(mapping)
        case .jsonl: JSONLinesReader(mapping)
        }
    }
}
