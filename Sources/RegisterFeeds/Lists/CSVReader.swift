internal import CSV

/// Reads a list in CSV (RFC 4180) whose first row names the columns.
public struct CSVReader: FeedReader {
    private let mapping: FieldMapping
    private var parser: CSVParser
    /// Where the columns of the mapping are; nil before the header was read.
    private var columns: [String: Int]?
    private var width = 0
    private var isBroken = false

    /// A reader of one file.
    public init(_ mapping: FieldMapping) {
        self.mapping = mapping
        parser = CSVParser(separator: mapping.separator)
    }

    /// Reads a further chunk: the records that it completes.
    public mutating func read(_ chunk: [UInt8]) -> [FeedItem] {
        rows { parser, handle in try parser.read(chunk, row: handle) }
    }

    /// The end of the file: the record that it completes. A file without a header is none.
    public mutating func finish() -> [FeedItem] {
        let items = rows { parser, handle in try parser.finish(row: handle) }
        guard columns == nil, !isBroken else { return items }
        return items + [FeedItem(FeedPlace(line: 1), .broken(.otherFormat))]
    }

    private mutating func rows(_ parse: (inout CSVParser, (CSVRow) throws -> Void) throws -> Void) -> [FeedItem] {
        guard !isBroken else { return [] }
        var items: [FeedItem] = []
        var rows: [CSVRow] = []
        var problem: CSVFormProblem?
        do {
            try parse(&parser) { rows.append($0) }
        } catch {
            problem = error as? CSVFormProblem
        }
        for row in rows where !isBroken { items.append(contentsOf: item(row)) }
        if let problem, !isBroken {
            isBroken = true
            items.append(FeedItem(FeedPlace(line: problem.line), .broken(.notWellFormed)))
        }
        return items
    }

    private mutating func item(_ row: CSVRow) -> [FeedItem] {
        let place = FeedPlace(line: row.line)
        guard let columns else {
            guard let fault = readHeader(row) else { return [] }
            isBroken = true
            return [FeedItem(place, .broken(fault))]
        }
        guard row.fields.count == width else { return [FeedItem(place, .rejected(.malformed))] }
        var values: [String: String] = [:]
        for (name, column) in columns {
            guard let text = mapping.encoding.text(row.fields[column]) else {
                return [FeedItem(place.at(name), .rejected(.wrongEncoding))]
            }
            values[name] = text
        }
        return [mapping.item(place) { values[$0].map(FieldValue.text) }]
    }

    private mutating func readHeader(_ row: CSVRow) -> FeedFault? {
        if let first = row.fields.first, first.starts(with: [0xFF, 0xFE]) || first.starts(with: [0xFE, 0xFF]) {
            return .wrongEncoding
        }
        let header = row.fields.map { mapping.encoding.text($0)?.trimmed }
        guard !header.contains(nil) else { return .wrongEncoding }
        var found: [String: Int] = [:]
        for name in mapping.names {
            let places = header.indices.filter { header[$0] == name }
            guard places.count == 1 else { return .missingColumn }
            found[name] = places[0]
        }
        columns = found
        width = header.count
        return nil
    }
}
