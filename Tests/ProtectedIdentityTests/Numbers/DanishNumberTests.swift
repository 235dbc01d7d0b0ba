import Testing

@testable import ProtectedIdentity

@Suite("Danish numbers")
struct DanishNumberTests {
    @Test(
        "published numbers are read in every form",
        arguments: [
            ("070761-4285", "0707614285"), ("0707614285", "0707614285"), ("070761 4285", "0707614285"),
            ("010392-2852", "0103922852"), (" 010772-9995 ", "0107729995"),
        ])
    func published(text: String, canonical: String) throws {
        let number = try danish(text)
        #expect(number.canonical.reveal() == canonical)
        #expect(number.shortDigits.reveal() == canonical)
        #expect(number.kind == .cprNumber)
        #expect(number.country == .denmark)
    }

    @Test("modulus 11 refuses nobody")
    func noModulusEleven() throws {
        for last in 0...9 { #expect(try danish("010165-400\(last)").kind == .cprNumber) }
    }

    @Test(
        "the seventh digit tells the century",
        arguments: [
            (0, 0, 1900), (3, 36, 1936), (0, 37, 1937), (2, 57, 1957), (1, 58, 1958), (3, 99, 1999),
            (4, 0, 2000), (4, 36, 2036), (4, 37, 1937), (4, 57, 1957), (4, 58, 1958), (4, 99, 1999),
            (9, 0, 2000), (9, 36, 2036), (9, 37, 1937), (9, 58, 1958), (9, 99, 1999),
            (5, 0, 2000), (8, 36, 2036), (5, 37, 2037), (6, 57, 2057), (7, 58, 1858), (8, 99, 1899),
        ])
    func centuries(seventhDigit: Int, twoDigits: Int, year: Int) {
        #expect(DanishNumber.birthYear(twoDigits, seventhDigit: seventhDigit) == year)
    }

    @Test("a leap day follows the century that the seventh digit tells")
    func leapDays() throws {
        #expect(try danish("290200-4000").kind == .cprNumber)
        #expect(throws: NumberError.malformed) { try danish("290200-0000") }
    }

    @Test("a birth date in the future is malformed, tomorrow's is not yet the future")
    func future() throws {
        #expect(try danish("241126-5001").kind == .cprNumber)
        #expect(throws: NumberError.malformed) { try danish("251126-5001") }
        #expect(throws: NumberError.malformed) { try danish("010137-5001") }
    }

    @Test(
        "a replacement number, 60 added to the day, is unsupported",
        arguments: ["670761-4285", "610172-9995", "910172-9995"])
    func replacement(text: String) {
        #expect(throws: NumberError.unsupported) { try danish(text) }
    }

    @Test(
        "what is no written form is malformed",
        arguments: [
            "", "070761", "0707614285\n", "07-07-61-4285", "070761+4285", "070761--4285", "000761-4285", "320761-4285",
            "071361-4285", "310261-4285", "600761-4285", "920761-4285", "910261-4285", "190707614285", "٠٧٠٧٦١٤٢٨٥",
            "07O761-4285", "070761-428",
        ])
    func nonsense(text: String) {
        #expect(throws: NumberError.malformed) { try danish(text) }
    }

    @Test("the same digits of another country are another number")
    func countries() throws {
        // 2 January 2001 in Sweden, 1 February 2010 in Denmark.
        let digits = "010102238" + String(NumberGenerator.checkDigit("010102238"))
        #expect(try swedish(digits) != danish(digits))
    }
}
