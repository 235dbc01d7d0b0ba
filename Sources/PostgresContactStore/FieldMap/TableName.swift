/// A table of the company's database, `schema.table` as one would write it in SQL: a name in double quotes is taken
/// letter by letter, another one in small letters. Without a schema it is `public`.
public struct TableName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The schema's name.
    public let schema: String
    /// The table's name.
    public let name: String

    /// A table by its two names, letter by letter.
    public init(schema: String, name: String) {
        self.schema = schema
        self.name = name
    }

    /// Reads `table`, `schema.table` or a form with quotes; nil where it is none of these.
    public init?(_ text: String) {
        var names: [String] = []
        var rest = text[...]
        while true {
            guard let name = Self.takeName(from: &rest) else { return nil }
            names.append(name)
            if rest.isEmpty { break }
            guard rest.removeFirst() == "." else { return nil }
        }
        switch names.count {
        case 1: self.init(schema: "public", name: names[0])
        case 2: self.init(schema: names[0], name: names[1])
        default: return nil
        }
    }

    private static func takeName(from rest: inout Substring) -> String? {
        guard rest.first == "\"" else {
            let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" }
            rest = rest[name.endIndex...]
            return name.isEmpty ? nil : name.lowercased()
        }
        rest.removeFirst()
        var name = ""
        while let character = rest.popFirst() {
            guard character == "\"" else {
                name.append(character)
                continue
            }
            guard rest.first == "\"" else { return name.isEmpty ? nil : name }
            name.append(rest.removeFirst())
        }
        return nil
    }

    /// The name in SQL.
    var sql: String { "\(quoted(schema)).\(quoted(name))" }

    /// `schema.table`, quoted where a name needs it.
    public var description: String {
        [schema, name].map { Self.isPlain($0) ? $0 : quoted($0) }.joined(separator: ".")
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.first?.isNumber == false
            && name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }
    }

    /// By schema, then by name.
    public static func < (left: Self, right: Self) -> Bool {
        (left.schema, left.name) < (right.schema, right.name)
    }
}

/// A name of the database's things in SQL, whatever it holds.
func quoted(_ name: String) -> String {
    "\"\(name.replacing("\"", with: "\"\""))\""
}

/// A text as a constant in SQL. `standard_conforming_strings` is on in every session of the store.
func literal(_ text: String) -> String {
    "'\(text.replacing("'", with: "''"))'"
}
