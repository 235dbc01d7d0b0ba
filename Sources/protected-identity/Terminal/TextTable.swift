/// A table for people: columns as wide as what stands in them.
struct TextTable {
    private let header: [String]
    private var rows: [[String]] = []

    init(_ header: String...) {
        self.header = header
    }

    mutating func add(_ row: String...) {
        rows.append(row)
    }

    /// The lines of the table, under a rule.
    var lines: [String] {
        let widths = header.indices.map { column in
            ([header] + rows).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        func line(_ row: [String]) -> String {
            var cells: [String] = []
            for (column, cell) in row.enumerated() where column < widths.count {
                let isLast = column == widths.count - 1
                cells.append(isLast ? cell : cell + String(repeating: " ", count: widths[column] - cell.count))
            }
            return "  " + cells.joined(separator: "  ")
        }
        let rule = "  " + widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        return [line(header), rule] + rows.map(line)
    }
}
