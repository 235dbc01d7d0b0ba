internal import Foundation
internal import GRDB

/// Any number of rows in two bound arguments, so that a statement takes a whole set at once.
///
/// `?1` is a JSON array of arrays of integers. Texts and blobs stand in one arena, `?2`, and are integers in the JSON:
/// where they begin and how long they are. Nothing has to be escaped, and no value is ever part of a statement.
///
/// Measured against the other ways (SQLite 3.40, medians). Inserting 1,000 journal rows of 300 bytes: a prepared statement
/// stepped once a row 23 ms, one statement with 10,000 placeholders 26 ms, this 28 ms, the same with the blobs in
/// hexadecimal 43 ms. Looking 1,000 rows up: once a row 17 ms, `IN` with 1,000 placeholders 5.2 ms, one blob of keys 5.0 ms.
/// So a set in one statement costs nothing that matters when writing, saves much when reading, and needs no bound on the
/// number of placeholders.
struct PackedRows {
    enum Value {
        case integer(Int64)
        case text(String)
        case blob([UInt8])
        case null
    }

    private var layout: [UInt8] = [UInt8(ascii: "[")]
    private var arena: [UInt8] = []
    private(set) var count = 0

    /// 24 bits hold the length of a value, the others where it begins.
    private static let lengthBits = 24

    var isEmpty: Bool { count == 0 }

    mutating func append(_ row: [Value]) {
        if count > 0 { layout.append(UInt8(ascii: ",")) }
        for (column, value) in row.enumerated() {
            layout.append(column == 0 ? UInt8(ascii: "[") : UInt8(ascii: ","))
            switch value {
            case .integer(let integer): append(integer)
            case .text(let text): append(span: text.utf8)
            case .blob(let bytes): append(span: bytes)
            case .null: layout.append(contentsOf: "null".utf8)
            }
        }
        layout.append(UInt8(ascii: "]"))
        count += 1
    }

    /// The arguments `?1` and `?2`, and what follows them.
    func arguments(_ further: any DatabaseValueConvertible...) -> StatementArguments {
        let json = String(decoding: layout + [UInt8(ascii: "]")], as: UTF8.self)
        return StatementArguments([json, Data(arena)] + further)
    }

    private mutating func append(_ integer: Int64) {
        layout.append(contentsOf: String(integer).utf8)
    }

    private mutating func append(span bytes: some Collection<UInt8>) {
        append(Int64(arena.count + 1) << Self.lengthBits | Int64(bytes.count))
        arena.append(contentsOf: bytes)
    }
}

/// The columns of packed rows as SQL, to be used beside ``source``.
extension PackedRows {
    /// What stands behind `FROM`; the inner query keeps the other columns of `json_each` (`key`, `id`, …) out of sight.
    static let source = "(SELECT value FROM json_each(?1)) AS packed"

    static func integer(_ column: Int) -> String {
        "packed.value ->> \(column)"
    }

    static func blob(_ column: Int) -> String {
        let span = "(\(integer(column)))"
        return "substr(?2, \(span) >> \(lengthBits), \(span) & \((1 << lengthBits) - 1))"
    }

    static func text(_ column: Int) -> String {
        "CAST(\(blob(column)) AS TEXT)"
    }
}
