public import ProtectedIdentity

/// How a company's tables hold what a contact registry has to hold: which table, and which column is what.
///
/// Every name is one of the database's, every value a constant that the operator has written. A map says nothing of
/// whether the database agrees with it: ``MapCheck`` does.
public struct FieldMap: Sendable, Equatable {
    /// Where something comes from that a registry may also have in common for all rows.
    public enum Source: Sendable, Equatable {
        /// A column.
        case column(String)
        /// The same for every row.
        case constant(String)
    }

    /// How a row goes when its contact is deleted.
    public enum Removal: String, Sendable, Equatable, CaseIterable {
        /// It is deleted.
        case delete
        /// It stays, with its columns cleared, and is nobody's any more.
        case anonymise
    }

    /// The column that marks a contact as protected.
    public struct Flag: Sendable, Equatable {
        /// Its name.
        public var column: String
        /// What means yes, the first of them written; nil where the column is a boolean.
        public var yes: [String]?
        /// What is written for no; nil where the column is a boolean, or NULL means no.
        public var no: String?

        /// A flag.
        public init(column: String, yes: [String]? = nil, no: String? = nil) {
            self.column = column
            self.yes = yes
            self.no = no
        }
    }

    /// A column that a protected contact loses.
    public struct Cleared: Sendable, Equatable {
        /// Its name.
        public var column: String
        /// What outcomes call it: `name`, `address`, or a name of the operator's own.
        public var field: ClearableField
        /// What is written over it; NULL where nil.
        public var replacement: String?

        /// A column to clear.
        public init(column: String, field: ClearableField, replacement: String? = nil) {
            self.column = column
            self.field = field
            self.replacement = replacement
        }
    }

    /// A table that hangs on the contact's.
    public struct Dependent: Sendable, Equatable {
        /// What happens to its rows when the contact becomes protected.
        public enum Action: Sendable, Equatable {
            /// They are deleted; outcomes speak of them as this field.
            case delete(ClearableField)
            /// These columns are cleared.
            case clear([Cleared])
        }

        /// The map's own name for it.
        public var name: String
        /// The table.
        public var table: TableName
        /// The column that holds the contact's key.
        public var contact: String
        /// The column that holds the tenant, where keys are unique within a tenant only.
        public var tenant: String?
        /// What happens to its rows.
        public var action: Action
        /// How its rows go when the contact is deleted.
        public var removal: Removal

        /// A table that hangs on the contact's.
        public init(
            name: String, table: TableName, contact: String, tenant: String? = nil, action: Action,
            removal: Removal = .delete
        ) {
            self.name = name
            self.table = table
            self.contact = contact
            self.tenant = tenant
            self.action = action
            self.removal = removal
        }
    }

    /// The table that holds the contacts.
    public var table: TableName
    /// The column with the contact's key.
    public var key: String
    /// Whose contact it is.
    public var tenant: Source
    /// From which country's register its number is: an ISO 3166-1 alpha-2 code. Without it the same ten digits could be a
    /// Swedish number or a Danish one.
    public var country: Source
    /// The column with the number.
    public var number: Cleared
    /// In which forms the column writes numbers. Fewer forms are fewer look-ups; a form that is missing here is a person
    /// who is not found.
    public var numberForms: Set<NumberForm>
    /// The column with the e-mail address, for notices.
    public var email: String?
    /// The column that marks a contact.
    public var flag: Flag
    /// The column that is set to the current time at each change.
    public var updatedAt: String?
    /// The columns that a protected contact loses besides its number.
    public var cleared: [Cleared]
    /// The tables that hang on it.
    public var dependents: [Dependent]
    /// How the contact's own row goes when it is deleted.
    public var removal: Removal

    /// A map.
    public init(
        table: TableName, key: String, tenant: Source, country: Source, number: String,
        numberReplacement: String? = nil, numberForms: Set<NumberForm> = Set(NumberForm.allCases),
        email: String? = nil, flag: Flag, updatedAt: String? = nil, cleared: [Cleared], dependents: [Dependent] = [],
        removal: Removal = .delete
    ) {
        self.table = table
        self.key = key
        self.tenant = tenant
        self.country = country
        self.number = Cleared(column: number, field: .personalIdentityNumber, replacement: numberReplacement)
        self.numberForms = numberForms
        self.email = email
        self.flag = flag
        self.updatedAt = updatedAt
        self.cleared = cleared
        self.dependents = dependents
        self.removal = removal
    }

    /// The contacts' table, and those that hang on it.
    var tables: [TableName] { [table] + dependents.map(\.table) }

    /// All columns of the contact that are cleared, the number's first.
    var allCleared: [Cleared] { [number] + cleared }

    /// The columns that a row loses that stays when its contact is deleted: nobody is to be written to any more.
    var allAnonymised: [Cleared] {
        let address = email.map { Cleared(column: $0, field: ClearableField(rawValue: "email")) }
        return allCleared
            + [address].compactMap { $0 }.filter { added in !allCleared.contains { $0.column == added.column } }
    }

    /// The fields that outcomes speak of, each once: those of the contact, and those of the tables that hang on it.
    var fields: [ClearableField] {
        var fields = allCleared.map(\.field)
        for dependent in dependents {
            switch dependent.action {
            case .delete(let field): fields.append(field)
            case .clear(let columns): fields += columns.map(\.field)
            }
        }
        return Set(fields).sorted()
    }
}

extension FieldMap.Source {
    var column: String? {
        if case .column(let name) = self { name } else { nil }
    }

    var constant: String? {
        if case .constant(let value) = self { value } else { nil }
    }
}
