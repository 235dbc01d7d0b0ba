import Testing

@testable import ProtectedIdentity

@Suite("Swedish numbers that are in no register")
struct SwedishReserveNumberTests {
    @Test("an interim number is unsupported, with every letter that may stand there")
    func interim() {
        #expect(throws: NumberError.unsupported) { try swedish("000101-T220") }
        for letter in "TRSUWXJKLMN" {
            #expect(throws: NumberError.unsupported) { try swedish("000101-\(letter)220") }
            #expect(throws: NumberError.unsupported) { try swedish("20000101\(letter)220") }
        }
    }

    @Test("an interim number with a wrong letter, check digit or date is malformed")
    func wrongInterim() {
        for text in ["000101-A220", "000101-T221", "001301-T220", "0001T1-2200", "T00101-0220"] {
            #expect(throws: NumberError.malformed) { try swedish(text) }
        }
    }

    @Test("Stockholm's reserve numbers are unsupported")
    func stockholm() {
        #expect(throws: NumberError.unsupported) { try swedish("992012345678") }
        #expect(throws: NumberError.unsupported) { try swedish("99201234-5678") }
    }

    @Test(
        "national reserve identities are unsupported",
        arguments: ["22800101AB12", "23000125-CD34", "23000125ABC4", "21990101ZZ00", "23000229AA11"])
    func national(text: String) {
        #expect(throws: NumberError.unsupported) { try swedish(text) }
    }

    @Test(
        "a national reserve identity with an unused letter or an impossible date is malformed",
        arguments: ["22800101IB12", "22800101AO12", "22801301AB12", "22000229AA11", "22800101A112"])
    func wrongNational(text: String) {
        #expect(throws: NumberError.malformed) { try swedish(text) }
    }

    @Test("numbers of the regions, a date and letters, are unsupported", arguments: ["20210325K069", "20000125-TF12"])
    func regions(text: String) {
        #expect(throws: NumberError.unsupported) { try swedish(text) }
    }

    @Test(
        "letters without a date are malformed",
        arguments: ["20211325K069", "20990325K069", "ABCDEFGHIJKL", "ABCDEFGHIJ"])
    func noDate(text: String) {
        #expect(throws: NumberError.malformed) { try swedish(text) }
    }
}
