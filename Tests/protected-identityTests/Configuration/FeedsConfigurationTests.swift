import ProtectedIdentity
import RegisterFeeds
import Testing

@testable import protected_identity

@Suite("What stands where in lists")
struct FeedsConfigurationTests {
    private func read(_ yaml: String) -> (FeedsConfiguration?, [ConfigurationProblem]) {
        var reading = ConfigurationReading(
            sources: ConfigurationSources(file: ConfigurationFile(path: "worker.yaml", text: yaml), environment: [:]))
        return (FeedsConfiguration.read(&reading), reading.problems)
    }

    @Test("names and values are taken as written, the values in any case")
    func mapping() throws {
        let (feeds, problems) = read(
            """
            feeds:
              number: person.nr
              otherNumbers: [old, older]
              status: Skydd
              protected: [JA, Sekretess]
              notProtected: Nej
              observedAt: Datum
              country: SE
              encoding: windows-1252
              separator: tab
            """)
        #expect(problems.isEmpty)
        let read = try #require(feeds)
        #expect(read.missing.isEmpty && read.country == .sweden)
        #expect(
            read.mapping
                == FieldMapping(
                    number: "person.nr", otherNumbers: ["old", "older"], status: "Skydd", observedAt: "Datum",
                    protectedValues: ["ja", "sekretess"], notProtectedValues: ["nej"], encoding: .windows1252,
                    separator: UInt8(ascii: "\t")))
    }

    @Test("nothing is required before a list is fed; then it is named")
    func missing() {
        let (feeds, problems) = read("feeds: {protected: ja}")
        #expect(problems.isEmpty && feeds?.missing == ["feeds.status", "feeds.number or feeds.contactId"])
    }

    @Test(
        "what contradicts itself is refused",
        arguments: [
            ("feeds: {protected: [ja, x], notProtected: [X]}", "feeds.notProtected"),
            ("feeds: {number: A, status: A}", "feeds.status"), ("feeds: {encoding: utf-16}", "feeds.encoding"),
            ("feeds: {separator: '::'}", "feeds.separator"), ("feeds: {country: NO}", "feeds.country"),
        ])
    func refused(yaml: String, key: String) {
        let (feeds, problems) = read(yaml)
        #expect(feeds == nil && problems.map(\.key) == [key])
    }
}
