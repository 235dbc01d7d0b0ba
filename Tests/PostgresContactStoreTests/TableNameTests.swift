import Testing

@testable import PostgresContactStore

@Suite("Names of tables and columns")
struct TableNameTests {
    @Test(
        "are read as SQL reads them",
        arguments: [
            ("customer", "public", "customer"), ("crm.customer", "crm", "customer"),
            ("CRM.Customer", "crm", "customer"),
            ("\"CRM\".\"Kund.Register\"", "CRM", "Kund.Register"), ("\"a\"\"b\".c", "a\"b", "c"), ("å.ö", "å", "ö"),
        ])
    func areRead(text: String, schema: String, name: String) {
        #expect(TableName(text) == TableName(schema: schema, name: name))
    }

    @Test(
        "that are none are refused",
        arguments: ["", ".", "a.", ".a", "a.b.c", "a b", "\"a", "a\"b\"", "a;b", "\"\".a", "a'--"])
    func areRefused(text: String) {
        #expect(TableName(text) == nil)
    }

    @Test("are quoted whatever they hold")
    func areQuoted() {
        #expect(TableName(schema: "a\"b", name: "c; DROP").sql == "\"a\"\"b\".\"c; DROP\"")
        #expect(literal("it's \\ ok") == "'it''s \\ ok'")
    }
}
