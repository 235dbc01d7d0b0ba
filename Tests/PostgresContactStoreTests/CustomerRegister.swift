import ContactStore
import ContactStoreConformance
import ProtectedIdentity
import Testing

@testable import PostgresContactStore

/// A register of customers as a company might have it, which is not as we would have made it: numbers as keys, the flag a
/// letter, a name that may not be NULL, addresses and links in tables of their own.
enum CustomerRegister {
    static let layout = [
        """
        CREATE TABLE SCHEMA.customer (
            customer_id bigint PRIMARY KEY, tenant varchar(40) NOT NULL, country char(2) NOT NULL,
            national_id varchar(13), first_name varchar(80), last_name varchar(80) NOT NULL, care_of text, street text,
            postal_code char(6), city text, email text, phone text, birth_date date,
            protected_identity char(1) NOT NULL DEFAULT 'N', created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT '2020-01-01Z'
        )
        """,
        "CREATE INDEX ON SCHEMA.customer (tenant, national_id)",
        "CREATE INDEX ON SCHEMA.customer (updated_at, customer_id)",
        """
        CREATE TABLE SCHEMA.delivery_address (
            address_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            customer_id bigint NOT NULL REFERENCES SCHEMA.customer, recipient text NOT NULL, street text,
            postal_code text, city text
        )
        """,
        "CREATE INDEX ON SCHEMA.delivery_address (customer_id)",
        """
        CREATE TABLE SCHEMA.household_link (
            customer_id bigint NOT NULL REFERENCES SCHEMA.customer, lives_with bigint NOT NULL,
            PRIMARY KEY (customer_id, lives_with)
        )
        """,
    ]

    static func map(_ company: String) -> FieldMap {
        func table(_ name: String) -> TableName { TableName(schema: company, name: name) }
        return FieldMap(
            table: table("customer"), key: "customer_id", tenant: .column("tenant"), country: .column("country"),
            number: "national_id", email: "email",
            flag: FieldMap.Flag(column: "protected_identity", yes: ["Y", "J"], no: "N"), updatedAt: "updated_at",
            cleared: [
                FieldMap.Cleared(column: "first_name", field: .name),
                FieldMap.Cleared(column: "last_name", field: .name, replacement: "-"),
                FieldMap.Cleared(column: "care_of", field: .address),
                FieldMap.Cleared(column: "street", field: .address),
                FieldMap.Cleared(column: "postal_code", field: .address),
                FieldMap.Cleared(column: "city", field: .address),
                FieldMap.Cleared(column: "birth_date", field: ClearableField(rawValue: "birthDate")),
            ],
            dependents: [
                FieldMap.Dependent(
                    name: "deliveries", table: table("delivery_address"), contact: "customer_id",
                    action: .clear([
                        FieldMap.Cleared(column: "recipient", field: .name, replacement: "-"),
                        FieldMap.Cleared(column: "street", field: .address),
                        FieldMap.Cleared(column: "postal_code", field: .address),
                        FieldMap.Cleared(column: "city", field: .address),
                    ])),
                FieldMap.Dependent(
                    name: "households", table: table("household_link"), contact: "customer_id",
                    action: .delete(ClearableField(rawValue: "household"))),
            ])
    }

    static func fixture() throws -> PostgresFixture {
        try PostgresFixture(layout: layout, map: map)
    }
}

extension PostgresFixture {
    /// Runs SQL as the company would; `SCHEMA` stands for its schema.
    @discardableResult
    func sql(_ statements: String...) throws -> PostgresResult? {
        try TestServer.run(statements.map { Statement($0.replacing("SCHEMA", with: company)) }).last
    }

    /// A customer who has something everywhere, and two delivery addresses.
    func addCustomer(_ id: Int, number: String?, country: String = "SE", tenant: String = "nordic-sport") throws {
        let number = number.map { "'\($0)'" } ?? "NULL"
        try sql(
            """
            INSERT INTO SCHEMA.customer (customer_id, tenant, country, national_id, first_name, last_name, care_of, street,
                postal_code, city, email, phone, birth_date)
            VALUES (\(id), '\(tenant)', '\(country)', \(number), 'Åsa', 'Exempelsson', 'c/o Prov', 'Provgatan \(id)',
                '111 22', 'Provköping', 'c\(id)@example.com', '+46 70', '1970-01-01')
            """,
            """
            INSERT INTO SCHEMA.delivery_address (customer_id, recipient, street, postal_code, city)
            VALUES (\(id), 'Åsa Exempelsson', 'Provgatan \(id)', '111 22', 'Provköping'), (\(id), 'Bo', 'Gränd 2', NULL, '')
            """,
            "INSERT INTO SCHEMA.household_link VALUES (\(id), 4711)")
    }

    /// The customers and all that hangs on them, row by row, as text; without those that are named.
    func everything(but ids: [Int] = []) throws -> [String] {
        let list = ids.isEmpty ? "-1" : ids.map(String.init).joined(separator: ", ")
        let result = try sql(
            """
            SELECT row_to_json(t)::text FROM (SELECT * FROM SCHEMA.customer) AS t WHERE customer_id NOT IN (\(list))
            UNION ALL SELECT row_to_json(t)::text FROM SCHEMA.delivery_address AS t WHERE customer_id NOT IN (\(list))
            UNION ALL SELECT row_to_json(t)::text FROM SCHEMA.household_link AS t WHERE customer_id NOT IN (\(list))
            ORDER BY 1
            """)
        return try #require(result).rows.map { result?.text($0, 0) ?? "" }
    }

    /// Applies one batch, and returns what is published for each record.
    func apply(_ said: Events.Said..., policies: TenantPolicies = .keepEverywhere) throws -> [Published] {
        var events = try Events(partition: Int32.random(in: 0...1_000_000))
        return try registry.apply(try events.batch(said, policies: policies)).verdicts.map(Published.init)
    }
}

/// A verdict in a form that a test can compare.
enum Published: Equatable, CustomStringConvertible {
    case outcome(OutcomeType, contacts: [String], cleared: Set<String>)
    case quarantined(QuarantineReason)
    case nothing

    init(_ verdict: Verdict) {
        switch verdict {
        case .publish(.decided(let outcome, _)):
            self = .outcome(
                outcome.type, contacts: outcome.contactIDs.map(\.rawValue),
                cleared: Set(outcome.cleared.map(\.rawValue)))
        case .publish(.quarantined(let reason, _, _)): self = .quarantined(reason)
        case .duplicate, .alreadyPublished: self = .nothing
        }
    }

    static func redacted(_ contacts: String..., cleared: Set<String>) -> Published {
        .outcome(.redacted, contacts: contacts, cleared: cleared)
    }

    static func unmatched() -> Published { .outcome(.unmatched, contacts: [], cleared: []) }

    var description: String {
        switch self {
        case .outcome(let type, let contacts, let cleared): "\(type) \(contacts) \(cleared.sorted())"
        case .quarantined(let reason): "quarantined \(reason)"
        case .nothing: "nothing"
        }
    }
}
