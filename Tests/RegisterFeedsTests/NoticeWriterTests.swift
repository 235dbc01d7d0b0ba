import Foundation
import ProtectedIdentity
import RegisterFeeds
import Testing

@Suite("When a register said so")
struct NoticeWriterTests {
    private static let number = Sensitive("200001252386")

    /// The event's moment and what is strange about it, or why there is none.
    private func moment(
        _ status: ProtectionStatus, said: FeedMoment? = nil, observedAt: String? = nil
    ) throws -> String {
        let writer = NoticeWriter(
            format: .csv, tenant: try #require(TenantName(rawValue: "nordic-sport")), origin: .lookup, country: .sweden,
            registry: nil,
            keyring: try DigestKeyring(parsing: "k1:\(Data(repeating: 9, count: 32).base64EncodedString())"),
            observedAt: observedAt.flatMap { Timestamp(rfc3339: $0) },
            written: try #require(Timestamp(rfc3339: "2026-11-20T06:00:00Z")), now: testMoment)
        switch writer.event(RegisterNotice(numbers: [Self.number], status: status, said: said)) {
        case .failure(let none): return none.rejection.rawValue
        case .success(let (event, remarks)):
            let time = try #require(event.headers.first { $0.0 == "ce_time" }?.1)
            return ([String(decoding: time, as: UTF8.self)] + remarks.map(\.rawValue)).joined(separator: " ")
        }
    }

    @Test("a protection without a date counts as of the file's time; a lift without one is rejected")
    func withoutDate() throws {
        #expect(try moment(.protected) == "2026-11-20T06:00:00.000Z")
        #expect(try moment(.notProtected) == "no-date")
    }

    @Test("what somebody says counts for both", arguments: [ProtectionStatus.protected, .notProtected])
    func observed(status: ProtectionStatus) throws {
        #expect(try moment(status, observedAt: "2026-11-03T08:00:00Z") == "2026-11-03T08:00:00.000Z")
    }

    @Test(
        "a lift that lies in the future, farther than clocks differ, is remarked; a protection is none the worse for it"
    )
    func ahead() throws {
        let tomorrow = FeedMoment.day(testDay.next)
        #expect(try moment(.notProtected, said: tomorrow) == "2026-11-24T00:00:00.000Z ahead-of-the-clock")
        #expect(try moment(.protected, said: tomorrow) == "2026-11-24T23:59:59.999Z")
        let near = FeedMoment.moment(testMoment.adding(.seconds(600)))
        #expect(try moment(.notProtected, said: near) == "2026-11-23T09:40:00.000Z")
        let far = FeedMoment.moment(testMoment.adding(.seconds(601)))
        #expect(try moment(.notProtected, said: far) == "2026-11-23T09:40:01.000Z ahead-of-the-clock")
        #expect(
            try moment(.notProtected, observedAt: "2026-11-24T00:00:00Z")
                == "2026-11-24T00:00:00.000Z ahead-of-the-clock")
    }

    @Test("the record's own date outranks what somebody says")
    func own() throws {
        let day = try #require(CalendarDate(year: 2026, month: 11, day: 2))
        #expect(
            try moment(.notProtected, said: .day(day), observedAt: "2026-11-03T08:00:00Z") == "2026-11-02T00:00:00.000Z"
        )
    }
}
