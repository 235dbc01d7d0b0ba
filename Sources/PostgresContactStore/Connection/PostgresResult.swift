private import CLibpq
internal import ProtectedIdentity

/// The rows of one statement, in binary form. Columns and rows count from 0.
///
/// A value that is NULL or of another length than its type's reads as nil or zero: whoever needs to tell the two apart
/// asks ``isNull(_:_:)``.
final class PostgresResult {
    private let handle: OpaquePointer

    init(handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        PQclear(handle)
    }

    var rows: Range<Int32> { 0..<PQntuples(handle) }

    /// How many rows an INSERT, UPDATE or DELETE has touched.
    var affectedRows: Int {
        guard let text = PQcmdTuples(handle) else { return 0 }
        return Int(String(cString: text)) ?? 0
    }

    func isNull(_ row: Int32, _ column: Int32) -> Bool {
        PQgetisnull(handle, row, column) != 0
    }

    func bytes(_ row: Int32, _ column: Int32) -> [UInt8] {
        Array(value(row, column))
    }

    /// Of `uuid`; nil where it is NULL.
    func person(_ row: Int32, _ column: Int32) -> PersonID? {
        let bytes = value(row, column)
        guard bytes.count == 16 else { return nil }
        return PersonID(
            words: (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            ))
    }

    func text(_ row: Int32, _ column: Int32) -> String? {
        isNull(row, column) ? nil : String(decoding: value(row, column), as: UTF8.self)
    }

    func boolean(_ row: Int32, _ column: Int32) -> Bool {
        value(row, column).first == 1
    }

    /// Of `smallint`, `integer` or `bigint`.
    func integer(_ row: Int32, _ column: Int32) -> Int64 {
        let bytes = value(row, column)
        switch bytes.count {
        case 2: return Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
        case 4: return Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        case 8: return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        default: return 0
        }
    }

    /// Of `timestamptz`; nil where it is NULL.
    func timestamp(_ row: Int32, _ column: Int32) -> Timestamp? {
        isNull(row, column) ? nil : Timestamp(sincePostgresEpoch: integer(row, column))
    }

    private func value(_ row: Int32, _ column: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: PQgetvalue(handle, row, column), count: Int(PQgetlength(handle, row, column)))
    }
}

/// PostgreSQL counts microseconds from 2000-01-01T00:00:00Z.
private let postgresEpoch: Int64 = 946_684_800_000_000

extension Timestamp {
    fileprivate init(sincePostgresEpoch microseconds: Int64) {
        let sum = microseconds.addingReportingOverflow(postgresEpoch)
        self.init(microseconds: sum.overflow ? .max : sum.partialValue)
    }

    /// What `timestamptz` holds of it: held at year -4712, and well before the end of the type's range.
    fileprivate var sincePostgresEpoch: Int64 {
        min(max(microseconds, -210_000_000_000_000_000), 9_000_000_000_000_000_000) - postgresEpoch
    }
}

extension Parameter {
    static func timestamp(_ value: Timestamp) -> Parameter {
        Parameter(type: 1_184, bytes: integer(value.sincePostgresEpoch).bytes)
    }
}

extension ArrayParameter {
    mutating func append(_ value: Timestamp) {
        append(value.sincePostgresEpoch)
    }
}
