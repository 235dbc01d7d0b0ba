import Testing

@testable import ProtectedIdentity

@Suite("Written forms")
struct WrittenFormsTests {
    @Test("a Swedish number has eight, a stale hyphen among them")
    func swedishForms() throws {
        let forms = try swedish("190312049802").writtenForms().reveal()
        #expect(
            forms == [
                "190312049802", "19031204-9802", "19031204+9802", "19031204 9802", "0312049802", "031204-9802",
                "031204+9802", "031204 9802",
            ])
    }

    @Test("a Danish number has three")
    func danishForms() throws {
        #expect(try danish("0707614285").writtenForms().reveal() == ["0707614285", "070761-4285", "070761 4285"])
    }

    @Test("a numeric column holds them without leading zeros")
    func numericForms() throws {
        #expect(
            try swedish("200001252386").writtenForms(leadingZerosLost: true).reveal() == ["200001252386", "1252386"])
        #expect(try danish("0707614285").writtenForms(leadingZerosLost: true).reveal() == ["707614285"])
    }

    @Test("from the year in which the bearer turns 100 the short form has a +, before it has none")
    func formsOnADay() throws {
        let short = "270105238" + String(NumberGenerator.checkDigit("270105238"))
        let number = try swedish("19" + short)
        let (head, tail) = (short.prefix(6), short.suffix(4))
        let before = number.writtenForms(today: try date(2026, 6, 1)).reveal().filter { $0.count < 12 }
        let after = number.writtenForms(today: try date(2027, 1, 1)).reveal().filter { $0.count < 12 }
        #expect(before == [short, "\(head)-\(tail)", "\(head) \(tail)"])
        #expect(after == ["\(head)+\(tail)"])
    }

    @Test("what is written is read back as the same number, for thousands of numbers")
    func readBack() throws {
        let seed = UInt64.random(in: 0...(.max))
        var generator = NumberGenerator(seed: seed)
        for _ in 0..<3_000 {
            let number = try swedish(generator.swedishDigits(today: testDay))
            for form in number.writtenForms(today: testDay).reveal() {
                let isSame = try swedish(form) == number
                #expect(isSame, "seed \(seed)")
            }
            let other = try danish(generator.danishDigits(today: testDay))
            for form in other.writtenForms(today: testDay).reveal() {
                let isSame = try danish(form) == other
                #expect(isSame, "seed \(seed)")
            }
        }
    }

    @Test("every form that a registry may hold is found again, for thousands of numbers")
    func matched() throws {
        let seed = UInt64.random(in: 0...(.max))
        var generator = NumberGenerator(seed: seed)
        for _ in 0..<1_500 {
            let number = try swedish(generator.swedishDigits(today: testDay))
            let isOld = number.digits / 100_000_000 <= 1_926
            for form in number.writtenForms().reveal() {
                let match = number.match(stored: form, country: .sweden, today: testDay)
                let isWrongPlus = form.utf8.count == 11 && form.contains("+") && !isOld
                #expect(isWrongPlus ? match != .same : match == .same || match == .ambiguous, "seed \(seed)")
            }
            for form in number.writtenForms(leadingZerosLost: true).reveal() {
                let match = number.match(stored: form, country: .sweden, today: testDay, leadingZerosLost: true)
                #expect(match == .same || match == .ambiguous, "seed \(seed)")
            }
            let other = try danish(generator.danishDigits(today: testDay))
            for form in other.writtenForms(leadingZerosLost: true).reveal() {
                let match = other.match(stored: form, country: .denmark, today: testDay, leadingZerosLost: true)
                #expect(match == .same, "seed \(seed)")
            }
        }
    }
}
