import ContactStore
import ContactStoreConformance
import ProtectedIdentity
import Testing

@testable import PostgresContactStore

/// A company's schema with a table of customers, and the worker's own schema beside it; both vanish with the fixture.
final class PostgresFixture: ConformanceFixture {
    let company: String
    let schema: SchemaName
    let map: FieldMap
    let registry: PostgresContactStore

    /// - Parameters:
    ///   - layout: statements that make the company's tables; `SCHEMA` stands for their schema.
    ///   - map: of those tables.
    init(layout: [String] = PostgresFixture.layout, map: (String) -> FieldMap = PostgresFixture.map) throws {
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        company = "company_\(suffix)"
        schema = try #require(SchemaName("worker_\(suffix)"))
        self.map = map(company)
        let statements =
            ["CREATE SCHEMA \(company)"] + layout.map { [company] in $0.replacing("SCHEMA", with: company) }
        try TestServer.run(statements.map { Statement($0) })
        _ = try Migrator(target: try TestServer.target(), schema: schema).migrate()
        registry = try PostgresContactStore(
            PostgresContactStore.Settings(target: try TestServer.target(), schema: schema, map: self.map))
    }

    deinit {
        registry.close()
        _ = try? TestServer.run("DROP SCHEMA \(company) CASCADE", "DROP SCHEMA \(schema.name) CASCADE")
    }

    var store: any OperationsStore { registry }

    /// The settings of a further worker on the same tables.
    func settings(url: String? = TestServer.url) throws -> PostgresContactStore.Settings {
        PostgresContactStore.Settings(target: try TestServer.target(url), schema: schema, map: map)
    }

    static let layout = [
        """
        CREATE TABLE SCHEMA.customer (
            customer_id text NOT NULL, tenant text NOT NULL, country text NOT NULL, national_id text,
            first_name text, last_name text, care_of text, street text, postal_code text, city text, email text,
            phone text, protected_identity boolean NOT NULL DEFAULT false, PRIMARY KEY (tenant, customer_id)
        )
        """,
        "CREATE INDEX ON SCHEMA.customer (tenant, national_id)",
    ]

    static func map(_ company: String) -> FieldMap {
        FieldMap(
            table: TableName(schema: company, name: "customer"), key: "customer_id", tenant: .column("tenant"),
            country: .column("country"), number: "national_id", email: "email",
            flag: FieldMap.Flag(column: "protected_identity"),
            cleared: ["first_name", "last_name"].map { FieldMap.Cleared(column: $0, field: .name) }
                + ["care_of", "street", "postal_code", "city"].map { FieldMap.Cleared(column: $0, field: .address) })
    }

    private static var details: [WritableKeyPath<RegistryContact.Details, Sensitive<String>?>] {
        [\.number, \.firstName, \.lastName, \.careOf, \.street, \.postalCode, \.city, \.email, \.phone]
    }

    func add(_ contacts: [RegistryContact]) throws {
        var columns = Array(repeating: ArrayParameter(.text), count: 3 + Self.details.count)
        var flags = ArrayParameter(.boolean)
        var (tenants, ids, times) = (ArrayParameter(.text), ArrayParameter(.text), ArrayParameter(.timestamp))
        for contact in contacts {
            columns[0].append(contact.key.id.rawValue)
            columns[1].append(contact.key.tenant.rawValue)
            columns[2].append(contact.country.rawValue)
            for (index, detail) in Self.details.enumerated() {
                if let value = contact.details[keyPath: detail] {
                    columns[3 + index].append(value.reveal())
                } else {
                    columns[3 + index].appendNull()
                }
            }
            flags.append(contact.isProtected)
            if let notBefore = contact.deletionNotBefore {
                tenants.append(contact.key.tenant.rawValue)
                ids.append(contact.key.id.rawValue)
                times.append(notBefore)
            }
        }
        let arrays = (1...12).map { "$\($0)::text[]" }.joined(separator: ", ")
        try TestServer.run([
            Statement(
                "INSERT INTO \(company).customer SELECT * FROM unnest(\(arrays), $13::boolean[])",
                arrays: columns + [flags]),
            Statement(
                """
                INSERT INTO \(schema("contacts")) SELECT w.tenant, w.id, NULL, true, w.at
                FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS w(tenant, id, at)
                """, arrays: [tenants, ids, times]),
        ])
    }

    func contact(_ key: ContactKey) throws -> RegistryContact? {
        let names = "national_id, first_name, last_name, care_of, street, postal_code, city, email, phone"
        let result = try TestServer.run([
            Statement(
                """
                SELECT country, protected_identity, (SELECT k.deletion_not_before FROM \(schema("contacts")) AS k
                    WHERE k.tenant = c.tenant AND k.contact_id = c.customer_id), \(names)
                FROM \(company).customer AS c WHERE tenant = $1 AND customer_id = $2
                """, [.text(key.tenant.rawValue), .text(key.id.rawValue)])
        ])[0]
        guard !result.rows.isEmpty, let country = result.text(0, 0).flatMap(CountryCode.init(rawValue:)) else {
            return nil
        }
        var details = RegistryContact.Details()
        for (index, detail) in Self.details.enumerated() {
            details[keyPath: detail] = result.text(0, Int32(3 + index)).map { Sensitive($0) }
        }
        return RegistryContact(
            key: key, country: country, details: details, isProtected: result.boolean(0, 1),
            deletionNotBefore: result.timestamp(0, 2))
    }
}
