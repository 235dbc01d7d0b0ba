import ContactStore
import Foundation
import ProtectedIdentity
import SQLiteContactStore
import Testing

@Suite("Importing contacts")
struct CSVImportTests {
    private let fixture: SQLiteFixture
    private static let now = Timestamp(milliseconds: 1_795_426_200_000)
    private static let header = "contact_id,tenant,country,number,first_name,city,email\r\n"

    init() throws {
        fixture = try SQLiteFixture()
    }

    @Test("columns stand in any order, and an empty field is no value")
    func columns() throws {
        let report = try importing(
            #"""
            city,country,phone,contact_id,tenant,number,first_name,last_name,care_of,street,postal_code,email
            Lund,SE,,c-1,nordic-sport,20000101-2384,"Åsa ""Ås""",,,"Väg 1,
            hus 2",,a@example.com

            """#)
        #expect(report.inserted == 1)
        let details = try #require(try fixture.contact(key("c-1"))).details
        #expect(details.number?.reveal() == "20000101-2384")
        #expect(details.firstName?.reveal() == "Åsa \"Ås\"")
        #expect(details.street?.reveal() == "Väg 1,\nhus 2")
        #expect(details.city?.reveal() == "Lund")
        #expect(details.email?.reveal() == "a@example.com")
        #expect([details.lastName, details.careOf, details.postalCode, details.phone] == [nil, nil, nil, nil])
    }

    @Test("every row that is wrong is reported with its line and column, and nothing is imported")
    func everyProblem() throws {
        let text =
            Self.header + """
                good,nordic-sport,SE,200001012384,Åsa,,
                bad-1,Nordic Sport,SE,,,,
                bad-2,nordic-sport,se,,,,
                ,nordic-sport,SE,200001012385,,,
                bad-3,nordic-sport,SE,٢٠٠٠٠١٠١٢٣٨٤,,,
                bad-4,nordic-sport,DK,320101-1234,,,
                bad-5,nordic-sport

                """
        let found = try problems(text)
        #expect(
            found.map { "\($0.line) \($0.column ?? "-")" } == [
                "3 tenant", "4 country", "5 contact_id", "5 number", "6 number", "7 number", "8 -",
            ])
        #expect(try fixture.registry.counts().contacts == 0)
    }

    @Test("no problem quotes a value")
    func noValues() throws {
        let secret = "SECRET-VALUE"
        for text in [
            "\(secret),tenant\r\n", Self.header + "c,\(secret),\(secret),\(secret),\(secret),,\r\n",
            Self.header + "c,nordic-sport,SE,\(secret),,,\r\n", Self.header + "c,\"\(secret)\"x\r\n",
        ] {
            let error = #expect(throws: CSVImportError.self) { try importing(text) }
            #expect(try !#require(error).description.contains("SECRET"))
        }
    }

    @Test("a number of another country is taken as it is, and so is one that is in no register")
    func otherNumbers() throws {
        let report = try importing(
            Self.header + "c-1,nordic-sport,NO,01010112345,,,\r\nc-2,nordic-sport,DK,610101-1234,,,\r\n")
        #expect(report.inserted == 2)
    }

    @Test("a short number that fits two centuries is imported and pointed out with its line")
    func openCentury() throws {
        let report = try importing(
            Self.header
                + "c-1,nordic-sport,SE,200001012384,,,\r\nc-2,nordic-sport,SE,150101-2387,,,\r\n"
                + "c-3,nordic-sport,SE,20150101-2387,,,\r\n")
        #expect(report.inserted == 3)
        #expect(report.openCenturies == 1)
        #expect(report.openCenturyLines == [3])
    }

    @Test("a text that is not UTF-8 is reported, not repaired")
    func encoding() throws {
        let bytes = Array((Self.header + "c-1,nordic-sport,SE,,").utf8) + [0xC5] + Array("sa,,\r\n".utf8)
        let error = #expect(throws: CSVImportError.self) { try importing(bytes) }
        guard case .rows(let problems, count: 1) = error else {
            Issue.record("not reported")
            return
        }
        #expect(problems.map(\.column) == ["first_name"])
    }

    @Test(
        "a header that cannot be understood is refused",
        arguments: [
            "", "contact_id,tenant\n", "contact_id,tenant,country,shoe_size\n", "contact_id,tenant,country,tenant\n",
            "contact_id;tenant;country\n",
        ])
    func headers(text: String) throws {
        #expect(try problems(text).map(\.line) == [1])
    }

    @Test("contacts that exist are an error, unless they are to be replaced")
    func existing() throws {
        try importing(Self.header + "c-1,nordic-sport,SE,200001012384,Åsa,,a@example.com\r\n")
        let second = Self.header + "c-2,nordic-sport,SE,,,,\r\nc-1,nordic-sport,DK,070761-4285,Bo,,\r\n"
        #expect(try problems(second).map(\.line) == [3])
        #expect(try fixture.contact(key("c-2")) == nil)

        let report = try importing(second, replacing: true)
        #expect(report == CSVImportReport(inserted: 1, replaced: 1))
        let contact = try #require(try fixture.contact(key("c-1")))
        #expect(contact.country.rawValue == "DK")
        #expect(contact.details.firstName?.reveal() == "Bo")
        #expect(contact.details.email == nil)
    }

    @Test("the same file again changes nothing")
    func again() throws {
        let text = Self.header + "c-1,nordic-sport,SE,200001012384,Åsa,,\r\n"
        try importing(text)
        #expect(try importing(text, replacing: true) == CSVImportReport(unchanged: 1))
    }

    @Test("a contact that occurs twice in a file is an error, also where contacts are replaced")
    func twice() throws {
        let row = "c-1,nordic-sport,SE,,Åsa,,\r\n"
        #expect(try problems(Self.header + row + row).map(\.line) == [3])
        try importing(Self.header + row)
        #expect(try problems(Self.header + row + row, replacing: true).map(\.line) == [3])
    }

    @Test("nothing is put back into a protected contact")
    func protected() throws {
        let country = try #require(CountryCode(rawValue: "SE"))
        try fixture.add([RegistryContact(key: key("c-1"), country: country, isProtected: true)])
        let text = Self.header + "c-1,nordic-sport,SE,200001012384,Åsa,,\r\n"
        for replacing in [false, true] { #expect(try problems(text, replacing: replacing).map(\.line) == [2]) }
        let contact = try #require(try fixture.contact(key("c-1")))
        #expect(contact.details.holding.isEmpty)
        #expect(contact.isProtected)
    }

    @Test("the first hundred problems are kept, and all are counted")
    func manyProblems() throws {
        let rows = String(repeating: "c-1,nordic-sport,??,,,,\r\n", count: 250)
        let error = #expect(throws: CSVImportError.self) { try importing(Self.header + rows) }
        guard case .rows(let problems, let count) = error else {
            Issue.record("not reported")
            return
        }
        #expect(problems.count == 100)
        #expect(count == 250)
    }

    @Test("a file that is not there is named")
    func missingFile() {
        let error = #expect(throws: CSVImportError.self) {
            try fixture.registry.importContacts(csv: "/nowhere/contacts.csv", now: Self.now)
        }
        #expect(error?.description.contains("/nowhere/contacts.csv") == true)
    }

    @discardableResult
    private func importing(_ text: String, replacing: Bool = false) throws -> CSVImportReport {
        try importing(Array(text.utf8), replacing: replacing)
    }

    private func importing(_ bytes: [UInt8], replacing: Bool = false) throws -> CSVImportReport {
        let path = fixture.folder.path("contacts.csv")
        try Data(bytes).write(to: URL(filePath: path))
        return try fixture.registry.importContacts(csv: path, replacingExisting: replacing, now: Self.now)
    }

    private func problems(_ text: String, replacing: Bool = false) throws -> [CSVImportProblem] {
        let error = #expect(throws: CSVImportError.self) { try importing(text, replacing: replacing) }
        guard case .rows(let problems, _) = error else { return [] }
        return problems
    }

    private func key(_ id: String) throws -> ContactKey {
        ContactKey(
            tenant: try #require(TenantName(rawValue: "nordic-sport")), id: try #require(ContactID(rawValue: id)))
    }
}
