internal import CSV
internal import ContactStore
internal import ProtectedIdentity

/// Turns the rows of a CSV file into contacts, by the names in its header.
struct CSVContacts {
    /// Every column that a file may have.
    static let columns = [
        "contact_id", "tenant", "country", "number", "first_name", "last_name", "care_of", "street", "postal_code",
        "city", "email", "phone",
    ]
    private static let required = ["contact_id", "tenant", "country"]

    private let header: [String]
    private let today: CalendarDate

    /// Reads the header.
    init(header row: CSVRow, today: CalendarDate) throws {
        let names = row.fields.map { String(decoding: $0, as: UTF8.self) }
        func problem(_ reason: String) -> CSVImportProblem { CSVImportProblem(line: row.line, reason: reason) }
        if row.fields.first?.starts(with: [0xFF, 0xFE]) == true || row.fields.first?.starts(with: [0xFE, 0xFF]) == true
        {
            throw problem("the file is in UTF-16; save it as UTF-8")
        }
        if names.count == 1, let only = names.first, only.contains(";") || only.contains("\t") {
            throw problem("the columns have to be separated by commas")
        }
        // What stands there may be a row of data, so it is not quoted.
        if let index = names.firstIndex(where: { !Self.columns.contains($0) }) {
            throw problem(
                "column \(index + 1) has a name that is not known; known are \(Self.columns.joined(separator: ", "))")
        }
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw problem("the column \(twice) occurs twice")
        }
        let missing = Self.required.filter { !names.contains($0) }
        guard missing.isEmpty else {
            throw problem("missing \(missing.count == 1 ? "column" : "columns"): \(missing.joined(separator: ", "))")
        }
        header = names
        self.today = today
    }

    /// The contact in a row, or all that is wrong with it.
    func contact(_ row: CSVRow) -> Result<RegistryContact, Problems> {
        var problems = Problems()
        guard row.fields.count == header.count else {
            let reason = "\(row.fields.count) fields where the header has \(header.count)"
            problems.all.append(CSVImportProblem(line: row.line, reason: reason))
            return .failure(problems)
        }
        var values: [String: String] = [:]
        for (name, field) in zip(header, row.fields) {
            guard let text = String(validating: field, as: UTF8.self) else {
                problems.add(row, name, "is not valid UTF-8; save the file as UTF-8")
                continue
            }
            guard !field.contains(0) else {
                problems.add(row, name, "contains a NUL character")
                continue
            }
            values[name] = text
        }
        func required<Value>(_ column: String, _ reason: String, _ read: (String) -> Value?) -> Value? {
            guard let text = values[column] else { return nil }
            guard let value = read(text) else {
                problems.add(row, column, text.isEmpty ? "is empty" : reason)
                return nil
            }
            return value
        }
        let tenant = required("tenant", "has to be small letters, digits and hyphens, at most 64") {
            TenantName(rawValue: $0)
        }
        let id = required("contact_id", "has to be 1 to 128 characters") { ContactID(rawValue: $0) }
        let country = required("country", "has to be two capital letters, such as SE or DK") {
            CountryCode(rawValue: $0)
        }
        if let number = values["number"], !number.isEmpty, let country = country?.served,
            let reason = objection(to: number, of: country)
        {
            problems.add(row, "number", reason)
        }
        guard problems.all.isEmpty, let tenant, let id, let country else { return .failure(problems) }
        let contact = RegistryContact(
            key: ContactKey(tenant: tenant, id: id), country: country, details: Self.details(values))
        return .success(contact)
    }

    /// What is wrong with a number, or nil. One in form that is in no register (a reserve number) is let through:
    /// nobody can be found by it, and nobody is taken for somebody else.
    private func objection(to number: String, of country: Country) -> String? {
        do {
            _ = try PersonalIdentityNumber.parse(number, country: country, today: today)
            return nil
        } catch {
            return error == .unsupported ? nil : "is not a number of \(country.rawValue) in any written form"
        }
    }

    /// Whether a contact's number fits somebody a hundred years older, too: events for either are then set aside.
    func leavesCenturyOpen(_ contact: RegistryContact) -> Bool {
        guard let stored = contact.details.number?.reveal(), let country = contact.country.served,
            let number = try? PersonalIdentityNumber.parse(stored, country: country, today: today)
        else { return false }
        return number.match(stored: stored, country: country, today: today) == .ambiguous
    }

    private static func details(_ values: [String: String]) -> RegistryContact.Details {
        var details = RegistryContact.Details()
        for (column, field) in zip(ContactColumns.all, ContactColumns.fields) {
            guard let value = values[column], !value.isEmpty else { continue }
            details[keyPath: field] = Sensitive(value)
        }
        return details
    }

    /// What is wrong with a row.
    struct Problems: Error {
        var all: [CSVImportProblem] = []

        mutating func add(_ row: CSVRow, _ column: String, _ reason: String) {
            all.append(CSVImportProblem(line: row.line, column: column, reason: reason))
        }
    }
}
