import Testing

@testable import protected_identity

@Suite("Names that nobody reads")
struct UnknownNamesTests {
    @Test(
        "a variable a slip away from one of ours is a warning, and stops nothing",
        arguments: [
            ("KAFKA_BOOTSTRAP_SERVER", "KAFKA_BOOTSTRAP_SERVERS"),
            ("KAFKA_BOOSTRAP_SERVERS", "KAFKA_BOOTSTRAP_SERVERS"),
            ("STORE_JOURNAL_RETENION", "STORE_JOURNAL_RETENTION"), ("LOG_LEVLE", "LOG_LEVEL"),
            ("TENANTS_SHOP_NOTICE_PERIODE", "TENANTS_SHOP_NOTICE_PERIOD"),
        ])
    func misspelt(variable: String, meant: String) throws {
        let warnings = try Fixture.load(nil, [variable: "x"]).warnings
        #expect(warnings.map(\.key) == [variable])
        #expect(warnings.first?.advice == "Did you mean \(meant)?")
    }

    @Test(
        "other programs' variables are left alone",
        arguments: [
            "KAFKA_HOME", "KAFKA_OPTS", "KAFKA_HEAP_OPTS", "KAFKA_LOG4J_OPTS", "STORE_NAME", "ADMIN_EMAIL", "LOG_DIR",
            "BATCH_SIZE",
            "PATH", "LOGNAME", "ADMIN_SERVICE_HOST", "IDENTITY_FILE",
        ])
    func others(variable: String) throws {
        #expect(try Fixture.load(nil, [variable: "x"]).warnings.isEmpty)
    }

    @Test("a warning does not quote the variable's value")
    func quiet() throws {
        let warnings = try Fixture.load(nil, ["IDENTITY_DIGEST_KEY": "canary"]).warnings
        #expect(warnings.count == 1)
        #expect(!"\(warnings)".contains("canary"))
    }

    @Test(
        "letters inserted, removed, replaced or swapped count one each",
        arguments: [
            ("topic", "topics", 1), ("topics", "topic", 1), ("tobic", "topic", 1), ("tpoic", "topic", 1),
            ("topic", "topic", 0),
            ("", "abc", 3), ("kitten", "sitting", 3),
        ])
    func distance(left: String, right: String, expected: Int) {
        #expect(Misspelling.distance(Array(left.utf8), Array(right.utf8)) == expected)
    }
}
