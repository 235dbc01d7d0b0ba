import Testing

@testable import protected_identity

@Suite("Tenants")
struct TenantsConfigurationTests {
    @Test("where no tenants are configured every tenant is keep")
    func none() throws {
        #expect(try Fixture.load().tenants["whoever"] == .keeping)
    }

    @Test("a tenant that is not named is unknown, unless there is a default")
    func unknown() throws {
        #expect(try Fixture.load("tenants.shop.policy: keep").tenants["other"] == nil)
        let tenants = try Fixture.load("tenants: {shop: {language: sv}, default: {policy: keep, language: da}}").tenants
        #expect(tenants["shop"]?.language == "sv")
        #expect(tenants["other"]?.language == "da")
    }

    @Test("a tenant with nothing said of it is a tenant, and keeps")
    func bare() throws {
        let tenants = try Fixture.load("tenants:\n  shop:\n").tenants
        #expect(tenants.named == ["shop": .keeping])
    }

    @Test("delete has a notice period, terms and a contact")
    func delete() throws {
        let yaml = """
            tenants:
              kaffe-klubben:
                policy: delete
                noticePeriod: 30d
                termsUrl: https://kaffe-klubben.example/terms
                supportContact: support@kaffe-klubben.example
                language: da-DK
            """
        let tenant = try #require(try Fixture.load(yaml).tenants["kaffe-klubben"])
        #expect(tenant.policy == .delete)
        #expect(tenant.noticePeriod == .seconds(30 * 86_400))
        #expect(tenant.termsUrl == "https://kaffe-klubben.example/terms")
        #expect(tenant.supportContact == "support@kaffe-klubben.example")
        #expect(tenant.requiresNotice)
    }

    @Test("delete without them is a problem for each")
    func incomplete() {
        #expect(
            Fixture.problems("tenants.shop.policy: delete").map(\.key) == [
                "tenants.shop.noticePeriod", "tenants.shop.termsUrl", "tenants.shop.supportContact",
            ])
    }

    @Test("a tenant is configured by variables too, with _ for -")
    func variables() throws {
        let tenants = try Fixture.load(
            "tenants.nordic-sport.language: sv",
            ["TENANTS_NORDIC_SPORT_LANGUAGE": "nb", "TENANTS_KAFFE_KLUBBEN_POLICY": "keep"]
        ).tenants
        #expect(Set(tenants.named.keys) == ["nordic-sport", "kaffe-klubben"])
        #expect(tenants["nordic-sport"]?.language == "nb")
    }

    @Test(
        "wrong values are problems of their own",
        arguments: [
            ("policy: kep", "policy"), ("noticePeriod: a month", "noticePeriod"), ("termsUrl: terms", "termsUrl"),
            ("supportContact: ' '", "supportContact"), ("language: svenska", "language"),
            ("requiresNotice: often", "requiresNotice"),
        ])
    func wrong(line: String, key: String) {
        #expect(Fixture.problems("tenants:\n  shop:\n    \(line)").map(\.key) == ["tenants.shop.\(key)"])
    }

    @Test("a tenant's name is as the contract has it", arguments: ["Shop", "-shop", "shop_1", "butik-å"])
    func names(name: String) {
        #expect(Fixture.problems("tenants: {\(name): {policy: keep}}").map(\.key) == ["tenants.\(name)"])
    }
}
