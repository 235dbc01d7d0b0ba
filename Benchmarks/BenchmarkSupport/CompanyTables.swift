package import PostgresContactStore
import ProtectedIdentity

/// A company's table of customers with delivery addresses, and how the worker is told of it.
package enum CompanyTables {
    /// The tables with their people, as a bulk load would leave them.
    package static func layout(people: Int) -> String {
        let rows = (0..<people).map { "\($0 + 1)\t\(TestNumber.number($0))" }.joined(separator: "\n")
        return """
            DROP SCHEMA IF EXISTS benchmark CASCADE;
            DROP SCHEMA IF EXISTS benchmark_worker CASCADE;
            CREATE SCHEMA benchmark;
            CREATE TABLE benchmark.people (customer_id bigint PRIMARY KEY, national_id text);
            COPY benchmark.people FROM STDIN;
            \(rows)
            \\.
            CREATE TABLE benchmark.customer AS SELECT customer_id, 'nordic-sport'::text AS tenant, 'SE'::char(2) AS country,
                CASE customer_id % 2 WHEN 0 THEN national_id
                    ELSE substr(national_id, 3, 6) || '-' || substr(national_id, 9) END AS national_id,
                'Alva' || customer_id AS first_name, 'Exempelsson'::text AS last_name, 'Storgatan ' || customer_id AS street,
                '111 22'::text AS postal_code, 'Provköping'::text AS city, customer_id || '@example.com' AS email,
                false AS protected_identity, now() AS updated_at
                FROM benchmark.people;
            ALTER TABLE benchmark.customer ADD PRIMARY KEY (customer_id), ALTER last_name SET NOT NULL;
            CREATE INDEX ON benchmark.customer (tenant, national_id);
            CREATE TABLE benchmark.delivery_address AS SELECT customer_id AS address_id, customer_id,
                'Alva Exempelsson'::text AS recipient, 'Storgatan ' || customer_id AS street, '111 22'::text AS postal_code,
                'Provköping'::text AS city FROM benchmark.people;
            ALTER TABLE benchmark.delivery_address ADD PRIMARY KEY (address_id);
            CREATE INDEX ON benchmark.delivery_address (customer_id);
            CREATE SEQUENCE benchmark.next;
            ANALYZE benchmark.people;
            ANALYZE benchmark.customer;
            ANALYZE benchmark.delivery_address;
            """
    }

    /// The schema of the worker's own tables.
    package static let schema = "benchmark_worker"

    /// The tenant whose customers they are.
    package static let tenant = "nordic-sport"

    /// The tables as the store has them described.
    package static let map = FieldMap(
        table: TableName(schema: "benchmark", name: "customer"), key: "customer_id", tenant: .column("tenant"),
        country: .column("country"), number: "national_id", numberForms: [.long, .shortHyphen], email: "email",
        flag: FieldMap.Flag(column: "protected_identity"), updatedAt: "updated_at",
        cleared: [
            FieldMap.Cleared(column: "first_name", field: .name),
            FieldMap.Cleared(column: "last_name", field: .name, replacement: "-"),
            FieldMap.Cleared(column: "street", field: .address),
            FieldMap.Cleared(column: "postal_code", field: .address),
            FieldMap.Cleared(column: "city", field: .address),
        ],
        dependents: [
            FieldMap.Dependent(
                name: "addresses", table: TableName(schema: "benchmark", name: "delivery_address"),
                contact: "customer_id",
                action: .clear(
                    ["recipient", "street", "postal_code", "city"].map {
                        FieldMap.Cleared(column: $0, field: .address)
                    }))
        ])

    /// The same for the shipped program.
    package static let configuration = """
        store:
          schema: benchmark_worker
          contacts:
            table: benchmark.customer
            key: customer_id
            tenant: {column: tenant}
            country: {column: country}
            number: {column: national_id, forms: [YYYYMMDDNNNN, YYMMDD-NNNN]}
            email: email
            flag: {column: protected_identity}
            updatedAt: updated_at
            clear: {first_name: name, last_name: name, street: address, postal_code: address, city: address}
            replace: {last_name: "-"}
            tables:
              addresses:
                table: benchmark.delivery_address
                contact: customer_id
                clear: {recipient: address, street: address, postal_code: address, city: address}
        """
}
