import PostgresContactStore
import ProtectedIdentity
import Testing

@testable import protected_identity

@Suite("The field map in the configuration")
struct FieldMapConfigurationTests {
    private static let map = """
        store:
          schema: workers
          contacts:
            table: crm.customer
            key: customer_id
            tenant: {column: tenant}
            country: {value: SE}
            number: {column: national_id, forms: [YYYYMMDDNNNN, YYMMDD-NNNN], replace: ""}
            email: email
            flag: {column: protected, yes: [Y, J], no: N}
            updatedAt: updated_at
            clear: {first_name: name, Last.Name: name, birth_date: birthDate}
            replace: {Last.Name: "-"}
            tables:
              deliveries: {table: '"CRM".delivery', contact: customer_id, tenant: tenant, clear: {street: address}}
              links: {table: crm.link, contact: customer_id, rows: delete, field: household}
        """
    private static let url = ["STORE_URL": "postgres://u:canary@db/x"]

    private func map(_ text: String = map) throws -> FieldMap {
        guard case .postgres(let settings) = try Fixture.load(text, Self.url).store.location else {
            throw ConfigurationProblems(problems: [])
        }
        #expect(settings.schema.name == "workers")
        return settings.map
    }

    @Test("every part is read, names with dots and capitals among them")
    func reads() throws {
        let map = try map()
        #expect(map.table == TableName(schema: "crm", name: "customer"))
        #expect(map.tenant == .column("tenant"))
        #expect(map.country == .constant("SE"))
        #expect(map.number == FieldMap.Cleared(column: "national_id", field: .personalIdentityNumber, replacement: ""))
        #expect(map.numberForms == [.long, .shortHyphen])
        #expect(map.flag == FieldMap.Flag(column: "protected", yes: ["Y", "J"], no: "N"))
        #expect(
            map.cleared == [
                FieldMap.Cleared(column: "Last.Name", field: .name, replacement: "-"),
                FieldMap.Cleared(column: "birth_date", field: ClearableField(rawValue: "birthDate")),
                FieldMap.Cleared(column: "first_name", field: .name),
            ])
        #expect(map.dependents.map(\.table.description) == ["\"CRM\".delivery", "crm.link"])
        #expect(map.dependents.map(\.tenant) == ["tenant", nil])
        #expect(map.dependents[1].action == .delete(ClearableField(rawValue: "household")))
    }

    @Test("what is missing or wrong is reported at once, each with its key")
    func reportsProblems() {
        let text = """
            store.contacts: {table: "a b", country: {column: c, value: SE}, number: {column: n, forms: [YYYY]},
              flag: {column: f, no: N}, clear: {x: "two words"}, replace: {y: "-"}, tables: {t: {table: t, contact: c}}}
            """
        let keys = Fixture.problems(text, Self.url).map(\.key)
        let expected = [
            "store.contacts.table", "store.contacts.key", "store.contacts.tenant.column",
            "store.contacts.country.value",
            "store.contacts.number.forms", "store.contacts.flag.yes", "store.contacts.clear.x",
            "store.contacts.replace.y",
            "store.contacts.tables.t.clear",
        ]
        for key in expected { #expect(keys.contains(key), "\(key) in \(keys)") }
    }

    @Test("rows of deleted contacts go, unless the map says that they stay; what is deleted already cannot stay")
    func removal() throws {
        #expect(try map().removal == .delete)
        #expect(try map().dependents.map(\.removal) == [.delete, .delete])
        let staying = Self.map.replacing("email: email", with: "email: email\n    onDeletion: anonymise")
            .replacing("clear: {street: address}}", with: "clear: {street: address}, onDeletion: anonymise}")
        #expect(try map(staying).removal == .anonymise)
        #expect(try map(staying).dependents.map(\.removal) == [.anonymise, .delete])
        let impossible = Self.map.replacing("field: household}", with: "field: household, onDeletion: anonymise}")
        #expect(Fixture.problems(impossible, Self.url).map(\.key) == ["store.contacts.tables.links.onDeletion"])
        let misspelt = Self.map.replacing("email: email", with: "email: email\n    onDeletion: anonymize")
        #expect(Fixture.problems(misspelt, Self.url).first?.advice.contains("Did you mean anonymise?") == true)
    }

    @Test("a key that does not exist is named with what may have been meant")
    func namesUnknownKeys() {
        let problems = Fixture.problems(Self.map + "\n    tennant: x", Self.url)
        #expect(problems.map(\.key) == ["store.contacts.tennant"])
    }

    @Test("the effective configuration shows the URL without its password")
    func masksTheURL() throws {
        let shown = try Fixture.load(Self.map, Self.url).effective.first { $0.name == "store.url" }?.shown
        #expect(shown?.contains("canary") == false)
        #expect(shown?.contains("u:") == true)
    }
}
