import ContactStoreConformance
import Testing

@Suite("SQLite is a contact store")
struct ConformanceTests {
    @Test("what every store does", arguments: ContactStoreConformance.cases)
    func conforms(to conformance: ConformanceCase) throws {
        try conformance.check(SQLiteFixture())
    }
}
