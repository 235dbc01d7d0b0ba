import Testing

@testable import ProtectedIdentity

@Suite("Whether a refused record seems to say protected")
struct ProtectionHintTests {
    private func decode(_ value: String?) -> DecodedEvent {
        EventDecoder().decode(record(binaryHeaders, value))
    }

    @Test(
        "it does by its status, by an unknown status, or by a kind of protection without one",
        arguments: [
            #"{"status":"protected"}"#, #"{"status":"PROTECTED"}"#, #"{"status":"skyddad"}"#, #"{"status":true}"#,
            #"{"protection":"sekretessmarkering"}"#, #"{"status":"protected","tenant":"#, #"{"status":"Protected""#,
        ])
    func yes(value: String) {
        #expect(decode(value).reason != nil)
        #expect(decode(value).seemsProtected)
    }

    @Test(
        "it does not where it says the contrary, or nothing",
        arguments: [
            #"{"status":"not-protected"}"#, #"{"status":"Not Protected"}"#,
            #"{"status":"not-protected","protection":"x"}"#,
            #"{}"#, #"{"protection":null}"#, #"{"status":"not-protected","tenant":"#, "", "garbage",
            #""type":"protected-identity"#,
        ])
    func no(value: String) {
        #expect(decode(value).reason != nil)
        #expect(!decode(value).seemsProtected)
    }
}
