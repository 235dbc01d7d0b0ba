/// A row of a CSV file: where it begins, and its fields as bytes.
public struct CSVRow: Equatable, Sendable {
    /// The line of the file on which it begins, from 1. A field in quotation marks may hold further lines.
    public let line: Int
    /// The fields, without quotation marks around them.
    public let fields: [[UInt8]]
}

/// What the standard does not allow: behind it rows cannot be told apart any more. Never holds a value.
public struct CSVFormProblem: Error, Hashable, Sendable {
    /// The line of the file, from 1.
    public let line: Int
    /// What is wrong.
    public let reason: String
}

/// Reads CSV (RFC 4180) from chunks of any size, row by row: it holds one row at a time.
///
/// Our own, since the library that is available (SwiftCSV) wants the whole file in a string and reports no lines. Fields
/// may stand in quotation marks, where `""` is one of them; lines end in CRLF or LF, and empty ones are skipped; a byte
/// order mark is dropped. What the standard does not allow is an error and not guessed at.
public struct CSVParser: Sendable {
    /// More than any contact has; what is longer has lost a quotation mark.
    public static let maximumRowBytes = 65_536

    private enum State: Sendable {
        case fieldStart
        case unquoted
        case quoted
        /// Behind a quotation mark in a quoted field: its end, or the first half of two.
        case quoteInQuoted
        /// Behind a carriage return, which a line feed has to follow.
        case carriageReturn
    }

    private let separator: UInt8
    private var state = State.fieldStart
    private var fields: [[UInt8]] = []
    private var field: [UInt8] = []
    private var rowBytes = 0
    private var line = 1
    private var rowLine = 1
    /// How many bytes of a byte order mark stood at the beginning; all of them, once there is none any more.
    private var matchedMark = 0
    private var isStarted = false

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// A parser of one file.
    ///
    /// - Parameter separator: what stands between fields, an ASCII character other than a quotation mark or a line break.
    public init(separator: UInt8 = UInt8(ascii: ",")) {
        self.separator = separator
    }

    /// Reads a further chunk and hands over each row that it completes.
    ///
    /// - Throws: ``CSVFormProblem``, and what `handle` throws.
    public mutating func read(_ chunk: some Sequence<UInt8>, row handle: (CSVRow) throws -> Void) throws {
        for byte in chunk {
            if matchedMark < Self.byteOrderMark.count, byte == Self.byteOrderMark[matchedMark] {
                matchedMark += 1
                continue
            }
            try releaseMark(handle)
            try step(byte, handle)
        }
    }

    /// The end of the file: completes a last row without a line break.
    ///
    /// - Throws: ``CSVFormProblem``, and what `handle` throws.
    public mutating func finish(row handle: (CSVRow) throws -> Void) throws {
        try releaseMark(handle)
        switch state {
        case .quoted: throw CSVFormProblem(line: rowLine, reason: "a quotation mark is not closed")
        case .carriageReturn: throw CSVFormProblem(line: line, reason: Self.loneReturn)
        case .fieldStart, .unquoted, .quoteInQuoted: try endRow(handle)
        }
    }

    /// Bytes that began like a byte order mark and were none belong to the first field.
    private mutating func releaseMark(_ handle: (CSVRow) throws -> Void) throws {
        let held = Self.byteOrderMark.prefix(matchedMark)
        matchedMark = Self.byteOrderMark.count
        guard !isStarted else { return }
        isStarted = true
        guard held.count < Self.byteOrderMark.count else { return }
        for byte in held { try step(byte, handle) }
    }

    private mutating func step(_ byte: UInt8, _ handle: (CSVRow) throws -> Void) throws {
        if state == .carriageReturn {
            guard byte == UInt8(ascii: "\n") else { throw CSVFormProblem(line: line, reason: Self.loneReturn) }
            try endRow(handle)
            line += 1
            rowLine = line
            return
        }
        if state == .quoted {
            if byte == UInt8(ascii: "\n") { line += 1 }
            if byte == UInt8(ascii: "\"") { state = .quoteInQuoted } else { try append(byte) }
            return
        }
        switch byte {
        case separator:
            endField()
        case UInt8(ascii: "\r"):
            state = .carriageReturn
        case UInt8(ascii: "\n"):
            try endRow(handle)
            line += 1
            rowLine = line
        case UInt8(ascii: "\""):
            switch state {
            case .fieldStart: state = .quoted
            case .quoteInQuoted:
                try append(byte)
                state = .quoted
            default:
                throw CSVFormProblem(line: line, reason: "a quotation mark stands inside a field that is not quoted")
            }
        default:
            guard state != .quoteInQuoted else {
                throw CSVFormProblem(line: line, reason: "text follows a closing quotation mark")
            }
            try append(byte)
            state = .unquoted
        }
    }

    private mutating func append(_ byte: UInt8) throws {
        rowBytes += 1
        guard rowBytes <= Self.maximumRowBytes else {
            throw CSVFormProblem(
                line: rowLine,
                reason: "the row is longer than \(Self.maximumRowBytes) bytes; is a quotation mark missing?")
        }
        field.append(byte)
    }

    private mutating func endField() {
        fields.append(field)
        field = []
        state = .fieldStart
    }

    private mutating func endRow(_ handle: (CSVRow) throws -> Void) throws {
        let wasQuoted = state == .quoteInQuoted
        endField()
        let row = CSVRow(line: rowLine, fields: fields)
        fields = []
        rowBytes = 0
        if row.fields.count == 1, row.fields[0].isEmpty, !wasQuoted { return }
        try handle(row)
    }

    private static let loneReturn = "a carriage return stands without a line feed"
}
