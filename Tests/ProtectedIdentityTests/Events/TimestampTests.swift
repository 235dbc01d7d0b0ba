import Testing

@testable import ProtectedIdentity

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "every form of RFC 3339 is read",
        arguments: [
            ("2026-11-23T09:29:58Z", 1_795_426_198_000_000), ("2026-11-23t09:29:58z", 1_795_426_198_000_000),
            ("1985-04-12T23:20:50.52Z", 482_196_050_520_000), ("1996-12-19T16:39:57-08:00", 851_042_397_000_000),
            ("1937-01-01T12:00:27.87+00:20", -1_041_337_172_130_000), ("1970-01-01T00:00:00-00:00", 0),
            ("1970-01-01T00:00:00.000001Z", 1), ("1970-01-01T00:00:00.0000019999999999999Z", 1),
            ("1969-12-31T23:59:59.999999Z", -1), ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
            ("2026-11-23T23:59:58+23:59", 1_795_392_058_000_000),
        ])
    func read(text: String, microseconds: Int) {
        #expect(Timestamp(rfc3339: text)?.microseconds == Int64(microseconds))
    }

    @Test(
        "a leap second is the last microsecond before the next minute",
        arguments: ["1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00", "1990-12-31T23:59:60.5Z"])
    func leapSecond(text: String) {
        #expect(Timestamp(rfc3339: text)?.microseconds == 662_687_999_999_999)
    }

    @Test(
        "a second 60 at any other time is none",
        arguments: ["1990-12-31T23:58:60Z", "1990-12-31T23:59:60+01:00", "1969-06-30T12:59:60Z"])
    func noLeapSecond(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("a leap second before 1970 counts too")
    func earlyLeapSecond() {
        #expect(Timestamp(rfc3339: "1969-12-31T23:59:60Z")?.microseconds == -1)
    }

    @Test(
        "nothing else is read",
        arguments: [
            "", "2026-11-23", "2026-11-23T09:29:58", "2026-11-23 09:29:58Z", "2026-11-23T09:29Z",
            "2026-11-23T09:29:58.Z",
            "2026-11-23T24:00:00Z", "2026-11-23T09:60:58Z", "2026-11-23T09:29:61Z", "2026-02-30T09:29:58Z",
            "2025-02-29T00:00:00Z", "2026-11-23T09:29:58+24:00", "2026-11-23T09:29:58+01:60",
            "2026-11-23T09:29:58+0100",
            "2026-11-23T09:29:58+01", "2026-11-23T09:29:58Z ", " 2026-11-23T09:29:58Z", "2026-11-23T09:29:58ZZ",
            "2026-11-23T9:29:58Z", "20261123T092958Z", "2026-11-23T09:29:58,5Z", "+2026-11-23T09:29:58Z",
            "12026-11-23T09:29:58Z", "２026-11-23T09:29:58Z", "2026-11-23T09:29:58.", "2026-11-23T09:29:58.5",
        ])
    func refused(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(
        "it is written in UTC with milliseconds, the rest cut off",
        arguments: [
            (1_795_426_198_000_000, "2026-11-23T09:29:58.000Z"), (999, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (1_999, "1970-01-01T00:00:00.001Z"),
            (Int.max, "9999-12-31T23:59:59.999Z"), (Int.min, "0000-01-01T00:00:00.000Z"),
        ])
    func written(microseconds: Int, text: String) {
        #expect(Timestamp(microseconds: Int64(microseconds)).description == text)
    }

    @Test("what is written is read back to the millisecond, for thousands of moments")
    func readBack() {
        let seed = UInt64.random(in: 0...(.max))
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let moment = Timestamp(milliseconds: .random(in: -62_167_219_200_000...253_402_300_799_999, using: &random))
            let isSame = Timestamp(rfc3339: moment.description) == moment
            #expect(isSame, "seed \(seed)")
        }
    }

    @Test("microseconds decide the order")
    func order() throws {
        #expect(try moment("2026-11-23T09:29:58.000001Z") > moment("2026-11-23T09:29:58Z"))
        #expect(try moment("2026-11-23T10:29:58+01:00") == moment("2026-11-23T09:29:58Z"))
    }

    @Test("a duration is added, and the ends of the range hold")
    func adding() throws {
        #expect(try moment("2026-11-23T09:29:58Z").adding(.seconds(30 * 86_400)) == moment("2026-12-23T09:29:58Z"))
        #expect(try moment("1970-01-01T00:00:00Z").adding(.milliseconds(-1_500)).microseconds == -1_500_000)
        #expect(Timestamp(microseconds: 1).adding(.seconds(Int64.max)).microseconds == .max)
        #expect(Timestamp(microseconds: .max).adding(.seconds(1)).microseconds == .max)
        #expect(Timestamp(microseconds: .min).adding(.seconds(-1)).microseconds == .min)
        #expect(Timestamp(milliseconds: .max).microseconds == .max)
    }

    @Test("its day is the day in UTC")
    func day() throws {
        #expect(try moment("2026-11-23T00:30:00+01:00").date == date(2026, 11, 22))
    }
}
