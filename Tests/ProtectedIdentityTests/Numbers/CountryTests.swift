import ProtectedIdentity
import Testing

@Suite("Countries")
struct CountryTests {
    @Test("a code is two ASCII capital letters", arguments: ["SE", "DK", "NO", "XX"])
    func codes(text: String) {
        #expect(CountryCode(rawValue: text)?.rawValue == text)
    }

    @Test("anything else is no code", arguments: ["", "S", "SWE", "se", "Se", "S1", "ÅL", "SE ", "\u{212A}K"])
    func noCodes(text: String) {
        #expect(CountryCode(rawValue: text) == nil)
    }

    @Test("Sweden and Denmark are served, others are not")
    func served() {
        #expect(CountryCode(rawValue: "SE")?.served == .sweden)
        #expect(CountryCode(rawValue: "DK")?.served == .denmark)
        #expect(CountryCode(rawValue: "NO")?.served == nil)
        #expect(CountryCode(.denmark).rawValue == "DK")
    }
}
