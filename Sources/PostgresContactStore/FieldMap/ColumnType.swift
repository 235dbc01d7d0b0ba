/// A column's type, as far as it matters for comparing and clearing.
enum ColumnType: Hashable, Sendable {
    case text
    /// `character(n)`, which pads with spaces.
    case padded
    /// `smallint`, `integer`, `bigint`.
    case integer
    case numeric
    case uuid
    case boolean
    /// Any other; can be cleared and not be looked up.
    case other

    /// By the base type's name in `pg_type`.
    init(baseType: String) {
        self =
            switch baseType {
            case "text", "varchar": .text
            case "bpchar": .padded
            case "int2", "int4", "int8": .integer
            case "numeric": .numeric
            case "uuid": .uuid
            case "bool": .boolean
            default: .other
            }
    }

    /// Whether an empty text is a value of it, and means that there is none.
    var isText: Bool { self == .text || self == .padded }

    /// Whether numbers in it have lost their leading zeros.
    var isNumber: Bool { self == .integer || self == .numeric }

    /// To what a parameter is cast when it is compared with the column: never the column itself, whose index would be of
    /// no use then. An `integer` column compares with a `bigint` by its index, and nothing overflows.
    var cast: String {
        switch self {
        case .text, .boolean, .other: "text"
        case .padded: "bpchar"
        case .integer: "bigint"
        case .numeric: "numeric"
        case .uuid: "uuid"
        }
    }

    /// Whether a text is what a value of the type looks like, letter by letter, when it is turned into text. Another one is
    /// nobody's key, and would be refused by the cast.
    func writes(_ text: String) -> Bool {
        switch self {
        case .text: return true
        case .padded: return text.last != " "
        case .integer: return Int64(text).map(String.init) == text
        case .numeric:
            let digits = text.utf8
            return (1...38).contains(digits.count) && digits.allSatisfy { (0x30...0x39).contains($0) }
                && (digits.first != 0x30 || digits.count == 1)
        case .uuid:
            let groups = text.split(separator: "-", omittingEmptySubsequences: false)
            return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
                && groups.joined().utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        case .boolean, .other: return false
        }
    }
}
