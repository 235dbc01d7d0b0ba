public import ContactStore

/// Something in a CSV file that keeps it from being imported. Names lines and columns, never a value.
public struct CSVImportProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line on which the row begins, from 1.
    public let line: Int
    /// The column's name in the header, where one column is to blame.
    public let column: String?
    /// What is wrong, and how to mend it.
    public let reason: String

    init(line: Int, column: String? = nil, reason: String) {
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// `line 7, number: …`
    public var description: String {
        "line \(line)\(column.map { ", \($0)" } ?? ""): \(reason)"
    }
}

/// Why nothing was imported.
public enum CSVImportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Rows are wrong: the first of the problems, and how many there are.
    case rows([CSVImportProblem], count: Int)
    /// The file cannot be read; the text names it and the reason.
    case file(String)
    /// The store failed.
    case store(StoreError)

    /// All that is wrong, one line each.
    public var description: String {
        switch self {
        case .rows(let problems, let count):
            let more = count > problems.count ? ["and \(count - problems.count) more"] : []
            return (problems.map(\.description) + more).joined(separator: "\n")
        case .file(let text): return text
        case .store(let error): return error.description
        }
    }
}
