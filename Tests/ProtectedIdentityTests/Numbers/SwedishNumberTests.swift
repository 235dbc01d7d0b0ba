import Testing

@testable import ProtectedIdentity

@Suite("Swedish numbers")
struct SwedishNumberTests {
    @Test(
        "published numbers are read",
        arguments: [
            ("200001012384", "200001012384"), ("200002292399", "200002292399"), ("190312049802", "190312049802"),
            ("031204+9802", "190312049802"), ("202601622380", "202601622380"), ("701063-2391", "197010632391"),
            ("200001252386", "200001252386"), ("20000125-2386", "200001252386"), ("000125-2386", "200001252386"),
            ("0001252386", "200001252386"), ("000101-2384", "200001012384"),
        ])
    func published(text: String, canonical: String) throws {
        #expect(try swedish(text).canonical.reveal() == canonical)
    }

    @Test("the short digits leave the century and the separator out")
    func shortDigits() throws {
        #expect(try swedish("190312049802").shortDigits.reveal() == "0312049802")
        #expect(try swedish("200001012384").shortDigits.reveal() == "0001012384")
    }

    @Test("a personnummer and a samordningsnummer are told apart")
    func kinds() throws {
        #expect(try swedish("200001252386").kind == .personnummer)
        #expect(try swedish("202601622380").kind == .samordningsnummer)
        #expect(try swedish("701063-2391").country == .sweden)
    }

    @Test("every wrong check digit is malformed")
    func checkDigit() {
        for digit in 0...9 where digit != 6 {
            #expect(throws: NumberError.malformed) { try swedish("20000125238\(digit)") }
        }
    }

    @Test("the century takes no part in the check digit")
    func centuryOutsideCheck() throws {
        #expect(try swedish("190001252386") != swedish("200001252386"))
    }

    @Test("a ten-digit number without + is of the latest possible year")
    func latestYear() throws {
        let born26 = "260105238" + String(NumberGenerator.checkDigit("260105238"))
        let born27 = "270105238" + String(NumberGenerator.checkDigit("270105238"))
        #expect(try swedish(born26).canonical.reveal().hasPrefix("2026"))
        #expect(try swedish(born27).canonical.reveal().hasPrefix("1927"))
    }

    @Test("a ten-digit number with + is a hundred years older")
    func plus() throws {
        let digits = "260105" + "238" + String(NumberGenerator.checkDigit("260105238"))
        #expect(try swedish("\(digits.prefix(6))+\(digits.suffix(4))").canonical.reveal().hasPrefix("1926"))
    }

    @Test("on New Year's Eve in UTC a + is already read by the new year")
    func plusAtTheTurnOfTheYear() throws {
        let digits = "270105238" + String(NumberGenerator.checkDigit("270105238"))
        let text = "\(digits.prefix(6))+\(digits.suffix(4))"
        #expect(try swedish(text, on: date(2026, 12, 31)).canonical.reveal().hasPrefix("1927"))
    }

    @Test("twelve digits say the century, whatever the separator")
    func twelveDigits() throws {
        let number = try swedish("190312049802")
        for text in ["19031204-9802", "19031204+9802", "19031204 9802"] { #expect(try swedish(text) == number) }
    }

    @Test("a leap day is one in leap years only")
    func leapDays() throws {
        #expect(try swedish("200002292399").kind == .personnummer)
        #expect(throws: NumberError.malformed) { try swedish("190002292399") }
        #expect(throws: NumberError.malformed) { try swedish(withCheckDigit("19", "010229239")) }
    }

    @Test(
        "a samordningsnummer may lack the month, the day, or both", arguments: ["700063239", "701060239", "700060239"])
    func partialDates(nine: String) throws {
        #expect(try swedish(withCheckDigit("19", nine)).kind == .samordningsnummer)
        #expect(try swedish(String(withCheckDigit("19", nine).dropFirst(2))).kind == .samordningsnummer)
    }

    @Test(
        "a day that no month has is malformed",
        arguments: ["700100239", "700132239", "700159239", "700192239", "700231239", "700199239", "700291239"])
    func impossibleDays(nine: String) {
        #expect(throws: NumberError.malformed) { try swedish(withCheckDigit("19", nine)) }
    }

    @Test("a personnummer without a month is malformed")
    func monthMissing() {
        #expect(throws: NumberError.malformed) { try swedish(withCheckDigit("19", "700003239")) }
    }

    @Test("serial 000 was never issued")
    func serialZero() {
        #expect(throws: NumberError.malformed) { try swedish(withCheckDigit("20", "000125000")) }
    }

    @Test("an organisation number is malformed", arguments: ["556036-0793", "165560360793", "212000-0142"])
    func organisations(text: String) {
        #expect(throws: NumberError.malformed) { try swedish(text) }
    }

    @Test("a birth date in the future is malformed, tomorrow's is not yet the future")
    func future() throws {
        let tomorrow = withCheckDigit("20", "261124238")
        #expect(try swedish(tomorrow).kind == .personnummer)
        #expect(throws: NumberError.malformed) { try swedish(withCheckDigit("20", "261125238")) }
        #expect(throws: NumberError.malformed) { try swedish(withCheckDigit("20", "261260238")) }
        #expect(throws: NumberError.malformed) { try swedish(withCheckDigit("20", "270060238")) }
        #expect(try swedish(withCheckDigit("20", "261160238")).kind == .samordningsnummer)
    }

    @Test("spaces around a number are dropped, a line break never is")
    func whiteSpace() throws {
        #expect(try swedish("  200001252386 ") == swedish("200001252386"))
        #expect(try swedish("000125 2386") == swedish("200001252386"))
        for text in ["200001252386\n", "\n200001252386", "20000125\n2386", "200001252386\r\n", "200001252386\t"] {
            #expect(throws: NumberError.malformed) { try swedish(text) }
        }
    }

    @Test(
        "only ASCII digits are digits",
        arguments: [
            "٢٠٠٠٠١٢٥٢٣٨٦", "２０００01252386", "20000125238６", "2000012523８6", "200001252386\u{0301}", "2000012523\u{0}86",
        ])
    func otherDigits(text: String) {
        #expect(throws: NumberError.malformed) { try swedish(text) }
    }

    @Test(
        "what is no written form is malformed",
        arguments: [
            "", " ", "-", "+", "2", "200001252", "20000125238", "2000012523860", "20000-1252386", "200001252-386",
            "20000125--2386", "20000125-+2386", "20000125  2386", "20000125 -2386", "20000125- 2386", "-200001252386",
            "200001252386-", "2000-01-25-2386", "000001252386", "2000012523861234567890", "20000125/2386",
            "20000125.2386",
            "SE200001252386", "20000125–2386",
        ])
    func nonsense(text: String) {
        #expect(throws: NumberError.malformed) { try swedish(text) }
    }

    @Test("bytes that are no text are malformed")
    func bytes() {
        for bytes: [UInt8] in [[0xFF], [0xC3, 0x28], Array(repeating: 0x20, count: 100_000), [UInt8](0...255)] {
            #expect(throws: NumberError.malformed) {
                try PersonalIdentityNumber.parse(utf8: bytes, country: .sweden, today: testDay)
            }
        }
    }

    private func withCheckDigit(_ century: String, _ nine: String) -> String {
        century + nine + String(NumberGenerator.checkDigit(nine))
    }
}
