import Testing

@testable import ProtectedIdentity

@Suite("Matching a stored number")
struct NumberMatchTests {
    @Test("twelve digits of the same person are the same, in every form")
    func same() throws {
        let number = try swedish("200001252386")
        for stored in ["200001252386", "20000125-2386", " 20000125 2386 "] {
            #expect(number.match(stored: stored, country: .sweden, today: testDay) == .same)
        }
        #expect(number.match(stored: "200001012384", country: .sweden, today: testDay) == .other)
        #expect(number.match(stored: "190001252386", country: .sweden, today: testDay) == .other)
    }

    @Test("ten digits mean a person of 26: the bearer of 126 is not thought alive")
    func onePlausible() throws {
        let number = try swedish("200001252386")
        for stored in ["0001252386", "000125-2386", "000125 2386"] {
            #expect(number.match(stored: stored, country: .sweden, today: testDay) == .same)
        }
    }

    @Test("ten digits of a child and of somebody of 108 are ambiguous, for both")
    func twoPlausible() throws {
        let nine = "180105238"
        let short = nine + String(NumberGenerator.checkDigit(nine))
        for century in ["19", "20"] {
            let number = try swedish(century + short)
            #expect(number.match(stored: short, country: .sweden, today: testDay) == .ambiguous)
            #expect(
                number.match(stored: "\(short.prefix(6))-\(short.suffix(4))", country: .sweden, today: testDay)
                    == .ambiguous)
        }
    }

    @Test("a + names the one who turned 100")
    func plus() throws {
        let nine = "180105238"
        let short = nine + String(NumberGenerator.checkDigit(nine))
        let stored = "\(short.prefix(6))+\(short.suffix(4))"
        #expect(try swedish("19" + short).match(stored: stored, country: .sweden, today: testDay) == .same)
        #expect(try swedish("20" + short).match(stored: stored, country: .sweden, today: testDay) == .other)
    }

    @Test("115 years are plausible, 116 are not")
    func limit() throws {
        for (nine, expected) in [("110105238", NumberMatch.ambiguous), ("100105238", .same)] {
            let short = nine + String(NumberGenerator.checkDigit(nine))
            #expect(try swedish("20" + short).match(stored: short, country: .sweden, today: testDay) == expected)
        }
    }

    @Test("looking for somebody of 123, ten digits may as well be the younger one's")
    func olderReading() throws {
        let number = try swedish("190312049802")
        #expect(number.match(stored: "031204-9802", country: .sweden, today: testDay) == .ambiguous)
        #expect(number.match(stored: "031204+9802", country: .sweden, today: testDay) == .same)
    }

    @Test("a hyphen that went stale still finds its bearer where nobody younger can be meant")
    func staleHyphen() throws {
        let nine = "261225238"
        let short = nine + String(NumberGenerator.checkDigit(nine))
        #expect(throws: NumberError.malformed) { try swedish(short) }
        #expect(try swedish("19" + short).match(stored: short, country: .sweden, today: testDay) == .same)
    }

    @Test("a leap day decides the century")
    func leapDay() throws {
        #expect(try swedish("200002292399").match(stored: "000229-2399", country: .sweden, today: testDay) == .same)
    }

    @Test("a numeric column has lost its leading zeros")
    func leadingZeros() throws {
        let number = try swedish("200001252386")
        #expect(number.match(stored: "1252386", country: .sweden, today: testDay, leadingZerosLost: true) == .same)
        #expect(number.match(stored: "1252386", country: .sweden, today: testDay) == .unreadable)
        #expect(
            try danish("0707614285").match(
                stored: "707614285", country: .denmark, today: testDay, leadingZerosLost: true)
                == .same)
    }

    @Test("a number of another country is another's")
    func countries() throws {
        #expect(try swedish("200001252386").match(stored: "070761-4285", country: .denmark, today: testDay) == .other)
        #expect(try danish("070761-4285").match(stored: "200001252386", country: .sweden, today: testDay) == .other)
        let digits = "010102238" + String(NumberGenerator.checkDigit("010102238"))
        #expect(try danish(digits).match(stored: digits, country: .sweden, today: testDay) == .other)
    }

    @Test("a number that is in no register is another's, what is no number is unreadable")
    func others() throws {
        let number = try swedish("200001252386")
        #expect(number.match(stored: "992012345678", country: .sweden, today: testDay) == .other)
        #expect(number.match(stored: "20210325K069", country: .sweden, today: testDay) == .other)
        for stored in ["", "n/a", "0001252387", "200001252387", "556036-0793", "000125-2386x", "12345"] {
            #expect(number.match(stored: stored, country: .sweden, today: testDay) == .unreadable)
        }
    }
}
