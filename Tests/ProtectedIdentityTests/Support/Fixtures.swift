import Foundation
import Testing

@testable import ProtectedIdentity

/// The day on which the tests take place, unless they say otherwise.
let testDay = CalendarDate(epochSeconds: 1_795_426_200)  // 2026-11-23T09:30:00Z

func date(_ year: Int, _ month: Int, _ day: Int) throws -> CalendarDate {
    try #require(CalendarDate(year: year, month: month, day: day))
}

func swedish(_ text: String, on today: CalendarDate = testDay) throws(NumberError) -> PersonalIdentityNumber {
    try PersonalIdentityNumber.parse(text, country: .sweden, today: today)
}

func danish(_ text: String, on today: CalendarDate = testDay) throws(NumberError) -> PersonalIdentityNumber {
    try PersonalIdentityNumber.parse(text, country: .denmark, today: today)
}

func tenant(_ name: String = "nordic-sport") throws -> TenantName {
    try #require(TenantName(rawValue: name))
}

func contact(_ id: String) throws -> ContactID {
    try #require(ContactID(rawValue: id))
}

func moment(_ text: String) throws -> Timestamp {
    try #require(Timestamp(rfc3339: text))
}

/// A key of one repeated byte, so that digests can be computed elsewhere.
func testKeyring(_ entries: (id: String, byte: UInt8)...) throws -> DigestKeyring {
    let text = entries.map { "\($0.id):\(Data(repeating: $0.byte, count: 32).base64EncodedString())" }
    return try DigestKeyring(parsing: text.joined(separator: ","))
}

/// A record by its headers and value as texts.
func record(_ headers: [(String, String?)], _ value: String?) -> RawRecord {
    RawRecord(
        headers: headers.map { (ArraySlice($0.0.utf8), $0.1.map { ArraySlice($0.utf8) }) },
        value: value.map { ArraySlice($0.utf8) })
}

let binaryHeaders: [(String, String?)] = [
    ("ce_specversion", "1.0"), ("ce_id", "7d1c2c0e-6a0a-4d0e-9a54-2f0f6f2f9b11"), ("ce_source", "/registry/spar"),
    ("ce_type", "protected-identity.status.v1"), ("ce_time", "2026-11-23T09:30:00Z"),
    ("content-type", "application/json"),
]

let exampleData = """
    {"tenant":"nordic-sport","status":"protected","origin":"monitoring","country":"SE",
     "observedAt":"2026-11-23T09:29:58Z","personalIdentityNumber":"20000125-2386","registry":"SPAR",
     "protection":"sekretessmarkering"}
    """

/// What was decided, or a failed test.
func event(_ decoded: DecodedEvent, _ location: SourceLocation = #_sourceLocation) throws -> StatusEvent {
    guard case .event(let event, _) = decoded else {
        Issue.record("refused: \(decoded)", sourceLocation: location)
        throw UnexpectedlyRefused()
    }
    return event
}

struct UnexpectedlyRefused: Error {}

extension DecodedEvent {
    var reason: QuarantineReason? {
        if case .refused(let reason, _, _) = self { reason } else { nil }
    }

    var refusedIdentity: EventIdentity? {
        if case .refused(_, let identity, _) = self { identity } else { nil }
    }

    var seemsProtected: Bool {
        if case .refused(_, _, let isProtection) = self { isProtection } else { false }
    }
}
