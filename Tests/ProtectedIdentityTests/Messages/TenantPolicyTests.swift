import Testing

@testable import ProtectedIdentity

@Suite("The policy of a tenant")
struct TenantPolicyTests {
    private let policy = TenantPolicy.delete(
        noticePeriod: .seconds(30 * 86_400), termsUrl: "https://example.com/terms", supportContact: "help",
        language: "sv")

    @Test("under keep a redacted contact stays, and nobody is asked for anything")
    func keep() throws {
        let decidedAt = try moment("2026-11-23T09:30:00Z")
        #expect(TenantPolicy.keep.deletion(decidedAt: decidedAt) == .keep)
        #expect(try TenantPolicy.keep.commands(redacting: [contact("c")], decidedAt: decidedAt).isEmpty)
    }

    @Test("under delete it may go when the notice period is over, and each contact has a notice")
    func delete() throws {
        let decidedAt = try moment("2026-11-23T09:30:00Z")
        let notBefore = try moment("2026-12-23T09:30:00Z")
        #expect(policy.deletion(decidedAt: decidedAt) == .delete(notBefore: notBefore))
        let commands = try policy.commands(redacting: [contact("a"), contact("b")], decidedAt: decidedAt)
        #expect(try commands.map(\.contactID) == [contact("a"), contact("b")])
        for command in commands {
            #expect(
                command.action
                    == .requestNotification(
                        template: "deletion-notice", termsUrl: "https://example.com/terms", supportContact: "help",
                        deletionNotBefore: notBefore))
        }
    }

    @Test("tenant names are those of the contract")
    func names() {
        for name in ["a", "0", "nordic-sport", String(repeating: "x", count: 64), "a-"] {
            #expect(TenantName(rawValue: name) != nil)
        }
        for name in ["", "-a", "A", "a_b", "a b", "å", String(repeating: "x", count: 65), "a\n"] {
            #expect(TenantName(rawValue: name) == nil)
        }
    }
}
