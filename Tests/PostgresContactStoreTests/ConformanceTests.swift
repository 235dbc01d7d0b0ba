import ContactStoreConformance
import Testing

@Suite("PostgreSQL is a contact store", .enabled(if: TestServer.url != nil, TestServer.missing))
struct ConformanceTests {
    @Test("what every store does", arguments: ContactStoreConformance.cases)
    func conforms(to conformance: ConformanceCase) throws {
        try conformance.check(PostgresFixture())
    }
}
