import PostgresContactStore
import ProtectedIdentity

/// Reads `store.contacts`: which of a company's tables and columns is what.
struct FieldMapReading {
    static let root = "store.contacts"

    /// What is cleared and where, as `clear`, `replace` and their like say of one table.
    private typealias Cleared = FieldMap.Cleared

    /// The map; nil where something required is missing or wrong, which is noted.
    static func read(_ reading: inout ConfigurationReading) -> FieldMap? {
        let before = reading.problems.count
        let table = tableName("\(root).table", &reading)
        let key = required("\(root).key", "the column with the contact's own key, like customer_id", &reading)
        let tenant = source("tenant", example: "nordic-sport", &reading) { TenantName(rawValue: $0) != nil }
        let country = source("country", example: "SE", &reading) { CountryCode(rawValue: $0) != nil }
        let number = required("\(root).number.column", "the column with the number, like national_id", &reading)
        let replacement = reading.text("\(root).number.replace")?.text
        let forms = numberForms(&reading)
        let email = reading.text("\(root).email")?.text
        let flag = flag(&reading)
        let updatedAt = reading.text("\(root).updatedAt")?.text
        let cleared = cleared(under: root, &reading)
        let removal = removal(under: root, &reading)
        let dependents = reading.sources.names(under: "\(root).tables.").compactMap { name in
            dependent(name, &reading)
        }
        if cleared.isEmpty {
            reading.problem(
                "\(root).clear", "names no column", "Write COLUMN: name or COLUMN: address for each of them")
        }
        guard reading.problems.count == before, let table, let key, let tenant, let country, let number, let flag else {
            return nil
        }
        return FieldMap(
            table: table, key: key, tenant: tenant, country: country, number: number,
            numberReplacement: replacement, numberForms: forms, email: email, flag: flag, updatedAt: updatedAt,
            cleared: cleared, dependents: dependents, removal: removal)
    }

    // MARK: Parts

    private static func required(_ name: String, _ what: String, _ reading: inout ConfigurationReading) -> String? {
        if let text = reading.text(name)?.text, !text.isEmpty { return text }
        reading.problem(name, "is required with PostgreSQL", "Write \(what)")
        return nil
    }

    private static func tableName(_ name: String, _ reading: inout ConfigurationReading) -> TableName? {
        guard let text = required(name, "the table, like crm.customer", &reading) else { return nil }
        if let table = TableName(text) { return table }
        reading.problem(
            name, "\"\(text)\" is not a table's name", "Write schema.table, each in double quotes where needed")
        return nil
    }

    /// A column, or the same value for every row; one of the two has to be given.
    private static func source(
        _ name: String, example: String, _ reading: inout ConfigurationReading, isValid: (String) -> Bool
    ) -> FieldMap.Source? {
        let (columnKey, valueKey) = ("\(root).\(name).column", "\(root).\(name).value")
        switch (reading.text(columnKey)?.text, reading.text(valueKey)?.text) {
        case (let column?, nil):
            return .column(column)
        case (nil, let value?) where isValid(value):
            return .constant(value)
        case (nil, let value?):
            reading.problem(valueKey, "\"\(value)\" is not valid", "Write one like \(example)")
        case (_?, _?):
            reading.problem(valueKey, "\(columnKey) is set too", "Set one of the two")
        case (nil, nil):
            let why = name == "country" ? ": ten digits can be a Swedish number or a Danish one" : ""
            reading.problem(
                columnKey, "is required with PostgreSQL, or \(valueKey)\(why)",
                "Name the column, or write what holds for every row, like \(name).value: \(example)")
        }
        return nil
    }

    private static func numberForms(_ reading: inout ConfigurationReading) -> Set<NumberForm> {
        let name = "\(root).number.forms"
        let all = Set(NumberForm.allCases)
        let names = NumberForm.allCases.map(\.rawValue).joined(separator: ", ")
        let forms = reading.value(name, expected: "some of: \(names)") { text -> Set<NumberForm>? in
            let parts = text.split(separator: ",").map { $0.trimming(while: \.isWhitespace) }
            let forms = parts.compactMap(NumberForm.init(rawValue:))
            return forms.count == parts.count && !forms.isEmpty ? Set(forms) : nil
        }
        return forms ?? all
    }

    private static func flag(_ reading: inout ConfigurationReading) -> FieldMap.Flag? {
        let column = required("\(root).flag.column", "the column that marks protected contacts", &reading)
        let yes = reading.text("\(root).flag.yes")?.text.split(separator: ",").map {
            $0.trimming(while: \.isWhitespace)
        }
        let no = reading.text("\(root).flag.no")?.text
        if yes == nil, no != nil {
            reading.problem("\(root).flag.yes", "is required where flag.no is set", "Write what means yes")
        }
        return column.map { FieldMap.Flag(column: $0, yes: yes, no: no) }
    }

    /// `clear.COLUMN: field` and `replace.COLUMN: value` below a key.
    private static func cleared(under key: String, _ reading: inout ConfigurationReading) -> [FieldMap.Cleared] {
        let columns = reading.sources.names(under: "\(key).clear.", whole: true)
        let replaced = reading.sources.names(under: "\(key).replace.", whole: true)
        for column in replaced where !columns.contains(column) {
            reading.problem(
                "\(key).replace.\(column)", "the column is not cleared", "Name it under clear too, or remove it")
        }
        return columns.compactMap { column in
            let replacement = replaced.contains(column) ? reading.text("\(key).replace.\(column)")?.text : nil
            return field("\(key).clear.\(column)", &reading).map {
                FieldMap.Cleared(column: column, field: $0, replacement: replacement)
            }
        }
    }

    /// How rows go with a deleted contact.
    private static func removal(under key: String, _ reading: inout ConfigurationReading) -> FieldMap.Removal {
        reading.choice("\(key).onDeletion") ?? .delete
    }

    /// A name in which outcomes speak of what was cleared.
    private static func field(_ name: String, _ reading: inout ConfigurationReading) -> ClearableField? {
        reading.value(name, expected: "name, address, or a word of your own, like birthDate") { text in
            let isWord = (1...64).contains(text.utf8.count) && text.utf8.allSatisfy(Self.isOfWord)
            return isWord ? ClearableField(rawValue: text) : nil
        }
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func dependent(
        _ name: String, _ reading: inout ConfigurationReading
    ) -> FieldMap.Dependent? {
        let key = "\(root).tables.\(name)"
        let table = tableName("\(key).table", &reading)
        let contact = required("\(key).contact", "the column with the contact's key, like customer_id", &reading)
        let tenant = reading.text("\(key).tenant")?.text
        let cleared = cleared(under: key, &reading)
        let deletes = reading.value("\(key).rows", expected: "delete, or nothing where columns are cleared") {
            $0 == "delete" ? true : nil
        }
        let deletedField = deletes == true ? field("\(key).field", &reading) ?? .address : .address
        if cleared.isEmpty == (deletes == nil) {
            reading.problem(
                "\(key).clear", "say what happens to the table's rows: either columns to clear, or rows: delete",
                "Write COLUMN: address below clear, or rows: delete")
        }
        let removal = removal(under: key, &reading)
        if deletes == true, removal == .anonymise {
            reading.problem(
                "\(key).onDeletion", "rows: delete leaves no row to anonymise", "Remove one of the two")
        }
        guard let table, let contact else { return nil }
        return FieldMap.Dependent(
            name: name, table: table, contact: contact, tenant: tenant,
            action: deletes == true ? .delete(deletedField) : .clear(cleared), removal: removal)
    }
}
